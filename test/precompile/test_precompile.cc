// SPDX-License-Identifier: Apache-2.0
//
// Definitions become templates: where the variables stand, and what is refused.

#define BOOST_TEST_MODULE precompile
#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <vector>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <precompiledseccomp/precompile.h>

#include "bpf/disassembler.h"
#include "bpf/interpreter.h"
#include "precompile/stand_ins.h"

namespace precompiledseccomp {
namespace {

const Target& X86() {
  return *FindTarget("x86_64");
}

using Function = std::function<Policy(const Values&)>;

PrecompiledProgram PrecompileIt(std::vector<Variable> variables, Function function) {
  return Precompile({"p", std::move(variables), std::move(function)}, X86());
}

std::string ErrorOf(std::vector<Variable> variables, Function function, std::string name = "p") {
  try {
    Precompile({std::move(name), std::move(variables), std::move(function)}, X86());
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

void CheckContains(const std::string& message, std::initializer_list<std::string> parts) {
  for (const std::string& part : parts)
    BOOST_TEST((message.find(part) != std::string::npos), "\"" << part << "\" is not in: " << message);
}

seccomp_data Call(std::uint32_t nr, std::initializer_list<std::uint64_t> args) {
  seccomp_data call{};
  call.nr = static_cast<int>(nr);
  call.arch = AUDIT_ARCH_X86_64;
  std::copy(args.begin(), args.end(), call.args);
  return call;
}

// The rendered template answers as the policy does that the definition gives for these very values, for calls
// around them.
void CheckSameAsPolicy(const std::vector<Variable>& variables, const Function& function,
                       const std::vector<std::vector<std::uint64_t>>& value_sets) {
  const PrecompiledProgram program = PrecompileIt(variables, function);
  for (const auto& values : value_sets) {
    const auto rendered = Render(program, values);
    const ResolvedPolicy policy = Resolve(function(Values(X86(), variables, values)), X86());
    std::vector<std::uint64_t> interesting = {
        0, 1, 4095, 4096, 0xffffffff, std::uint64_t{1} << 32, ~std::uint64_t{0}};
    for (const std::uint64_t value : values)
      for (const std::uint64_t near : {value - 1, value, value + 1, value | std::uint64_t{1} << 32, ~value})
        interesting.push_back(near);
    for (const std::uint32_t nr : {0U, 1U, 2U})
      for (const std::uint64_t first : interesting)
        for (const std::uint64_t second : interesting) {
          const seccomp_data call = Call(nr, {first, second, first});
          const std::uint32_t expected = Evaluate(policy, call);
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

BOOST_AUTO_TEST_SUITE(Templates)

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

BOOST_AUTO_TEST_CASE(AVariableMayStandInSeveralPlaces) {
  const Function function = [](const Values& v) {
    return Policy().Allow(0, Arg(0) == v["fd"]).Allow(1, Arg(1) == v["fd"] && Arg(0) == 9);
  };
  BOOST_TEST(PrecompileIt({"fd"}, function).variables[0].low_offsets.size() == 2U);
  CheckSameAsPolicy({"fd"}, function, kOneValue);
}

BOOST_AUTO_TEST_CASE(TwoVariablesOfOneSet) {
  CheckSameAsPolicy(
      {"a", "b"},
      [](const Values& v) {
        return Policy().Allow(0, Arg(0).In({v["a"], 7, v["b"]}));
      },
      kTwoValues);
}

BOOST_AUTO_TEST_CASE(A64BitVariableHasTwoHalves) {
  const Function function = [](const Values& v) { return Policy().Allow(0, Arg(0) == v.Uint64("address")); };
  const auto program = PrecompileIt({Uint64("address")}, function);
  BOOST_TEST(program.variables[0].low_offsets.size() == 1U);
  BOOST_TEST(program.variables[0].high_offsets.size() == 1U);
  CheckSameAsPolicy(
      {Uint64("address")}, function,
      {{0}, {1}, {std::uint64_t{1} << 32}, {0x00000001ffffffff}, {~std::uint64_t{0}}, {0x8000000080000000}});
}

BOOST_AUTO_TEST_CASE(A64BitComparisonWithA32BitVariable) {
  CheckSameAsPolicy(
      {"limit"}, [](const Values& v) { return Policy().Allow(0, Arg(0) < v["limit"]); }, kOneValue);
}

BOOST_AUTO_TEST_CASE(A64BitVariableInAnOrdering) {
  CheckSameAsPolicy(
      {Uint64("limit")}, [](const Values& v) { return Policy().Allow(0, Arg(0) >= v.Uint64("limit")); },
      {{0}, {5}, {0xffffffff}, {std::uint64_t{1} << 32}, {0x00000001ffffffff}, {~std::uint64_t{0}}});
}

BOOST_AUTO_TEST_CASE(AVariableInAnOrderingIsNeverMergedWithAConstant) {
  CheckSameAsPolicy({"limit"},
                    [](const Values& v) { return Policy().Allow(0, Arg(2) <= v["limit"] || Arg(2) <= 4096); },
                    {{0}, {4095}, {4096}, {4097}, {0xffffffff}});
}

BOOST_AUTO_TEST_CASE(AVariableAsAMask) {
  CheckSameAsPolicy(
      {"mask"}, [](const Values& v) { return Policy().Allow(0, (Arg(0) & v["mask"]) == 1); }, kOneValue);
}

BOOST_AUTO_TEST_CASE(AVariableAsMaskAndAsValue) {
  CheckSameAsPolicy(
      {"a", "b"}, [](const Values& v) { return Policy().Allow(0, (Arg32(0) & v["a"]) == v["b"]); },
      kTwoValues);
}

BOOST_AUTO_TEST_CASE(AVariableAsAListOfAllowedBits) {
  CheckSameAsPolicy(
      {"bits"}, [](const Values& v) { return Policy().Allow(0, Arg(0).OnlyBits(v["bits"])); }, kOneValue);
}

BOOST_AUTO_TEST_CASE(AVariableUnderNegation) {
  CheckSameAsPolicy(
      {"a", "b"}, [](const Values& v) { return Policy().Allow(0, !(Arg(0) == v["a"] && Arg32(1) > v["b"])); },
      kTwoValues);
}

BOOST_AUTO_TEST_CASE(AVariableAsErrnoValue) {
  CheckSameAsPolicy(
      {"code"}, [](const Values& v) { return Policy().Errno(v["code"], 0).Allow(1); }, kOneValue);
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
        .Allow(0, Arg(0) == 1 && (Arg(1) & 0xffffffff) == 2)
        .Errno(EPERM, 0, Arg(0) <= v.Uint64("limit"))
        .Allow(1);
  };
  CheckSameAsPolicy({Uint64("limit")}, function, {{0}, {1}, {std::uint64_t{1} << 33}});
}

BOOST_AUTO_TEST_CASE(TheDefinitionMayDependOnTheTarget) {
  const ProgramDefinition definition{
      "p", {}, [](const Values& v) { return Policy().Allow(v.target().name == "aarch64" ? 63 : 0); }};
  for (const Target& target : Targets()) BOOST_TEST(Precompile(definition, target).instructions.size() > 1U);
}

BOOST_AUTO_TEST_CASE(CompilingNowGivesTheRenderedTemplate) {
  const ProgramDefinition definition{
      "p", {"a", Uint64("b")}, [](const Values& v) {
        return Policy().Allow(0, Arg(0) == v["a"]).Allow(1, Arg(1) > v.Uint64("b"));
      }};
  const auto template_ = Precompile(definition, X86());
  for (const std::vector<std::uint64_t>& values :
       {std::vector<std::uint64_t>{0, 0}, {5, 0x500000005}, {0xffffffff, 3}})
    BOOST_TEST(bpf::Disassemble(CompileNow(definition, values, X86())) ==
               bpf::Disassemble(Render(template_, values)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(StandIns)

BOOST_AUTO_TEST_CASE(StandInsThatCollideWithConstantsOfThePolicyAreToldApart) {
  // The very stand-ins of the first two rounds, as constants of the policy.
  const auto first = precompile::FirstRound({"a"})[0];
  const auto second = precompile::SecondRound({"a"})[0];
  CheckSameAsPolicy(
      {"a"},
      [&](const Values& v) {
        return Policy().Allow(0, Arg(0).In({v["a"], first, second})).Errno(1, 1, Arg32(0) == v["a"]);
      },
      {{0}, {first}, {second}, {0xffffffff}});
}

BOOST_AUTO_TEST_CASE(NoTwoWordsHaveTheSamePairOfStandIns) {
  const std::vector<Variable> variables(500, Uint64("x"));
  const auto first = precompile::FirstRound(variables);
  const auto second = precompile::SecondRound(variables);
  std::set<std::uint32_t> words;
  for (std::size_t i = 0; i < variables.size(); ++i)
    for (const int shift : {0, 32}) {
      const auto a = static_cast<std::uint32_t>(first[i] >> shift);
      const auto b = static_cast<std::uint32_t>(second[i] >> shift);
      BOOST_TEST(a != b);
      BOOST_TEST(words.insert(a).second);
    }
}

BOOST_AUTO_TEST_CASE(FurtherRoundsLieBelowBetweenAboveAndOnTheConstantsInBothOrders) {
  const std::vector<Variable> two = {"a", "b"};
  bool below = false, above = false, between = false, equal = false, ascending = false, descending = false,
       same = false;
  for (const auto& round : precompile::FurtherRounds(two, {1000, 2000})) {
    below = below || (round[0] < 1000 && round[1] < 1000);
    above = above || (round[0] > 2000 && round[1] > 2000);
    between = between || (round[0] > 1000 && round[0] < 2000) || (round[1] > 1000 && round[1] < 2000);
    equal = equal || (round[0] == 1000 && round[1] == 2000);
    ascending = ascending || round[0] < round[1];
    descending = descending || round[0] > round[1];
    same = same || round[0] == round[1];
  }
  BOOST_TEST((below && above && between && equal && ascending && descending && same));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(Mistakes)

BOOST_AUTO_TEST_CASE(AVariableDeclaredAndNeverUsed) {
  CheckContains(
      ErrorOf({"fd1", "fd2"}, [](const Values& v) { return Policy().Allow("read", Arg(0) == v["fd1"]); }),
      {"program \"p\"", "variable \"fd2\" does not show up in the filter"});
}

BOOST_AUTO_TEST_CASE(AVariableUsedAndNeverDeclared) {
  CheckContains(ErrorOf({"fd1"}, [](const Values& v) { return Policy().Allow("read", Arg(0) == v["fdl"]); }),
                {"program \"p\"", "\"fdl\"", "did not declare"});
}

BOOST_AUTO_TEST_CASE(AVariableDeclaredTwice) {
  CheckContains(ErrorOf({"fd", "fd"}, [](const Values&) { return Policy(); }),
                {"program \"p\"", "\"fd\" is declared twice"});
}

BOOST_AUTO_TEST_CASE(NamesThatAreNotUsable) {
  const Function function = [](const Values&) { return Policy(); };
  for (const char* name : {"", "1a", "a b", "class", "a__b", "_a", "a-b", "\xc3\xa9"})
    CheckContains(ErrorOf({name}, function), {"program \"p\"", "no usable name"});
  for (const char* name : {"", "1a", "a b", "a\nb", "-x"})
    CheckContains(ErrorOf({}, function, name), {"program name", "not usable"});
  CheckContains(ErrorOf({Variable("x", 16)}, function), {"\"x\" has 16 bits"});
}

BOOST_AUTO_TEST_CASE(TwoProgramsOfOneName) {
  const ProgramDefinition definition{"worker", {}, [](const Values&) { return Policy(); }};
  BOOST_CHECK_EXCEPTION(CheckNames({definition, definition}), Error, [](const Error& error) {
    return error.problem() == "two programs have the name \"worker\"";
  });
}

BOOST_AUTO_TEST_CASE(ADefinitionWithoutAFunction) {
  CheckContains(ErrorOf({}, nullptr), {"program \"p\"", "no function"});
}

BOOST_AUTO_TEST_CASE(ADefinitionThatThrows) {
  CheckContains(ErrorOf({}, [](const Values&) -> Policy { throw std::runtime_error("no such file"); }),
                {"program \"p\"", "threw an exception: no such file"});
  CheckContains(ErrorOf({}, [](const Values&) -> Policy { throw 5; }),
                {"program \"p\"", "no std::exception"});
}

BOOST_AUTO_TEST_CASE(ASecondAnswerWithAnotherConstant) {
  std::uint32_t calls = 0;
  CheckContains(ErrorOf({"fd"},
                        [&](const Values& v) {
                          return Policy().Allow("read", Arg(0) == v["fd"] && Arg(1) == ++calls);
                        }),
                {"program \"p\"", "differently", "arg1 == 1", "arg1 == 2"});
}

BOOST_AUTO_TEST_CASE(ASecondAnswerWithMoreUsesOfTheVariable) {
  int calls = 0;
  CheckContains(ErrorOf({"fd"},
                        [&](const Values& v) {
                          Policy policy = Policy().Allow("read", Arg(0) == v["fd"]);
                          if (++calls > 1) policy.Allow("write", Arg(0) == v["fd"]);
                          return policy;
                        }),
                {"differently", "allow write if arg0 == $fd"});
}

BOOST_AUTO_TEST_CASE(ASecondAnswerWithMoreRules) {
  int calls = 0;
  CheckContains(ErrorOf({},
                        [&](const Values&) {
                          return ++calls > 1 ? Policy().Allow({"read", "write"}) : Policy().Allow("read");
                        }),
                {"differently", "allow read", "allow read, write"});
}

BOOST_AUTO_TEST_CASE(AThirdAnswerThatIsDifferent) {
  int calls = 0;
  CheckContains(ErrorOf({"fd"},
                        [&](const Values& v) {
                          return Policy()
                              .Allow("read", Arg(0) == v["fd"])
                              .Default(++calls > 2 ? Action::Allow() : Action::Trap());
                        }),
                {"differently", "default: trap", "default: allow"});
}

BOOST_AUTO_TEST_CASE(AVariablesValueTurnedIntoAConstant) {
  CheckContains(
      ErrorOf({"fd"},
              [](const Values& v) {
                return Policy().Allow("read", Arg(0) == v["fd"]).Allow("write", Arg(0) == v["fd"].bits());
              }),
      {"differently", "allow write if arg0 == 0x"});
}

BOOST_AUTO_TEST_CASE(AMistakeOfThePolicyNamesTheProgram) {
  CheckContains(ErrorOf({}, [](const Values&) { return Policy().Allow("opennat"); }),
                {"program \"p\"", "\"opennat\""});
  CheckContains(ErrorOf({}, [](const Values&) { return Policy().Allow("read", Arg(0) == 1 && Arg(0) == 2); }),
                {"program \"p\"", "never true"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
