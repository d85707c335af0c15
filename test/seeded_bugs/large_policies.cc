// SPDX-License-Identifier: Apache-2.0

#include "seeded_bugs/policies.h"
#include "support/numbers.h"
#include "support/random.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

constexpr std::uint32_t kSearched = 16;

std::vector<Value> Scattered(std::size_t count) {
  Random random(count);
  std::vector<Value> values;
  for (std::size_t i = 0; i < count; ++i) values.emplace_back(random.Word32());
  return values;
}

// More runs of numbers than are searched optimally.
Policy ManyRangesOfNumbers() {
  Policy policy;
  policy.ForLinuxFrom(5, 4);
  for (std::uint32_t i = 0; i < 700; ++i) policy.Errno(1 + i % 7, Syscall(3 * i)).Allow(Syscall(3 * i + 1));
  return policy;
}

Policy LongSearch(std::size_t values) {
  Policy policy;
  policy.Allow(Syscall(kSearched), Arg32(1).In(Scattered(values)))
      .Allow(Numbers({0, 1, 3, 60, 231}))
      .Errno(1, Syscall(257));
  return policy;
}

// Two decisions that end in the same test, far from each other: one of them gets a copy of it.
Policy TestWithACopy(std::uint32_t numbers_between) {
  Policy policy;
  policy.Allow(Syscall(5), Arg32(0) == 1).Errno(2, Numbers({5, 900}), Arg32(0) == 2);
  for (std::uint32_t i = 0; i < numbers_between; ++i) policy.Errno(1 + i % 4, Syscall(10 + i));
  const Syscalls longer = Numbers({6, 9, 901, 905});
  policy.Allow(longer, Arg32(0) == 1 && Arg32(1) == 2).Errno(3, longer, Arg32(2) == 7);
  return policy;
}

// Many of them, some behind other tests.
Policy TestsWithCopies(std::uint64_t seed) {
  Random random(seed);
  Policy policy;
  for (std::uint32_t number = 5; number < 505; ++number) {
    const std::size_t kind = random.Below(40);
    if (kind < 3) {
      policy.Allow(Syscall(number), Arg32(0) == 1 && Arg32(1) == random.Below(3));
      policy.Errno(2, Syscall(number), Arg32(static_cast<int>(random.Below(2))) == 2);
    } else if (kind < 5) {
      policy.Allow(Syscall(number), Arg32(0) == 1).Errno(2, Syscall(number), Arg32(0) == 2);
    } else {
      policy.Errno(1 + number % 4, Syscall(number));
    }
  }
  return policy;
}

Policy LargeDecision() {
  Policy policy;
  std::vector<Condition> pairs;
  Random random(1);
  for (std::size_t i = 0; i < 30; ++i)
    pairs.push_back(Arg32(static_cast<int>(i % 3)) >= random.Word32() &&
                    (Arg32(static_cast<int>(3 + i % 3)) & random.Word32()) == 0);
  policy.Allow(Syscall(kSearched), AnyOf(pairs));
  return policy;
}

}  // namespace

std::vector<PolicyCase> LargePolicies() {
  std::vector<PolicyCase> cases = {
      CaseOf("many_ranges_of_numbers", ManyRangesOfNumbers()),
      CaseOf("large_decision", LargeDecision()),
      CaseOf("long_search", LongSearch(254)),
  };
  for (std::size_t values = 176; values < 200; ++values)
    cases.push_back(CaseOf("long_search_" + std::to_string(values), LongSearch(values)));
  for (std::uint32_t numbers = 400; numbers < 450; ++numbers)
    cases.push_back(CaseOf("test_with_a_copy_" + std::to_string(numbers), TestWithACopy(numbers)));
  // For a target that has its blocks in the usual order, so that these find jumps over what is dropped.
  for (const std::uint64_t seed : {33U, 59U, 178U})
    cases.push_back(CaseOf("tests_with_copies_" + std::to_string(seed), TestsWithCopies(seed), Arm()));
  return cases;
}

}  // namespace precompiledseccomp::testing
