// SPDX-License-Identifier: Apache-2.0
//
// What is still known where ptrace is refused: in many containers, and of a child that a debugger follows.

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <functional>
#include <string>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include <precompiledseccomp/install.h>
#include <precompiledseccomp/testing.h>

#include "support/child.h"
#include "testing/filters.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(WithoutPtrace, *boost::unit_test::precondition(KernelTakesFilters))

constexpr char kUnknown[] = "; calls are not known: ptrace: Operation not permitted";

struct Seen {
  char text[400];
};

// What comes out in a process that may not use ptrace.
std::string Untraced(const std::function<Outcome()>& run) {
  const TestedFilter no_ptrace = AllAllowedBut({{SYS_ptrace, SECCOMP_RET_ERRNO | EPERM}});
  const SharedArray<Seen> seen(1);
  const bool finished = RunInChild([&] {
    if (!Install(no_ptrace.instructions()).ok()) return;
    const std::string text = run().text();
    text.copy(seen[0].text, sizeof seen[0].text - 1);
  });
  BOOST_TEST(finished);
  return seen[0].text;
}

BOOST_AUTO_TEST_CASE(HowItEndedIsTold) {
  const TestedFilter kills = AllAllowedBut({{SYS_getpriority, SECCOMP_RET_KILL_PROCESS}});
  BOOST_TEST(Untraced([&] { return RunUnder(kills, [] { return 3; }); }) ==
             std::string("exited with status 3") + kUnknown);
  BOOST_TEST(Untraced([&] { return RunUnder(kills, [] { syscall(SYS_getpriority, 1, 2); }); }) ==
             std::string("killed by the filter \"strict\"") + kUnknown);
  BOOST_TEST(Untraced([&] { return RunUnder(kills, [] { throw 5; }); }) ==
             std::string("threw int") + kUnknown);
}

BOOST_AUTO_TEST_CASE(TheEndNeedsNoCallThatIsAllowed) {
  for (const std::uint32_t answer : {SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_ERRNO | EPERM})
    BOOST_TEST(Untraced([&] { return RunUnder(Always(answer), [] { return 7; }); }) ==
               std::string("exited with status 7") + kUnknown);
}

BOOST_AUTO_TEST_CASE(TheTimeLimitHolds) {
  using namespace std::chrono_literals;
  const std::string text = Untraced([] {
    return RunUnder(Always(SECCOMP_RET_ALLOW),
                    [] {
                      for (;;) pause();
                    },
                    {.time_limit = 100ms});
  });
  BOOST_TEST(text == std::string("not done at the end of the time limit") + kUnknown);
}

BOOST_AUTO_TEST_CASE(WhatTheChildLeavesInItsGroupIsKilled) {
  int ends[2];
  BOOST_REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  Untraced([] {
    return RunUnder(Always(SECCOMP_RET_ALLOW), [] {
      if (fork() == 0)
        for (;;) pause();
    });
  });
  close(ends[1]);
  char nothing;
  BOOST_TEST(read(ends[0], &nothing, 1) == 0);
  close(ends[0]);
}

BOOST_AUTO_TEST_CASE(WhatNobodyIsToldIsNotKnown) {
  const std::string text = Untraced([] {
    std::signal(SIGCHLD, SIG_IGN);
    return RunUnder(Always(SECCOMP_RET_ALLOW), [] { std::raise(SIGTERM); });
  });
  BOOST_TEST(
      text.starts_with("ended, and how is not known: somebody else has waited for the child, or SIGCHLD"));
}

// The outer child is traced, and so is what it makes: nobody else can trace that.
BOOST_AUTO_TEST_CASE(OneCanRunUnderAFilterInTheOther, *boost::unit_test::precondition(ChildrenCanBeTraced)) {
  const TestedFilter all = Always(SECCOMP_RET_ALLOW);
  const TestedFilter refuses = AllAllowedBut({{SYS_getpriority, SECCOMP_RET_ERRNO | EPERM}});
  const SharedArray<Seen> seen(1);
  const Outcome outer = RunUnder(refuses, [&] {
    const Outcome inner = RunUnder(all, [] {
      syscall(SYS_getpriority, 1, 3);
      return 6;
    });
    inner.text().copy(seen[0].text, sizeof seen[0].text - 1);
  });
  BOOST_TEST(outer.text() == "exited with status 0; refused: getpriority(1, 3): errno 1 (EPERM)");
  BOOST_TEST(seen[0].text == std::string("exited with status 6") + kUnknown);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
