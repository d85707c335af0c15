// SPDX-License-Identifier: Apache-2.0
//
// Threads in the child, and children of several threads.

#include <cerrno>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <sys/syscall.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include <precompiledseccomp/testing.h>

#include "testing/filters.h"

namespace precompiledseccomp::testing {
namespace {

long Getpriority(int who) {
  return syscall(SYS_getpriority, 1, who);
}

BOOST_AUTO_TEST_SUITE(ThreadsUnderAFilter, *boost::unit_test::precondition(ChildrenCanBeTraced))

BOOST_AUTO_TEST_CASE(TheCallsOfAllThreadsAreKnown) {
  const TestedFilter filter = AllAllowedBut({{SYS_getpriority, SECCOMP_RET_ERRNO | EPERM}});
  const Outcome outcome = RunUnder(filter, [] {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([i] { Getpriority(i); });
    for (std::thread& thread : threads) thread.join();
  });
  BOOST_TEST(outcome.ok(), outcome);
  BOOST_TEST(outcome.refused.size() == 4U);
}

BOOST_AUTO_TEST_CASE(AThreadThatKillsTheProcessIsTheOne) {
  const Outcome outcome = RunUnder(AllAllowedBut({{SYS_getpriority, SECCOMP_RET_KILL_PROCESS}}),
                                   [] { std::thread([] { Getpriority(5); }).join(); });
  BOOST_TEST((outcome.end == End::kKilled));
  BOOST_TEST_REQUIRE(outcome.call.has_value());
  BOOST_TEST(outcome.call->call.text() == "getpriority(1, 5)");
}

// The kernel wakes who waits for it.
BOOST_AUTO_TEST_CASE(AThreadAloneCanBeKilled) {
  const Outcome outcome = RunUnder(AllAllowedBut({{SYS_getpriority, SECCOMP_RET_KILL_THREAD}}), [] {
    std::thread([] { Getpriority(6); }).join();
    return 3;
  });
  BOOST_TEST(outcome.text() == "exited with status 3; refused: getpriority(1, 6): kill_thread");
  BOOST_TEST(!outcome.call.has_value());
}

// Of a libc that uses clone3, and falls back on clone.
BOOST_AUTO_TEST_CASE(WhatAThreadTakesIsSeen) {
  const Outcome outcome =
      RunUnder(AllAllowedBut({{SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS}}), [] { std::thread([] {}).join(); });
  BOOST_TEST(outcome.ok(), outcome);
#ifdef __GLIBC__
  BOOST_TEST_REQUIRE(outcome.refused.size() == 1U);
  BOOST_TEST(outcome.refused[0].call.name() == "clone3");
#endif
}

BOOST_AUTO_TEST_CASE(ThreadsThatAreLeftEndWithTheCallable) {
  const Outcome outcome = RunUnder(Always(SECCOMP_RET_ALLOW), [] {
    std::thread([] {
      for (;;) pause();
    }).detach();
    return 4;
  });
  BOOST_TEST(outcome.text() == "exited with status 4");
}

BOOST_AUTO_TEST_CASE(ManyChildrenAtOnceAreNotMistakenForEachOther) {
  constexpr int kThreads = 6;
  constexpr int kRuns = 8;
  const TestedFilter filter = AllAllowedBut({{SYS_getpriority, SECCOMP_RET_ERRNO | EPERM}});
  std::vector<std::string> texts(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&, i] {
      for (int run = 0; run < kRuns; ++run)
        texts[static_cast<std::size_t>(i)] += RunUnder(filter,
                                                       [i] {
                                                         Getpriority(100 + i);
                                                         return i;
                                                       })
                                                  .text() +
                                              "\n";
    });
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < kThreads; ++i) {
    std::string expected;
    for (int run = 0; run < kRuns; ++run)
      expected += "exited with status " + std::to_string(i) + "; refused: getpriority(1, " +
                  std::to_string(100 + i) + "): errno 1 (EPERM)\n";
    BOOST_TEST(texts[static_cast<std::size_t>(i)] == expected);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
