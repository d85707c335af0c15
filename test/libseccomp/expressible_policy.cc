// SPDX-License-Identifier: Apache-2.0

#include "libseccomp/expressible_policy.h"

#include <set>
#include <utility>
#include <vector>

#include "policy/same.h"
#include "support/random.h"

namespace precompiledseccomp::testing {
namespace {

constexpr int kArguments = 3;
constexpr std::uint32_t kNumbers = 400;

// Equal in one half, neighbours, and the ends of the halves.
const std::vector<std::uint64_t>& Constants() {
  static const std::vector<std::uint64_t> constants = {0,
                                                       1,
                                                       2,
                                                       5,
                                                       0x10,
                                                       0x7fffffff,
                                                       0x80000000,
                                                       0xffffffff,
                                                       0x100000000,
                                                       0x100000001,
                                                       0x500000005,
                                                       0x500000006,
                                                       0x600000005,
                                                       0x7fffffffffffffff,
                                                       0xffffffff00000000,
                                                       UINT64_MAX};
  return constants;
}

// Made by hand as far as it may be true of any argument, which the operators refuse.
Condition RandomComparison(int argument, Random& random) {
  const Operand operand = Arg(argument);
  const std::uint64_t value = random.OneOf(Constants());
  switch (random.Below(7)) {
    case 0:
      return operand == value;
    case 1:
      return operand != value;
    case 2:
      return value == 0 ? operand > value : operand < value;  // nothing is less than 0
    case 3:
      return Condition(Comparison{operand, Relation::kLessOrEqual, value});
    case 4:
      return value == UINT64_MAX ? operand < value : operand > value;
    case 5:
      return Condition(Comparison{operand, Relation::kGreaterOrEqual, value});
    default: {
      const std::uint64_t mask = random.OneOf(Constants());
      return Condition(MaskedEqual{operand, mask, value & mask});
    }
  }
}

Condition RandomAlternative(Random& random) {
  std::vector<Condition> comparisons;
  for (int argument = 0; argument < kArguments; ++argument)
    if (random.OneIn(2)) comparisons.push_back(RandomComparison(argument, random));
  if (comparisons.empty()) comparisons.push_back(RandomComparison(0, random));
  return AllOf(std::move(comparisons));
}

}  // namespace

Policy ExpressiblePolicy(std::uint64_t seed, std::size_t most_alternatives) {
  Random random(seed);
  const std::vector<Action> actions = {Action::Allow(), Action::Errno(1), Action::Trap(),
                                       Action::KillThread()};
  const Action refusal = random.OneOf(actions);
  Policy policy;
  policy.Default(refusal);
  std::set<std::uint32_t> numbers;
  for (std::size_t calls = random.Between(1, 4); calls > 0; --calls) {
    Action action = random.OneOf(actions);
    while (AreSame(action, refusal)) action = random.OneOf(actions);
    const auto number = static_cast<std::uint32_t>(random.Below(kNumbers));
    if (!numbers.insert(number).second) continue;
    std::vector<Condition> alternatives;
    for (std::size_t left = random.Between(1, most_alternatives); left > 0; --left)
      alternatives.push_back(RandomAlternative(random));
    policy.Add(action, Syscall(number), AnyOf(std::move(alternatives)));
  }
  return policy;
}

}  // namespace precompiledseccomp::testing
