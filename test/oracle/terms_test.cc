// SPDX-License-Identifier: Apache-2.0
//
// The terms of which z3 decides mean what filters and policies mean: with a call put in, they give the answer
// of bpf::Run and of Evaluate.

#include <stdexcept>
#include <string>

#include <boost/test/unit_test.hpp>

#include "bpf/disassembler.h"
#include "bpf/interpreter.h"
#include "bpf/random_program.h"
#include "oracle/filter_term.h"
#include "oracle/policy_term.h"
#include "support/boundary_calls.h"
#include "support/compare.h"
#include "support/random_policy.h"
#include "support/rendering.h"
#include "support/seeds.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

// Whether a variable may stand in the operand of this instruction.
bool TakesAVariable(const sock_filter& instruction) {
  const int operation = BPF_OP(instruction.code);
  switch (BPF_CLASS(instruction.code)) {
    case BPF_RET:
      return true;
    case BPF_LD:
    case BPF_LDX:
      return BPF_MODE(instruction.code) == BPF_IMM;
    case BPF_JMP:
      return operation != BPF_JA;
    case BPF_ALU:
      return operation != BPF_DIV && operation != BPF_LSH && operation != BPF_RSH;
    default:
      return false;
  }
}

bpf::FilterWithHoles WithRandomHoles(bpf::Program program, bpf::testing::Random& random) {
  bpf::FilterWithHoles filter{std::move(program), {}};
  for (std::size_t i = 0; i < filter.instructions.size(); ++i)
    if (TakesAVariable(filter.instructions[i]) && random.OneIn(4))
      filter.holes.push_back({i, random.OneOf<const char*>({"a", "b", "c"})});
  return filter;
}

// Calls run for a filter; 0 if it can be in too many states for a term.
std::size_t CheckFilter(const bpf::FilterWithHoles& filter, bool big_endian, bpf::testing::Random& random) {
  constexpr std::size_t kCalls = 12;
  z3::context context;
  Symbols symbols(context);
  for (const char* name : {"a", "b", "c"}) symbols.Variable(name);
  try {
    const z3::expr term = FilterTerm(filter, symbols, big_endian);
    for (std::size_t i = 0; i < kCalls; ++i) {
      const seccomp_data call = bpf::testing::RandomCall(random);
      const VariableNumbers values = {{"a", random.Word()}, {"b", random.Word()}, {"c", random.Word()}};
      const bpf::Program program = Rendered(filter, values);
      BOOST_TEST_CONTEXT(bpf::Disassemble(program)) {
        BOOST_TEST(symbols.ValueOf(term, call, values) == bpf::Run(program, call, big_endian).result);
      }
    }
  } catch (const std::length_error&) {
    return 0;
  }
  return kCalls;
}

BOOST_AUTO_TEST_CASE(TermsOfRandomFiltersAreWhatRunningThemGives) {
  std::size_t calls = 0;
  std::size_t too_large = 0;
  ForEachSeed(100, 1500, [&](std::uint64_t seed) {
    bpf::testing::Random random(seed);
    const bpf::Program program = bpf::testing::RandomAcceptedProgram(random, 1 + random.Below(40));
    const std::size_t run = CheckFilter(WithRandomHoles(program, random), random.OneIn(2), random);
    calls += run;
    too_large += run == 0 ? 1 : 0;
  });
  BOOST_TEST_MESSAGE(calls << " calls, " << too_large << " filters too large for a term");
  BOOST_TEST(calls >= 1000U);
  BOOST_TEST(too_large * 100 <= calls);
}

BOOST_AUTO_TEST_CASE(FiltersThatTheKernelRefusesHaveNoTerm) {
  z3::context context;
  Symbols symbols(context);
  BOOST_CHECK_THROW(FilterTerm({{}, {}}, symbols), std::invalid_argument);
  BOOST_CHECK_THROW(FilterTerm({{bpf::LoadWord(0)}, {}}, symbols), std::invalid_argument);
  BOOST_CHECK_THROW(FilterTerm({{bpf::Divide(0), bpf::ReturnA()}, {}}, symbols), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(AVariableWhereTheKernelLooksAtTheOperandHasNoTerm) {
  z3::context context;
  Symbols symbols(context);
  for (const sock_filter& instruction : {bpf::LoadWord(0), bpf::StoreScratch(0), bpf::Divide(1),
                                         bpf::ShiftLeft(1), bpf::ShiftRight(1), bpf::Jump(0)})
    BOOST_CHECK_THROW(FilterTerm({{instruction, bpf::ReturnA()}, {{0, "a"}}}, symbols),
                      std::invalid_argument);
}

// ---- Policies.

constexpr Effort kFewCalls = {.aims_per_test = 1, .combinations = 1, .values_one_by_one = 8};

// Random calls do not tell conditions apart: these are taken from the policy's own constants. As substituting
// into large terms is slow, not all of them are tried.
std::size_t CheckPolicy(std::uint64_t seed, const Target& target) {
  constexpr std::size_t kCalls = 20;
  const ProgramDefinition definition = RandomDefinition(seed, {.variables = seed % 2 == 0});
  const auto value_sets = InterestingValues(definition, target, seed);
  Random random(seed);
  const std::vector<std::uint64_t>& values = random.OneOf(value_sets);
  const VariableNumbers numbers = NumbersOf(definition.variables, values);
  const ResolvedPolicy policy = Resolve(definition.policy(Values(target, definition.variables)), target);
  z3::context context;
  Symbols symbols(context);
  const z3::expr term = PolicyTerm(policy, symbols);
  const std::vector<seccomp_data> calls = BoundaryCalls(WithNumbers(policy, numbers), random, kFewCalls);
  for (std::size_t i = 0; i < kCalls; ++i) {
    const seccomp_data& call = random.OneOf(calls);
    BOOST_TEST(symbols.ValueOf(term, call, numbers) == Evaluate(policy, call, numbers),
               CallText(target, call));
  }
  return kCalls;
}

BOOST_AUTO_TEST_CASE(TermsOfRandomPoliciesAreWhatEvaluatingThemGives) {
  std::size_t calls = 0;
  ForEachSeed(50, 1000,
              [&](std::uint64_t seed) { calls += CheckPolicy(seed, seed % 3 == 0 ? Arm() : X86()); });
  BOOST_TEST_MESSAGE(calls << " calls");
  BOOST_TEST(calls >= 1000U);
}

}  // namespace
}  // namespace precompiledseccomp::testing
