// SPDX-License-Identifier: Apache-2.0
//
// Definitions become templates, which answer as the policy does whatever the values of the variables.

#include <cerrno>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/seccomp.h>

#include <precompiledseccomp/precompile.h>

#include "bpf/disassembler.h"
#include "bpf/interpreter.h"
#include "precompile/placeholders.h"
#include "support/calls.h"

namespace precompiledseccomp::testing {
namespace {

using Function = std::function<Policy(const Values&)>;

PrecompiledProgram PrecompileIt(std::vector<Variable> variables, Function function) {
  return Precompile({"p", std::move(variables), std::move(function)}, X86());
}

// The rendered template answers as the definition's policy does with these very values, for calls around
// them.
void CheckSameAsPolicy(const std::vector<Variable>& variables, const Function& function,
                       const std::vector<std::vector<std::uint64_t>>& value_sets) {
  const PrecompiledProgram program = PrecompileIt(variables, function);
  for (const auto& values : value_sets) {
    const auto rendered = Render(program, values);
    const ResolvedPolicy policy = Resolve(function(Values(X86(), variables)), X86());
    const VariableNumbers numbers = NumbersOf(variables, values);
    std::vector<std::uint64_t> interesting = {
        0, 1, 4095, 4096, 0xffffffff, std::uint64_t{1} << 32, ~std::uint64_t{0}};
    for (const std::uint64_t value : values)
      for (const std::uint64_t near : {value - 1, value, value + 1, value | std::uint64_t{1} << 32, ~value})
        interesting.push_back(near);
    for (const std::uint32_t nr : {0U, 1U, 2U})
      for (const std::uint64_t first : interesting)
        for (const std::uint64_t second : interesting) {
          const seccomp_data call = Call(nr, {first, second, first});
          const std::uint32_t expected = Evaluate(policy, call, numbers);
          const std::uint32_t answer = bpf::Run(rendered, call).result;
          if (answer == expected) continue;
          BOOST_ERROR("call " << nr << "(" << first << ", " << second << "): policy "
                              << bpf::DescribeReturn(expected) << ", filter " << bpf::DescribeReturn(answer)
                              << "\n"
                              << bpf::Disassemble(rendered));
          return;
        }
  }
}

const std::vector<std::vector<std::uint64_t>> kOneValue = {{0},    {1},          {3},          {4095},
                                                           {4096}, {0x7fffffff}, {0x80000000}, {0xffffffff}};
const std::vector<std::vector<std::uint64_t>> kTwoValues = {
    {0, 0}, {1, 2}, {2, 1}, {7, 7}, {0xffffffff, 0}, {0, 0xffffffff}, {0x80000000, 0x7fffffff}, {4096, 4095}};

BOOST_AUTO_TEST_SUITE(PrecompileTest)

BOOST_AUTO_TEST_CASE(APolicyWithoutVariables) {
  const auto program = PrecompileIt({}, [](const Values&) { return Policy().Allow("read"); });
  BOOST_TEST(program.variables.empty());
  BOOST_TEST(!program.instructions.empty());
  BOOST_TEST(program.used_syscalls.size() == 1U);
}

BOOST_AUTO_TEST_CASE(OneVariableStandsAtItsOffset) {
  const auto program =
      PrecompileIt({"fd"}, [](const Values& v) { return Policy().Allow("read", Arg(0) == v["fd"]); });
  BOOST_REQUIRE(program.variables.size() == 1U);
  BOOST_REQUIRE(program.variables[0].low_offsets.size() == 1U);
  BOOST_TEST(program.variables[0].high_offsets.empty());
  const auto rendered = Render(program, {42});
  BOOST_TEST(rendered[program.variables[0].low_offsets[0]].k == 42U);
}

BOOST_AUTO_TEST_CASE(AVariableMayPlaceholderSeveralPlaces) {
  const Function function = [](const Values& v) {
    return Policy().Allow(Syscall(0), Arg(0) == v["fd"]).Allow(Syscall(1), Arg(1) == v["fd"] && Arg(0) == 9);
  };
  BOOST_TEST(PrecompileIt({"fd"}, function).variables[0].low_offsets.size() == 2U);
  CheckSameAsPolicy({"fd"}, function, kOneValue);
}

BOOST_AUTO_TEST_CASE(TwoVariablesOfOneSet) {
  CheckSameAsPolicy(
      {"a", "b"},
      [](const Values& v) {
        return Policy().Allow(Syscall(0), Arg(0).In({v["a"], 7, v["b"]}));
      },
      kTwoValues);
}

BOOST_AUTO_TEST_CASE(A64BitVariableHasTwoHalves) {
  const Function function = [](const Values& v) {
    return Policy().Allow(Syscall(0), Arg(0) == v.Uint64("address"));
  };
  const auto program = PrecompileIt({Uint64("address")}, function);
  BOOST_TEST(program.variables[0].low_offsets.size() == 1U);
  BOOST_TEST(program.variables[0].high_offsets.size() == 1U);
  CheckSameAsPolicy(
      {Uint64("address")}, function,
      {{0}, {1}, {std::uint64_t{1} << 32}, {0x00000001ffffffff}, {~std::uint64_t{0}}, {0x8000000080000000}});
}

// A rule that comes to several conditions, one for each place of its parameter, is one rule.
BOOST_AUTO_TEST_CASE(RemarksAreOfTheRulesAsTheyWereWritten) {
  const Function function = [](const Values&) {
    return Policy()
        .Allow({"fchmod", "fchmodat"}, Param("mode") == 0600)
        .Errno(EPERM, IfAvailable("open"))
        .Log(AnyCall(), Arg(0) == 1);
  };
  const PrecompiledProgram program = Precompile({"remarks", {}, function}, Arm());
  BOOST_REQUIRE(program.left_out.size() == 1U);
  BOOST_TEST(program.left_out[0].rule == 1U);
  BOOST_REQUIRE(program.checks_any_call.size() == 1U);
  BOOST_TEST(program.checks_any_call[0].rule == 2U);
}

// What a rule leaves out gets what calls get that no rule names.
BOOST_AUTO_TEST_CASE(ARefusalLosesWhatIsLeftOutWhereUnnamedCallsMayRun) {
  const Policy refusal = Policy().Errno(EPERM, IfAvailable({"open", "openat"}));
  const auto copy = [&] { return Policy().Merge(refusal); };
  const struct {
    Policy policy;
    bool loses;
  } rows[] = {
      {copy(), false},
      {copy().Default(Action::Allow()), true},
      {copy().Default(Action::Log()), true},
      {copy().Allow(AnyCall()), true},
      {copy().Log(AnyCall()), true},
      {copy().Errno(ENOSYS, AnyCall()).Default(Action::Allow()), false},
      {copy().Merge(Policy().Trap(AnyCall())).Allow(AnyCall()), false},
      // Some of them.
      {copy().Allow(AnyCall(), Arg(0) == 1), true},
      {copy().Trap(AnyCall(), Arg(0) == 1).Allow(AnyCall()), true},
      {copy().Trap(AnyCall(), Arg(0) == 1), false},
      // Calls from the vsyscall page are few, and others are not decided there.
      {copy().Add(RuleSet::OnlyVsyscall().Allow(AnyCall())), false},
      {copy().Add(RuleSet::OnlyVsyscall().Trap(AnyCall())).Allow(AnyCall()), true},
      // Known and unknown ones.
      {copy().KnownUpTo("openat2").Default(Action::Allow()), true},
      {copy().KnownUpTo("openat2").Unknown(Action::Allow()), true},
      {copy().KnownUpTo("openat2"), false},
      // The refusal has nothing to decide on any target.
      {Policy().Allow(AnyCall()).Merge(refusal), false},
      {Policy().Trap(AnyCall()).Merge(refusal).Default(Action::Allow()), false},
      // What comes before it and leaves something to it makes no difference.
      {Policy().Allow("read").Allow(AnyCall(), Arg(0) == 1).Merge(refusal), false},
      {Policy().Allow(IfAvailable({"open", "openat"})).Allow(AnyCall()), false},
  };
  for (const auto& row : rows) {
    const PrecompiledProgram program =
        Precompile({"p", {}, [&](const Values&) { return row.policy; }}, Arm());
    BOOST_TEST_REQUIRE(program.left_out.size() == 1U, row.policy);
    BOOST_TEST(program.left_out[0].refuses_what_is_allowed == row.loses, row.policy);
  }
}

// Its highest bit is written turned around, as is that of the argument.
BOOST_AUTO_TEST_CASE(AVariableInASignedOrderingStandsFlipped) {
  const Function function = [](const Values& v) {
    return Policy().Allow("setpriority", Param("niceval") >= v["least"]).Allow("read", Arg(0) == v["least"]);
  };
  const auto program = PrecompileIt({"least"}, function);
  BOOST_TEST(program.variables[0].low_offsets.size() == 2U);
  BOOST_REQUIRE(program.variables[0].flipped_offsets.size() == 1U);
  const auto rendered = Render(program, {static_cast<std::uint32_t>(-5)});
  BOOST_TEST(rendered[program.variables[0].flipped_offsets[0]].k ==
             (static_cast<std::uint32_t>(-5) ^ 0x80000000));
  CheckSameAsPolicy({"least"}, function, kOneValue);
}

BOOST_AUTO_TEST_CASE(ALongVariableInASignedOrderingHasItsHighHalfFlipped) {
  const Function function = [](const Values& v) {
    return Policy().Allow(Syscall(0), Arg(0).Signed() < v.Uint64("limit"));
  };
  const auto program = PrecompileIt({Uint64("limit")}, function);
  BOOST_TEST(program.variables[0].flipped_offsets == program.variables[0].high_offsets);
  CheckSameAsPolicy(
      {Uint64("limit")}, function,
      {{0}, {5}, {0xffffffff}, {std::uint64_t{1} << 63}, {0x7fffffffffffffff}, {~std::uint64_t{0}}});
}

// What is more than 16 bits have room for is no mode.
BOOST_AUTO_TEST_CASE(AVariableAbove16BitsEqualsNoMode) {
  CheckSameAsPolicy({"mode"},
                    [](const Values& v) { return Policy().Allow("mknod", Param("mode") == v["mode"]); },
                    {{0}, {0600}, {0xffff}, {0x10000}, {0x10600}, {0xffffffff}});
}

BOOST_AUTO_TEST_CASE(A64BitComparisonWithA32BitVariable) {
  CheckSameAsPolicy(
      {"limit"}, [](const Values& v) { return Policy().Allow(Syscall(0), Arg(0) < v["limit"]); }, kOneValue);
}

BOOST_AUTO_TEST_CASE(A64BitVariableInAnOrdering) {
  CheckSameAsPolicy(
      {Uint64("limit")},
      [](const Values& v) { return Policy().Allow(Syscall(0), Arg(0) >= v.Uint64("limit")); },
      {{0}, {5}, {0xffffffff}, {std::uint64_t{1} << 32}, {0x00000001ffffffff}, {~std::uint64_t{0}}});
}

BOOST_AUTO_TEST_CASE(AVariableInAnOrderingIsNeverMergedWithAConstant) {
  CheckSameAsPolicy(
      {"limit"},
      [](const Values& v) { return Policy().Allow(Syscall(0), Arg(2) <= v["limit"] || Arg(2) <= 4096); },
      {{0}, {4095}, {4096}, {4097}, {0xffffffff}});
}

BOOST_AUTO_TEST_CASE(AVariableAsAMask) {
  CheckSameAsPolicy(
      {"mask"}, [](const Values& v) { return Policy().Allow(Syscall(0), (Arg(0) & v["mask"]) == 1); },
      kOneValue);
}

BOOST_AUTO_TEST_CASE(AVariableAsMaskAndAsValue) {
  CheckSameAsPolicy(
      {"a", "b"}, [](const Values& v) { return Policy().Allow(Syscall(0), (Arg32(0) & v["a"]) == v["b"]); },
      kTwoValues);
}

BOOST_AUTO_TEST_CASE(AVariableAsAListOfAllowedBits) {
  CheckSameAsPolicy(
      {"bits"}, [](const Values& v) { return Policy().Allow(Syscall(0), Arg(0).OnlyBits(v["bits"])); },
      kOneValue);
}

BOOST_AUTO_TEST_CASE(AVariableUnderNegation) {
  CheckSameAsPolicy(
      {"a", "b"},
      [](const Values& v) { return Policy().Allow(Syscall(0), !(Arg(0) == v["a"] && Arg32(1) > v["b"])); },
      kTwoValues);
}

BOOST_AUTO_TEST_CASE(AVariableAsErrnoValue) {
  CheckSameAsPolicy({"code"},
                    [](const Values& v) { return Policy().Errno(v["code"], Syscall(0)).Allow(Syscall(1)); },
                    {{1}, {38}, {4095}});
}

BOOST_AUTO_TEST_CASE(AVariableAbsorbedByABroaderRuleHasNoOffsetAndIsNoError) {
  const auto program = PrecompileIt(
      {"fd"}, [](const Values& v) { return Policy().Allow("read", Arg(0) == v["fd"]).Allow("read"); });
  BOOST_REQUIRE(program.variables.size() == 1U);
  BOOST_TEST(program.variables[0].low_offsets.empty());
}

BOOST_AUTO_TEST_CASE(A64BitVariableWhoseHighHalfIsNeverNeededIsNoError) {
  const Function function = [](const Values& v) {
    return Policy()
        .Allow(Syscall(0), Arg(0) == 1 && (Arg(1) & 0xffffffff) == 2)
        .Errno(EPERM, Syscall(0), Arg(0) <= v.Uint64("limit"))
        .Allow(Syscall(1));
  };
  CheckSameAsPolicy({Uint64("limit")}, function, {{0}, {1}, {std::uint64_t{1} << 33}});
}

BOOST_AUTO_TEST_CASE(TheDefinitionMayDependOnTheTarget) {
  const ProgramDefinition definition{"p", {}, [](const Values& v) {
                                       return Policy().Allow(Syscall(v.target().name == "aarch64" ? 63 : 0));
                                     }};
  for (const Target& target : Targets()) BOOST_TEST(Precompile(definition, target).instructions.size() > 1U);
}

BOOST_AUTO_TEST_CASE(AnAnswerMayBeKeptForTheNextCalls) {
  std::optional<Policy> kept;
  CheckSameAsPolicy({"fd"},
                    [&](const Values& v) {
                      if (!kept) kept = Policy().Allow(Syscall(0), Arg(0) == v["fd"]);
                      return *kept;
                    },
                    {{3}, {4096}});
}

BOOST_AUTO_TEST_CASE(CompilingNowGivesTheRenderedTemplate) {
  const ProgramDefinition definition{
      "p", {"a", Uint64("b")}, [](const Values& v) {
        return Policy().Allow(Syscall(0), Arg(0) == v["a"]).Allow(Syscall(1), Arg(1) > v.Uint64("b"));
      }};
  const auto template_ = Precompile(definition, X86());
  for (const std::vector<std::uint64_t>& values :
       {std::vector<std::uint64_t>{0, 0}, {5, 0x500000005}, {0xffffffff, 3}})
    BOOST_TEST(bpf::Disassemble(CompileNow(definition, values, X86())) ==
               bpf::Disassemble(Render(template_, values)));
}

BOOST_AUTO_TEST_CASE(PlaceholdersThatCollideWithConstantsOfThePolicyAreToldApart) {
  // The very placeholders of the first two rounds, as constants of the policy.
  const auto first = precompile::FirstRound({"a"})[0];
  const auto second = precompile::SecondRound({"a"})[0];
  CheckSameAsPolicy({"a"},
                    [&](const Values& v) {
                      return Policy()
                          .Allow(Syscall(0), Arg(0).In({v["a"], first, second}))
                          .Errno(1, Syscall(1), Arg32(0) == v["a"]);
                    },
                    {{0}, {first}, {second}, {0xffffffff}});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
