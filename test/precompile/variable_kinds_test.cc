// SPDX-License-Identifier: Apache-2.0
//
// What variables are, and what they cannot be.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/precompile.h>

#include "support/errors.h"

namespace precompiledseccomp {
namespace {

using testing::ErrorOf;
using testing::kNoError;
using Kind = Variable::Kind;
using Function = Policy (*)(const Values&);

PrecompiledProgram PrecompileIt(const Variable& variable, Function function) {
  return Precompile({"p", {variable}, function}, NativeTarget());
}

Kind KindOf(const Variable& variable, Function function) {
  return PrecompileIt(variable, function).variables.front().kind;
}

Policy InCondition(const Values& v) {
  return Policy().Allow("read", Arg32(0) == v["x"]);
}
Policy InErrno(const Values& v) {
  return Policy().Errno(v["x"], "read");
}
Policy InTrap(const Values& v) {
  return Policy().Add(Action::Trap(v["x"]), {"read"});
}
Policy InTrace(const Values& v) {
  return Policy().Default(Action::Trace(v["x"]));
}
Policy InErrnoAndTrap(const Values& v) {
  return Policy().Errno(v["x"], "read").Default(Action::Trap(v["x"]));
}

BOOST_AUTO_TEST_SUITE(variable_kinds)

BOOST_AUTO_TEST_CASE(AVariableIsWhatItIsDeclaredAs) {
  BOOST_TEST((KindOf("x", InCondition) == Kind::kInteger));
  BOOST_TEST((KindOf(Fd("x"), InCondition) == Kind::kFd));
  BOOST_TEST((KindOf(Pid("x"), InCondition) == Kind::kPid));
  BOOST_TEST((KindOf(ErrnoCode("x"), InErrno) == Kind::kErrno));
}

BOOST_AUTO_TEST_CASE(TheDataOfAnAnswerIsKnownByItsUse) {
  BOOST_TEST((KindOf("x", InErrno) == Kind::kErrno));
  BOOST_TEST((KindOf("x", InTrap) == Kind::kAnswerData));
  BOOST_TEST((KindOf("x", InTrace) == Kind::kAnswerData));
  BOOST_TEST((KindOf("x", InErrnoAndTrap) == Kind::kErrno));
  BOOST_TEST((KindOf(ErrnoCode("x"), InTrap) == Kind::kErrno));
}

BOOST_AUTO_TEST_CASE(AVariableUsedAsSomethingElseIsAnError) {
  BOOST_TEST(ErrorOf([] { PrecompileIt(Fd("x"), InErrno); }) ==
             "program \"p\": variable \"x\" is declared as a file descriptor, and the policy uses it as an "
             "error number");
  BOOST_TEST(
      ErrorOf([] { PrecompileIt(Pid("x"), InTrap); }) ==
      "program \"p\": variable \"x\" is declared as a process id, and the policy uses it as the data of "
      "an answer");
}

BOOST_AUTO_TEST_CASE(OnlyIntegersHave64Bits) {
  BOOST_TEST(ErrorOf([] {
               CheckNames({{"p", {Variable("x", 64, Kind::kFd)}, InCondition}});
             }) == "program \"p\": variable \"x\" has 64 bits; what is no mere integer has 32");
}

BOOST_AUTO_TEST_CASE(WhatRunsAtBuildTimeRefusesTheSameValues) {
  const ProgramDefinition definition = {"p", {Fd("x")}, InCondition};
  const PrecompiledProgram program = Precompile(definition, NativeTarget());
  const std::string error = "the variable \"x\" is a file descriptor, which is not negative; its value is -1";
  BOOST_TEST(ErrorOf([&] { Render(program, {0xffffffff}); }) == error);
  BOOST_TEST(ErrorOf([&] { CompileNow(definition, {0xffffffff}); }) == "program \"p\": " + error);
  BOOST_TEST(ErrorOf([&] { CompileNow(definition, {3}); }) == kNoError);
  BOOST_TEST(ErrorOf([&] { CompileNow(definition, {}); }) ==
             "program \"p\": 1 variables were given 0 values");
}

BOOST_AUTO_TEST_CASE(TheEdgesOfEachKind) {
  const auto accepts = [](Kind kind, std::uint64_t number) {
    return ErrorOf([&] { CheckNumber(Variable("x", 32, kind), number); }) == kNoError;
  };
  BOOST_TEST((accepts(Kind::kInteger, 0) && accepts(Kind::kInteger, UINT32_MAX)));
  BOOST_TEST(!accepts(Kind::kInteger, UINT32_MAX + std::uint64_t{1}));
  BOOST_TEST((accepts(Kind::kFd, 0) && accepts(Kind::kFd, INT32_MAX) && !accepts(Kind::kFd, 0x80000000)));
  BOOST_TEST((accepts(Kind::kPid, 1) && accepts(Kind::kPid, INT32_MAX)));
  BOOST_TEST((!accepts(Kind::kPid, 0) && !accepts(Kind::kPid, 0x80000000)));
  BOOST_TEST((accepts(Kind::kErrno, 1) && accepts(Kind::kErrno, 4095)));
  BOOST_TEST((!accepts(Kind::kErrno, 0) && !accepts(Kind::kErrno, 4096)));
  BOOST_TEST((accepts(Kind::kAnswerData, 0) && accepts(Kind::kAnswerData, 65535)));
  BOOST_TEST(!accepts(Kind::kAnswerData, 65536));
}

BOOST_AUTO_TEST_CASE(WaitKillableRecvNeedsNewListener) {
  const auto error_of = [](const InstallNeeds& needs) {
    return ErrorOf([&] { Precompile({"p", {"x"}, InCondition, Proof::kRequired, needs}, NativeTarget()); });
  };
  BOOST_TEST(error_of({.new_listener = true, .wait_killable_recv = true}) == kNoError);
  BOOST_TEST(error_of({.wait_killable_recv = true}) ==
             "program \"p\": the definition asks for wait_killable_recv, which needs new_listener");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
