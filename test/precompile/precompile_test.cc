// SPDX-License-Identifier: Apache-2.0
//
// Definitions become templates: where the variables stand, and what is refused.

#define BOOST_TEST_MODULE precompile
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <precompiledseccomp/precompile.h>

#include "bpf/disassembler.h"
#include "bpf/interpreter.h"
#include "precompile/neighbours.h"
#include "precompile/placeholders.h"

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

BOOST_AUTO_TEST_CASE(AVariableMayPlaceholderSeveralPlaces) {
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

BOOST_AUTO_TEST_CASE(AnAnswerMayBeKeptForTheNextCalls) {
  std::optional<Policy> kept;
  CheckSameAsPolicy({"fd"},
                    [&](const Values& v) {
                      if (!kept) kept = Policy().Allow(0, Arg(0) == v["fd"]);
                      return *kept;
                    },
                    {{3}, {4096}});
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

BOOST_AUTO_TEST_SUITE(Placeholders)

BOOST_AUTO_TEST_CASE(PlaceholdersThatCollideWithConstantsOfThePolicyAreToldApart) {
  // The very placeholders of the first two rounds, as constants of the policy.
  const auto first = precompile::FirstRound({"a"})[0];
  const auto second = precompile::SecondRound({"a"})[0];
  CheckSameAsPolicy(
      {"a"},
      [&](const Values& v) {
        return Policy().Allow(0, Arg(0).In({v["a"], first, second})).Errno(1, 1, Arg32(0) == v["a"]);
      },
      {{0}, {first}, {second}, {0xffffffff}});
}

BOOST_AUTO_TEST_CASE(NoTwoWordsHaveTheSamePairOfPlaceholders) {
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
  const auto holds_in_a_round = [&](const std::function<bool(std::uint64_t, std::uint64_t)>& holds) {
    const auto rounds = precompile::FurtherRounds(two, {{1000, 2000}, {1000, 2000}});
    return std::any_of(rounds.begin(), rounds.end(), [&](const auto& r) { return holds(r[0], r[1]); });
  };
  const auto between = [](std::uint64_t word) { return word > 1000 && word < 2000; };
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return a < 1000 && b < 1000; }));
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return a > 2000 && b > 2000; }));
  BOOST_TEST(holds_in_a_round([&](auto a, auto b) { return between(a) || between(b); }));
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return a == 1000 && b == 2000; }));
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return a == 2000 && b == 1000; }));
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return a == 999 && b == 1999; }));
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return a == 2001 && b == 1001; }));
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return a + 1 == b; }));
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return a == b + 1; }));
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return a == b; }));
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return (a ^ b) >> 31 == 1; }));
}

BOOST_AUTO_TEST_CASE(TheSecondRoundChangesEveryOrderAndEveryBit31) {
  const std::vector<Variable> variables(20, "x");
  const auto first = precompile::FirstRound(variables);
  const auto second = precompile::SecondRound(variables);
  bool ascends = false, descends = false, bit_31_is_mixed = false;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    BOOST_TEST((first[i] >> 31) != (second[i] >> 31));
    bit_31_is_mixed = bit_31_is_mixed || first[i] >> 31 != first[0] >> 31;
    for (std::size_t j = 0; j < i; ++j) {
      BOOST_TEST((first[j] < first[i]) != (second[j] < second[i]));
      ascends = ascends || first[j] < first[i];
      descends = descends || first[j] > first[i];
    }
  }
  BOOST_TEST((ascends && descends && bit_31_is_mixed));
}

BOOST_AUTO_TEST_CASE(RoundsUseTheConstantsThatAreComparedWithTheSameOperand) {
  // Of two variables, "a" could be confused with 70 and 80, and "b" with nothing.
  const std::vector<Variable> two = {"a", "b"};
  std::set<std::uint64_t> values_of_a;
  for (const auto& round : precompile::FurtherRounds(two, {{70, 80}, {}})) values_of_a.insert(round[0]);
  for (const std::uint64_t value : {69U, 70U, 80U, 81U}) BOOST_TEST(values_of_a.count(value) == 1U, value);

  const Values v(X86(), two);
  const auto neighbours = precompile::CollectVariables(Policy()
                                                           .Allow(0, Arg32(0) == v["a"] || Arg32(0) == 70)
                                                           .Errno(v["b"], 1, Arg32(1) == 90)
                                                           .Allow(2, Arg(0) == 80 && Arg(1) > 100));
  BOOST_TEST(neighbours.at("a") == (std::set<std::uint32_t>{70, 80}), boost::test_tools::per_element());
  BOOST_TEST(neighbours.at("b") == std::set<std::uint32_t>{0}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(NoRoundComesTwice) {
  for (const std::vector<Variable>& variables : {std::vector<Variable>{"a"}, {"a", Uint64("b")}}) {
    const std::vector<std::set<std::uint32_t>> constants(3, {0, 1, 2, 0xffffffff});
    auto rounds = precompile::FurtherRounds(variables, constants);
    rounds.push_back(precompile::FirstRound(variables));
    rounds.push_back(precompile::SecondRound(variables));
    BOOST_TEST(std::set(rounds.begin(), rounds.end()).size() == rounds.size());
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(Content)

std::string ContentOf(std::vector<Variable> variables, const Function& function,
                      const Target& target = X86()) {
  return AskDefinition({"p", std::move(variables), function}, target).content;
}

BOOST_AUTO_TEST_CASE(EqualDefinitionsOfAnyNameHaveEqualContent) {
  const Function function = [](const Values& v) {
    return Policy().Allow("read", Arg(0) == v["fd"]).Errno(EPERM, "write");
  };
  BOOST_TEST((AskDefinition({"other", {"fd"}, function}, X86()).content == ContentOf({"fd"}, function)));
}

// Each differs in one thing from the first.
BOOST_AUTO_TEST_CASE(WhateverMakesADifferenceIsInTheContent) {
  using Make = Policy (*)(const Value& fd);
  const Make makes[] = {
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1);
      },
      [](const Value& fd) {
        return Policy().Log({"read", "write"}, Arg(0) == fd && Arg(1) == 1);
      },
      [](const Value& fd) { return Policy().Allow({"read"}, Arg(0) == fd && Arg(1) == 1); },
      [](const Value& fd) {
        return Policy().Allow({"read", 1}, Arg(0) == fd && Arg(1) == 1);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", IfAvailable("write")}, Arg(0) == fd && Arg(1) == 1);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd || Arg(1) == 1);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 2);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg32(1) == 1);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(2) == 1);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) >= 1);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1).In({1}));
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && (Arg(1) & 1) == 1);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1).OnlyBits(1));
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, !(Arg(0) == fd && Arg(1) == 1));
      },
      [](const Value& fd) {
        return Policy().Add(RuleSet().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1)).Allow(7);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1).Default(Action::Errno(fd));
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1).Default(Action::Trap());
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1).BadArchitecture(Action::Trap());
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1).KnownUpTo("openat");
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1).HotSyscalls({"read"});
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1).ForLinuxFrom(5, 4);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1).ForLinuxFrom(5, 10);
      },
  };
  std::set<std::string> contents;
  for (const Make make : makes)
    contents.insert(ContentOf({"fd"}, [make](const Values& v) { return make(v["fd"]); }));
  // The same policy with another name or width for the variable, and for another target.
  contents.insert(ContentOf({"f"}, [&](const Values& v) { return makes[0](v["f"]); }));
  contents.insert(ContentOf({Uint64("fd")}, [&](const Values& v) { return makes[0](v.Uint64("fd")); }));
  contents.insert(ContentOf(
      {"fd"}, [&](const Values& v) { return makes[0](v["fd"]); }, *FindTarget("aarch64")));
  BOOST_TEST(contents.size() == std::size(makes) + 3);
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

BOOST_AUTO_TEST_CASE(ASecondAnswerWithOtherCounts) {
  std::uint64_t calls = 0;
  CheckContains(ErrorOf({},
                        [&](const Values&) {
                          return Policy().Allow("read").SyscallCounts({{"read", ++calls}});
                        }),
                {"differently", "in the counts of its hot calls"});
}

// Each of these would bake into the filter what holds for one value only.
BOOST_AUTO_TEST_CASE(ADefinitionThatLooksAtTheValueOfAVariable) {
  const std::vector<std::pair<const char*, std::function<bool(const Value&)>>> looks = {
      {"bits()", [](const Value& fd) { return fd.bits() == 3; }},
      {"low()", [](const Value& fd) { return fd.low().constant() == 3; }},
      {"a condition's node",
       [](const Value& fd) {
         const Condition condition = Arg32(0) == fd;
         return std::get<Comparison>(condition.node()).value.low().constant() == 3;
       }},
      {"Holds()", [](const Value& fd) { return Holds(Arg32(0) == fd, Call(1, {3})); }},
      {"Holds() of a set",
       [](const Value& fd) {
         return Holds(Arg32(0).In({4, fd}), Call(1, {3}));
       }},
      {"Holds() of a mask", [](const Value& fd) { return Holds((Arg(0) & fd) == 1, Call(1, {3})); }},
      {"ReturnValue()", [](const Value& fd) { return Action::Errno(fd).ReturnValue() == 0x50003; }},
      {"an action's data", [](const Value& fd) { return Action::Trap(fd).data().constant() == 3; }},
      {"Evaluate()",
       [](const Value& fd) {
         const ResolvedPolicy policy = Resolve(Policy().Allow("write", Arg32(0) == fd), X86());
         return Evaluate(policy, Call(1, {3})) == SECCOMP_RET_ALLOW;
       }},
      {"a policy's rules",
       [](const Value& fd) {
         const Policy policy = Policy().Errno(fd, "write");
         return policy.rule_sets()[0].rules()[0].action.data().constant() == 3;
       }},
      {"another compilation",
       [](const Value& fd) {
         const ProgramDefinition inner = {"inner", {}, [&](const Values&) { return Policy().Errno(fd, 1); }};
         return CompileNow(inner, {}, X86()).size() == 3;
       }},
  };
  for (const auto& [how, look] : looks) BOOST_TEST_CONTEXT(how) {
      CheckContains(ErrorOf({"fd"},
                            [look = look](const Values& v) {
                              Policy policy;
                              policy.Allow("read", Arg(0) == v["fd"]);
                              if (!look(v["fd"])) policy.Allow("write");
                              return policy;
                            }),
                    {"program \"", "the variable \"fd\"", "until the program runs"});
    }
}

BOOST_AUTO_TEST_CASE(AVariableThatWasKeptFromAnotherDefinition) {
  std::optional<Value> kept;
  Precompile(
      {"first", {"fd"}, [&](const Values& v) { return Policy().Allow(0, Arg(0) == *(kept = v["fd"])); }},
      X86());
  CheckContains(
      ErrorOf({"size"},
              [&](const Values& v) { return Policy().Allow(0, Arg(0) == *kept && Arg(2) < v["size"]); }),
      {"program \"p\"", "\"fd\"", "did not declare"});
  // Of the same name, but of 32 bits.
  CheckContains(ErrorOf({Uint64("fd")},
                        [&](const Values& v) {
                          return Policy().Allow(0, Arg(0) == *kept && Arg(1) == v.Uint64("fd"));
                        }),
                {"program \"p\"", "\"fd\"", "did not declare"});
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
