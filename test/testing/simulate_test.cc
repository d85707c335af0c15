// SPDX-License-Identifier: Apache-2.0
//
// What calls are made of, and what filters answer to them: according to the interpreter, and to the kernel.

#include <cerrno>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <precompiledseccomp/target.h>
#include <precompiledseccomp/testing.h>

#include "runtime/embedded_programs.h"
#include "support/child.h"
#include "testing/filters.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(SystemCalls)

BOOST_AUTO_TEST_CASE(ACallIsWrittenByNameOrNumberAsTextOrAsNumbers) {
  const SystemCall call("ioctl(3, TIOCSTI, -1)");
  BOOST_TEST(call.ok());
  BOOST_TEST(call.name() == "ioctl");
  BOOST_TEST(call.number() == SYS_ioctl);
  BOOST_TEST(call.argument(1) == 0x5412U);
  BOOST_TEST(call == SystemCall("ioctl", {3, 0x5412, -1}));
  BOOST_TEST(call == SystemCall(SYS_ioctl, {3U, 0x5412L, ~0ULL}));
  BOOST_TEST(call == SystemCall(std::to_string(SYS_ioctl) + "(3, 0x5412, -1)"));
  BOOST_TEST(call == SystemCall(call.data()));
  BOOST_TEST((SystemCall(SYS_getpid) == SystemCall("getpid")));
  enum Kind { kThird = 3 };
  BOOST_TEST((SystemCall("close", {kThird}) == SystemCall("close(3)")));
}

BOOST_AUTO_TEST_CASE(TheTextOfACallCanBeReadAgain) {
  for (const char* text :
       {"ioctl(3, 0x5412, 0)", "ioctl(0, 1)", "ioctl()", "getpid()", "#4000(0, 7)", "#-1()"}) {
    BOOST_TEST(SystemCall(text).text() == text);
    BOOST_TEST(SystemCall(SystemCall(text).text()) == SystemCall(text));
  }
}

BOOST_AUTO_TEST_CASE(TheTextHasTheArgumentsThatWereGivenOrAllThatTheCallHas) {
  BOOST_TEST(SystemCall("ioctl", {3}).text() == "ioctl(3)");
  BOOST_TEST(SystemCall(SYS_ioctl).text() == "ioctl()");
  BOOST_TEST(SystemCall(SystemCall("ioctl(3)").data()).text() == "ioctl(3, 0, 0)");
}

BOOST_AUTO_TEST_CASE(TheTextTellsACallOfAnotherArchitectureOrAddress) {
  seccomp_data call{};
  call.arch = AUDIT_ARCH_I386;
  call.nr = 20;
  BOOST_TEST(SystemCall(call).text() == "getpid() of architecture 0x40000003");
  call.arch = 0x12345678;
  BOOST_TEST(SystemCall(call).text() == "#20() of architecture 0x12345678");
  BOOST_TEST(SystemCall(seccomp_data()).text() == "#0() of architecture 0x0");
  call = SystemCall("getpid").data();
  call.instruction_pointer = 0x1000;
  BOOST_TEST(SystemCall(call).text() == "getpid() at 0x1000");
}

BOOST_AUTO_TEST_CASE(WhatIsNoCallSaysWhy) {
  const SystemCall misspelt("opennat(3)");
  BOOST_TEST(!misspelt.ok());
  BOOST_TEST(misspelt.message().find("did you mean \"openat\"") != std::string::npos);
  BOOST_TEST(misspelt.text() == misspelt.message());
  BOOST_TEST(!(misspelt == SystemCall("read")));
  BOOST_TEST(SystemCall("read(3)", {4}).message() ==
             "\"read(3)\" has arguments of its own: give the name alone");
  BOOST_TEST(SystemCall("read", {1, 2, 3, 4, 5, 6, 7}).message() ==
             "a call has at most six arguments, and here are 7");
  BOOST_TEST(SystemCall("read", {1, 2, 3, 4, 5, 6, 7}).number() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(Simulation)

const Program* Worker() {
  return embedded::GetPrecompiled("worker");
}

BOOST_AUTO_TEST_CASE(AProgramIsRenderedAndAsked) {
  const auto answer = [](const SystemCall& call) {
    return Simulate(Worker(), {{"fd1", 3}, {"fd2", 9}}, call);
  };
  BOOST_TEST((answer("fcntl(9)").kind() == AnswerKind::kAllow));
  BOOST_TEST((answer("fcntl(4)").kind() == AnswerKind::kErrno));
  BOOST_TEST(answer("fcntl(4)").error_number() == EPERM);
  BOOST_TEST(answer("fcntl(4)").text() == "errno 1 (EPERM)");
}

BOOST_AUTO_TEST_CASE(WhateverIsInstalledCanBeAsked) {
  Filter filter;
  BOOST_REQUIRE(Worker()->Render({{"fd1", 3}, {"fd2", 4}}, filter).ok());
  const auto rendered = embedded::Worker{.fd1 = 3, .fd2 = 4}.Render();
  const std::vector<sock_filter> instructions(filter.instructions().begin(), filter.instructions().end());
  for (const TestedFilter& tested :
       {TestedFilter(filter), TestedFilter(rendered), TestedFilter(instructions)}) {
    BOOST_TEST(tested.ok());
    BOOST_TEST(tested.name().empty());
    BOOST_TEST(Simulate(tested, "fcntl(5)").error_number() == EPERM);
  }
  const TestedFilter idle(*embedded::GetPrecompiled("idle"));
  BOOST_TEST(idle.name() == "idle");
  BOOST_TEST(Simulate(idle, "fcntl(5)").text() == "allow");
}

BOOST_AUTO_TEST_CASE(EveryKindOfAnswerIsTold) {
  const auto check = [](std::uint32_t value, AnswerKind kind, const char* text) {
    const Answer answer = Simulate(Always(value), "getpid");
    BOOST_TEST(answer.ok());
    BOOST_TEST((answer.kind() == kind));
    BOOST_TEST(answer.text() == text);
    BOOST_TEST(answer.value() == value);
    BOOST_TEST(answer.data() == (value & SECCOMP_RET_DATA));
  };
  check(SECCOMP_RET_ALLOW, AnswerKind::kAllow, "allow");
  check(SECCOMP_RET_LOG, AnswerKind::kLog, "log");
  check(SECCOMP_RET_TRACE | 2, AnswerKind::kTrace, "trace 2");
  check(SECCOMP_RET_USER_NOTIF, AnswerKind::kUserNotify, "user_notify");
  check(SECCOMP_RET_ERRNO | ENOSYS, AnswerKind::kErrno, "errno 38 (ENOSYS)");
  check(SECCOMP_RET_TRAP | 3, AnswerKind::kTrap, "trap 3");
  check(SECCOMP_RET_KILL_THREAD, AnswerKind::kKillThread, "kill_thread");
  check(SECCOMP_RET_KILL_PROCESS, AnswerKind::kKillProcess, "kill_process");
  check(0x12340000, AnswerKind::kKillProcess, "unknown action 0x12340000");
  BOOST_TEST(Simulate(Always(SECCOMP_RET_ERRNO | 0xffff), "getpid").error_number() == 4095);
  BOOST_TEST(Simulate(Always(SECCOMP_RET_TRAP | 3), "getpid").error_number() == 0);
}

BOOST_AUTO_TEST_CASE(WhatCannotBeAnsweredSaysWhy) {
  BOOST_TEST(Simulate(nullptr, {}, "getpid").message() ==
             "there is no such program: GetPrecompiled() knows none of that name, or was made with --stub");
  BOOST_TEST(Simulate(Worker(), {{"fd1", 3}}, "getpid").message() ==
             "program \"worker\": variable \"fd2\" has no value");
  BOOST_TEST(Simulate(TestedFilter(*Worker()), "getpid").message() ==
             "program \"worker\": variable \"fd1\" has no value");
  BOOST_TEST(Simulate(Filter(), "getpid").message() == "the filter is empty: was its rendering checked?");
  const std::vector<sock_filter> endless = {{BPF_LD | BPF_W | BPF_ABS, 0, 0, 3}, {BPF_RET | BPF_K, 0, 0, 0}};
  BOOST_TEST(
      Simulate(endless, "getpid").message().starts_with("the kernel refuses the filter: instruction 0"));
  const Answer none = Simulate(Always(SECCOMP_RET_ALLOW), "getpidd");
  BOOST_TEST(!none.ok());
  BOOST_TEST((none.kind() == AnswerKind::kKillThread));
  BOOST_TEST(none.text() == none.message());
}

// fcntl is made with all arguments for which the filter may answer otherwise, and no other call is refused.
BOOST_AUTO_TEST_CASE(TheKernelAnswersWhatWasSimulated, *boost::unit_test::precondition(KernelTakesFilters)) {
  const TestedFilter worker(Worker(), {{"fd1", 30}, {"fd2", -2}});
  std::vector<SystemCall> calls;
  for (const SystemCall& call : BoundaryCalls(worker))
    if (call.name() == "fcntl" && call.data().arch == NativeTarget().audit_arch) calls.push_back(call);
  BOOST_TEST(calls.size() > 8U);
  const SharedArray<int> errors(calls.size());
  const Outcome outcome = RunUnder(worker, [&] {
    for (std::size_t i = 0; i < calls.size(); ++i)
      errors[i] = syscall(SYS_fcntl, calls[i].argument(0), F_GETFD) < 0 ? errno : 0;
  });
  BOOST_TEST(outcome.ok(), outcome);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const bool is_refused = Simulate(worker, calls[i]).error_number() == EPERM;
    BOOST_TEST_CONTEXT(calls[i]) BOOST_TEST((errors[i] == EPERM) == is_refused);
    refused += is_refused ? 1 : 0;
  }
  BOOST_TEST((refused > 0 && refused < calls.size()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
