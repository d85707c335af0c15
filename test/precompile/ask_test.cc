// SPDX-License-Identifier: Apache-2.0
//
// Definitions that are refused: because of their names, and because of what they answer when they are asked.

#include <cerrno>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/seccomp.h>

#include <precompiledseccomp/precompile.h>

#include "support/calls.h"
#include "support/errors.h"

namespace precompiledseccomp::testing {
namespace {

using Function = std::function<Policy(const Values&)>;

// The message of the error that comes of a definition.
std::string ErrorOfDefinition(std::vector<Variable> variables, Function function, std::string name = "p") {
  const ProgramDefinition definition{std::move(name), std::move(variables), std::move(function)};
  return ErrorOf([&] { Precompile(definition, X86()); });
}

BOOST_AUTO_TEST_SUITE(NamesTest)

BOOST_AUTO_TEST_CASE(AVariableDeclaredTwice) {
  CheckContains(ErrorOfDefinition({"fd", "fd"}, [](const Values&) { return Policy(); }),
                {"program \"p\"", "\"fd\" is declared twice"});
}

BOOST_AUTO_TEST_CASE(NamesThatAreNotUsable) {
  const Function function = [](const Values&) { return Policy(); };
  for (const char* name : {"", "1a", "a b", "class", "a__b", "_a", "a-b", "\xc3\xa9"})
    CheckContains(ErrorOfDefinition({name}, function), {"program \"p\"", "no usable name"});
  for (const char* name : {"", "1a", "a b", "a\nb", "-x"})
    CheckContains(ErrorOfDefinition({}, function, name), {"program name", "not usable"});
  CheckContains(ErrorOfDefinition({Variable("x", 16)}, function), {"\"x\" has 16 bits"});
}

BOOST_AUTO_TEST_CASE(TwoProgramsOfOneName) {
  const ProgramDefinition definition{"worker", {}, [](const Values&) { return Policy(); }};
  BOOST_CHECK_EXCEPTION(CheckNames({definition, definition}), Error, [](const Error& error) {
    return error.problem() == "two programs have the name \"worker\"";
  });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(AskTest)

BOOST_AUTO_TEST_CASE(AVariableDeclaredAndNeverUsed) {
  CheckContains(ErrorOfDefinition({"fd1", "fd2"},
                                  [](const Values& v) { return Policy().Allow("read", Arg(0) == v["fd1"]); }),
                {"program \"p\"", "variable \"fd2\" does not show up in the filter"});
}

BOOST_AUTO_TEST_CASE(AVariableUsedAndNeverDeclared) {
  CheckContains(
      ErrorOfDefinition({"fd1"}, [](const Values& v) { return Policy().Allow("read", Arg(0) == v["fdl"]); }),
      {"program \"p\"", "\"fdl\"", "did not declare"});
}

BOOST_AUTO_TEST_CASE(ADefinitionWithoutAFunction) {
  CheckContains(ErrorOfDefinition({}, nullptr), {"program \"p\"", "no function"});
}

BOOST_AUTO_TEST_CASE(ADefinitionThatThrows) {
  CheckContains(
      ErrorOfDefinition({}, [](const Values&) -> Policy { throw std::runtime_error("no such file"); }),
      {"program \"p\"", "threw an exception: no such file"});
  CheckContains(ErrorOfDefinition({}, [](const Values&) -> Policy { throw 5; }),
                {"program \"p\"", "no std::exception"});
}

BOOST_AUTO_TEST_CASE(ASecondAnswerWithAnotherConstant) {
  std::uint32_t calls = 0;
  CheckContains(ErrorOfDefinition({"fd"},
                                  [&](const Values& v) {
                                    return Policy().Allow("read", Arg(0) == v["fd"] && Arg(1) == ++calls);
                                  }),
                {"program \"p\"", "differently", "arg1 == 1", "arg1 == 2"});
}

BOOST_AUTO_TEST_CASE(ASecondAnswerWithMoreUsesOfTheVariable) {
  int calls = 0;
  CheckContains(ErrorOfDefinition({"fd"},
                                  [&](const Values& v) {
                                    Policy policy = Policy().Allow("read", Arg(0) == v["fd"]);
                                    if (++calls > 1) policy.Allow("write", Arg(0) == v["fd"]);
                                    return policy;
                                  }),
                {"differently", "allow write if arg0 == $fd"});
}

BOOST_AUTO_TEST_CASE(ASecondAnswerWithMoreRules) {
  int calls = 0;
  CheckContains(
      ErrorOfDefinition({},
                        [&](const Values&) {
                          return ++calls > 1 ? Policy().Allow({"read", "write"}) : Policy().Allow("read");
                        }),
      {"differently", "allow read", "allow read, write"});
}

BOOST_AUTO_TEST_CASE(AThirdAnswerThatIsDifferent) {
  int calls = 0;
  CheckContains(ErrorOfDefinition({"fd"},
                                  [&](const Values& v) {
                                    return Policy()
                                        .Allow("read", Arg(0) == v["fd"])
                                        .Default(++calls > 2 ? Action::Allow() : Action::Trap());
                                  }),
                {"differently", "default: trap", "default: allow"});
}

BOOST_AUTO_TEST_CASE(ASecondAnswerWithOtherCounts) {
  std::uint64_t calls = 0;
  CheckContains(ErrorOfDefinition({},
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
         const ProgramDefinition inner = {
             "inner", {}, [&](const Values&) { return Policy().Errno(fd, Syscall(1)); }};
         return CompileNow(inner, {}, X86()).size() == 3;
       }},
  };
  for (const auto& [how, look] : looks) BOOST_TEST_CONTEXT(how) {
      CheckContains(ErrorOfDefinition({"fd"},
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
  Precompile({"first",
              {"fd"},
              [&](const Values& v) { return Policy().Allow(Syscall(0), Arg(0) == *(kept = v["fd"])); }},
             X86());
  CheckContains(ErrorOfDefinition({"size"},
                                  [&](const Values& v) {
                                    return Policy().Allow(Syscall(0), Arg(0) == *kept && Arg(2) < v["size"]);
                                  }),
                {"program \"p\"", "\"fd\"", "did not declare"});
  // Of the same name, but of 32 bits.
  CheckContains(ErrorOfDefinition({Uint64("fd")},
                                  [&](const Values& v) {
                                    return Policy().Allow(Syscall(0),
                                                          Arg(0) == *kept && Arg(1) == v.Uint64("fd"));
                                  }),
                {"program \"p\"", "\"fd\"", "did not declare"});
}

BOOST_AUTO_TEST_CASE(AMistakeOfThePolicyNamesTheProgram) {
  CheckContains(ErrorOfDefinition({}, [](const Values&) { return Policy().Allow("opennat"); }),
                {"program \"p\"", "\"opennat\""});
  CheckContains(
      ErrorOfDefinition({}, [](const Values&) { return Policy().Allow("read", Arg(0) == 1 && Arg(0) == 2); }),
      {"program \"p\"", "never true"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
