// SPDX-License-Identifier: Apache-2.0
//
// How code ends under a filter, and what it called.

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include <precompiledseccomp/testing.h>

#include "runtime/embedded_programs.h"
#include "testing/filters.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(RunningUnderAFilter, *boost::unit_test::precondition(ChildrenCanBeTraced))

// The calls by which children are killed are ones that neither libc nor sanitizers make.
TestedFilter RefusingGetpriority(std::uint32_t answer) {
  return AllAllowedBut({{SYS_getpriority, answer}});
}

long Getpriority(int who) {
  return syscall(SYS_getpriority, 1, who);
}

// Sanitizers look for leaks when libc is asked to exit.
[[noreturn]] __attribute__((no_sanitize("address"))) void ExitNow(int status) {
  for (;;) syscall(SYS_exit_group, status);
}

int StatusOf(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

BOOST_AUTO_TEST_CASE(ACallableReturnsOrExits) {
  const TestedFilter all = Always(SECCOMP_RET_ALLOW);
  const Outcome returned = RunUnder(all, [] {});
  BOOST_TEST(returned.ok());
  BOOST_TEST(bool{returned});
  BOOST_TEST(returned.refused.empty());
  BOOST_TEST(returned.why_untraced == "");
  BOOST_TEST(returned.text() == "exited with status 0");
  const Outcome three = RunUnder(all, [] { return 3; });
  BOOST_TEST(!three.ok());
  BOOST_TEST((three.end == End::kExited));
  BOOST_TEST(three.status == 3);
  BOOST_TEST(three.text() == "exited with status 3");
  BOOST_TEST(RunUnder(all, [] { ExitNow(4); }).text() == "exited with status 4");
}

BOOST_AUTO_TEST_CASE(NothingHasToBeAllowedForACallableThatCallsNothing) {
  const Outcome outcome = RunUnder(Always(SECCOMP_RET_KILL_PROCESS), [] { return 7; });
  BOOST_TEST(outcome.text() == "exited with status 7");
}

BOOST_AUTO_TEST_CASE(TheCallThatKillsIsTold) {
  for (const auto& [answer, text] : {std::pair(SECCOMP_RET_KILL_PROCESS, "kill_process"),
                                     std::pair(SECCOMP_RET_KILL_THREAD, "kill_thread")}) {
    const Outcome outcome =
        RunUnder(RefusingGetpriority(answer), [] { return Getpriority(77) == 0 ? 1 : 2; });
    BOOST_TEST((outcome.end == End::kKilled));
    BOOST_TEST(outcome.signal == SIGSYS);
    BOOST_TEST_REQUIRE(outcome.call.has_value());
    BOOST_TEST(outcome.call->call == SystemCall("getpriority", {1, 77}));
    BOOST_TEST(outcome.call->answer.text() == text);
    const std::string call = std::string("getpriority(1, 77): ") + text;
    BOOST_TEST(outcome.text() == "killed by the filter \"strict\": " + call);
  }
}

BOOST_AUTO_TEST_CASE(ATrapThatNobodyHandlesKills) {
  const Outcome outcome = RunUnder(RefusingGetpriority(SECCOMP_RET_TRAP | 5), [] { Getpriority(78); });
  BOOST_TEST((outcome.end == End::kKilled));
  BOOST_TEST_REQUIRE(outcome.call.has_value());
  BOOST_TEST(outcome.call->call.text() == "getpriority(1, 78)");
  BOOST_TEST(outcome.call->answer.text() == "trap 5");
}

BOOST_AUTO_TEST_CASE(ATrapKillsWhereSigsysIsBlocked) {
  const Outcome outcome = RunUnder(RefusingGetpriority(SECCOMP_RET_TRAP), [] {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGSYS);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    Getpriority(79);
  });
  BOOST_TEST((outcome.end == End::kKilled));
  BOOST_TEST_REQUIRE(outcome.call.has_value());
  BOOST_TEST(outcome.call->call.text() == "getpriority(1, 79)");
}

BOOST_AUTO_TEST_CASE(ATrapThatIsHandledIsARefusal) {
  const Outcome outcome = RunUnder(RefusingGetpriority(SECCOMP_RET_TRAP), [] {
    std::signal(SIGSYS, [](int) {});
    Getpriority(80);
  });
  BOOST_TEST(outcome.text() == "exited with status 0; refused: getpriority(1, 80): trap 0");
}

BOOST_AUTO_TEST_CASE(RefusedCallsAreListedOnceWithTheirCount) {
  const TestedFilter filter = AllAllowedBut({{SYS_getpriority, SECCOMP_RET_ERRNO | EACCES},
                                             {SYS_uname, SECCOMP_RET_ERRNO | EPERM},
                                             {SYS_sched_yield, SECCOMP_RET_ERRNO},
                                             {SYS_sync, SECCOMP_RET_USER_NOTIF}});
  const Outcome outcome = RunUnder(filter, [] {
    int errors = 0;
    for (const int who : {9, 8, 9}) errors += Getpriority(who) < 0 && errno == EACCES ? 0 : 1;
    char names[2][400];  // elsewhere, and yet the same call
    for (char* name : {names[0], names[1]}) errors += syscall(SYS_uname, name) < 0 && errno == EPERM ? 0 : 1;
    errors += syscall(SYS_sched_yield) == 0 ? 0 : 1;
    errors += syscall(SYS_sync) < 0 && errno == ENOSYS ? 0 : 1;
    return errors;
  });
  BOOST_TEST(outcome.ok(), outcome);
  std::string text;
  for (const ObservedCall& refused : outcome.refused)
    text += refused.call.name() + " " + std::to_string(refused.count) + " " + refused.answer.text() + "\n";
  BOOST_TEST(text ==
             "getpriority 2 errno 13 (EACCES)\n"
             "getpriority 1 errno 13 (EACCES)\n"
             "uname 2 errno 1 (EPERM)\n"
             "sched_yield 1 errno 0 (the call is not made, and returns 0)\n"
             "sync 1 user_notify\n");
  BOOST_TEST(
      outcome.text().starts_with("exited with status 0; refused: getpriority(1, 9): errno 13 (EACCES), 2 "
                                 "times; getpriority(1, 8): errno 13 (EACCES); uname(0x"));
}

BOOST_AUTO_TEST_CASE(NoMoreThanAThousandRefusedCallsAreListed) {
  const Outcome outcome = RunUnder(RefusingGetpriority(SECCOMP_RET_ERRNO | EPERM), [] {
    for (int who = 0; who < 1100; ++who) Getpriority(who);
  });
  BOOST_TEST(outcome.refused.size() == 1000U);
  BOOST_TEST(outcome.text().ends_with("getpriority(1, 9): errno 1 (EPERM); and 990 more"));
}

BOOST_AUTO_TEST_CASE(AnExceptionIsTold) {
  const TestedFilter all = Always(SECCOMP_RET_ALLOW);
  const Outcome outcome = RunUnder(all, [] { throw std::runtime_error("no more"); });
  BOOST_TEST((outcome.end == End::kThrew));
  BOOST_TEST(outcome.problem == "std::runtime_error: no more");
  BOOST_TEST(outcome.text() == "threw std::runtime_error: no more");
  BOOST_TEST(RunUnder(all, [] { throw 7; }).text() == "threw int");
  const Outcome long_text = RunUnder(all, [] { throw std::runtime_error(std::string(5000, 'x')); });
  BOOST_TEST(long_text.problem.size() > 1000U);
}

// Not by the handlers of the test framework, which would let the child go on as the parent.
BOOST_AUTO_TEST_CASE(ASignalEndsTheChild) {
  const TestedFilter all = Always(SECCOMP_RET_ALLOW);
  const Outcome aborted = RunUnder(all, [] { std::abort(); });
  BOOST_TEST((aborted.end == End::kSignalled));
  BOOST_TEST(aborted.signal == SIGABRT);
  BOOST_TEST(aborted.text() == "ended by signal 6 (Aborted)");
  BOOST_TEST(!aborted.call.has_value());
  // Not the filter's.
  BOOST_TEST(RunUnder(all, [] { std::raise(SIGSYS); }).text() == "ended by signal 31 (Bad system call)");
  BOOST_TEST(RunUnder(all, [] { std::raise(SIGKILL); }).text() == "ended by signal 9 (Killed)");
}

BOOST_AUTO_TEST_CASE(WhatNeverEndsIsKilledAtTheEndOfTheTimeLimit) {
  using namespace std::chrono_literals;
  const Outcome outcome = RunUnder(Always(SECCOMP_RET_ALLOW),
                                   [] {
                                     int ends[2];
                                     if (pipe(ends) != 0) return;
                                     char nothing;
                                     while (read(ends[0], &nothing, 1) < 0) {
                                     }
                                   },
                                   {.time_limit = 500ms});
  BOOST_TEST((outcome.end == End::kTimedOut));
  // On a busy machine it may not have come to that.
  if (outcome.call && outcome.call->call.name() == "read")
    BOOST_TEST(outcome.text().starts_with("not done at the end of the time limit, in read("));
  for (const auto limit : {0ms, -1ms})
    BOOST_TEST(
        (RunUnder(Always(SECCOMP_RET_ALLOW), [] { pause(); }, {.time_limit = limit}).end == End::kTimedOut));
  BOOST_TEST(
      RunUnder(Always(SECCOMP_RET_ALLOW), [] {}, {.time_limit = std::chrono::milliseconds::max()}).ok());
}

BOOST_AUTO_TEST_CASE(ProcessesThatTheChildMakesAreFollowed) {
  const Outcome outcome = RunUnder(RefusingGetpriority(SECCOMP_RET_KILL_PROCESS), [] {
    const pid_t child = fork();
    if (child == 0) Getpriority(81);
    const int status = StatusOf(child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  });
  BOOST_TEST((outcome.end == End::kExited));
  BOOST_TEST(outcome.status == SIGSYS);
  BOOST_TEST(!outcome.call.has_value());
  BOOST_TEST_REQUIRE(outcome.refused.size() == 1U);
  BOOST_TEST(outcome.refused[0].call.text() == "getpriority(1, 81)");
}

BOOST_AUTO_TEST_CASE(ACopyThatReturnsFromTheCallableIsNotTheChild) {
  const Outcome outcome = RunUnder(Always(SECCOMP_RET_ALLOW), [] {
    const pid_t child = fork();
    if (child == 0) return 5;
    const int status = StatusOf(child);
    return WIFEXITED(status) ? WEXITSTATUS(status) + 1 : 0;
  });
  BOOST_TEST(outcome.text() == "exited with status 6");
  const Outcome thrown = RunUnder(Always(SECCOMP_RET_ALLOW), [] {
    const pid_t child = fork();
    if (child == 0) throw std::runtime_error("in the copy");
    const int status = StatusOf(child);
    return WIFEXITED(status) ? WEXITSTATUS(status) + 1 : 0;
  });
  BOOST_TEST(thrown.text() == "exited with status 2");
}

BOOST_AUTO_TEST_CASE(WhatTheChildLeavesIsKilled) {
  int ends[2];
  BOOST_REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  const Outcome outcome = RunUnder(Always(SECCOMP_RET_ALLOW), [&] {
    if (fork() == 0)
      for (;;) pause();
  });
  BOOST_TEST(outcome.ok(), outcome);
  close(ends[1]);
  char nothing;
  BOOST_TEST(read(ends[0], &nothing, 1) == 0);  // nobody has the other end
  close(ends[0]);
}

BOOST_AUTO_TEST_CASE(AProcessThatIsStoppedAndContinuedIsFollowed) {
  const Outcome outcome = RunUnder(RefusingGetpriority(SECCOMP_RET_ERRNO | EPERM), [] {
    const pid_t child = fork();
    if (child == 0) {
      std::raise(SIGSTOP);
      Getpriority(82);
      ExitNow(0);
    }
    int status = 0;
    waitpid(child, &status, WUNTRACED);
    if (!WIFSTOPPED(status)) return 1;
    kill(child, SIGCONT);
    return WEXITSTATUS(StatusOf(child));
  });
  BOOST_TEST(outcome.text() == "exited with status 0; refused: getpriority(1, 82): errno 1 (EPERM)");
}

BOOST_AUTO_TEST_CASE(AProgramThatIsExecutedIsFollowed) {
  const Outcome outcome = RunUnder(AllAllowedBut({{SYS_uname, SECCOMP_RET_ERRNO | EACCES}}), [] {
    close(STDERR_FILENO);  // what it says of that
    execl("/bin/uname", "uname", static_cast<char*>(nullptr));
    return 99;
  });
  BOOST_TEST((outcome.end == End::kExited));
  BOOST_TEST(outcome.status == 1);
  BOOST_TEST_REQUIRE(outcome.refused.size() == 1U);
  BOOST_TEST(outcome.refused[0].call.name() == "uname");
}

BOOST_AUTO_TEST_CASE(WhatIsPrintedIsSeenOnce) {
  int ends[2];
  BOOST_REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  const Outcome outcome = RunUnder(Always(SECCOMP_RET_ALLOW), [&] {
    dup2(ends[1], STDOUT_FILENO);
    std::printf("by stdio, ");
    std::fflush(stdout);
    std::cout << "by a stream, ";
    std::printf("not flushed");
  });
  BOOST_TEST(outcome.ok(), outcome);
  close(ends[1]);
  char text[100] = {};
  BOOST_TEST(read(ends[0], text, sizeof text - 1) > 0);
  std::string all = text;
  for (ssize_t size = 0; (size = read(ends[0], text, sizeof text)) > 0;)
    all.append(text, static_cast<std::size_t>(size));
  BOOST_TEST(all == "by stdio, by a stream, not flushed");
  close(ends[0]);
}

BOOST_AUTO_TEST_CASE(WhatIsNoFilterIsNotRun) {
  const Outcome empty = RunUnder(Filter(), [] {});
  BOOST_TEST((empty.end == End::kNotRun));
  BOOST_TEST(empty.text() == "not run: the filter is empty: was its rendering checked?");
  const Outcome unrendered = RunUnder(*embedded::GetPrecompiled("worker"), [] {});
  BOOST_TEST(unrendered.text() == "not run: program \"worker\": variable \"fd1\" has no value");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
