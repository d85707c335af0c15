// SPDX-License-Identifier: Apache-2.0
//
// What comes of mistaken policies (support/mistakes.h) in a program that leaves its calls to a libc,
// ordinary_program.c:
//
//   test_kernel_mistakes -- ORDINARY_PROGRAM [THE_SAME_WITH_MUSL]

#include <cerrno>
#include <optional>
#include <string>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/policy.h>

#include "kernel/filtered_child.h"
#include "kernel/ordinary_program.h"
#include "support/mistakes.h"

namespace precompiledseccomp::testing {
namespace {

std::optional<OrdinaryProgram> ProgramAt(int place) {
  const auto& suite = boost::unit_test::framework::master_test_suite();
  if (place >= suite.argc) return std::nullopt;
  return OrdinaryProgram(suite.argv[place]);
}

OrdinaryProgram WithThisLibc() {
  const auto program = ProgramAt(1);
  BOOST_REQUIRE_MESSAGE(program, "test_kernel_mistakes -- ORDINARY_PROGRAM [THE_SAME_WITH_MUSL]");
  return *program;
}

std::optional<OrdinaryProgram> WithMusl() {
  auto program = ProgramAt(2);
  if (!program) BOOST_TEST_MESSAGE("not shown with musl: there was no musl-gcc");
  return program;
}

// Whether the task makes the call at all, in which libcs differ and their versions: it dies of a filter that
// refuses nothing else.
bool Makes(const OrdinaryProgram& program, const std::string& task, const std::string& call) {
  const Policy refusing_it = Policy().Default(Action::Allow()).KillProcess(call);
  const bool makes = program.Do(task, refusing_it) == "killed by SIGSYS";
  if (!makes) BOOST_TEST_MESSAGE("not shown: this libc needs no " << call << " to " << task);
  return makes;
}

void CheckTheTaskDiesWithout(const std::string& call, const OrdinaryProgram& program, const std::string& task,
                             const std::string& end = "exited with 0") {
  const Mistake mistake = ACallIsForgotten(call);
  BOOST_TEST_CONTEXT(task) {
    BOOST_TEST(program.Do(task, mistake.meant) == end);
    if (Makes(program, task, call)) BOOST_TEST(program.Do(task, mistake.mistaken) == "killed by SIGSYS");
  }
}

BOOST_AUTO_TEST_SUITE(LibcMistakesTest, *boost::unit_test::precondition(KernelTakesFilters))

// ---- one-libc-only

BOOST_AUTO_TEST_CASE(OneProgramWorksWithOneLibcAndNotWithAnother) {
  const Mistake mistake = ACommandIsTakenFromOneLibc();
  BOOST_TEST(WithThisLibc().Do("ask a device", mistake.mistaken) == "exited with 0");
  BOOST_TEST(WithThisLibc().Do("ask a device", mistake.meant) == "exited with 0");
  const auto musl = WithMusl();
  if (!musl) return;
  BOOST_TEST(musl->Do("ask a device", mistake.mistaken) == "exited with " + std::to_string(EPERM));
  BOOST_TEST(musl->Do("ask a device", mistake.meant) == "exited with 0");
}

// ---- missing-companion

BOOST_AUTO_TEST_CASE(AThreadThatEndsEndsTheProcess) {
  CheckTheTaskDiesWithout("exit", WithThisLibc(), "run a thread");
}

BOOST_AUTO_TEST_CASE(AThreadIsNotMadeByTheOlderOfTwoCalls) {
  CheckTheTaskDiesWithout("clone3", WithThisLibc(), "run a thread");
}

// Where the filter came after the start of the program: glibc 2.35 and later have had success with rseq then,
// and take no error of it in a thread. That there is no such call is one, too.
BOOST_AUTO_TEST_CASE(AThreadDoesNotBeginWithoutWhatItsParentHas) {
  CheckTheTaskDiesWithout("rseq", WithThisLibc(), "run a thread");
  if (Makes(WithThisLibc(), "run a thread", "rseq"))
    BOOST_TEST(WithThisLibc().Do("run a thread", ANewCallIsForbidden("rseq").meant) == "killed by SIGABRT");
}

BOOST_AUTO_TEST_CASE(AThreadDoesNotBeginWithoutAListOfItsLocks) {
  CheckTheTaskDiesWithout("set_robust_list", WithThisLibc(), "run a thread");
}

BOOST_AUTO_TEST_CASE(AProcessIsNotMadeByTheNewerOfTwoCalls) {
  CheckTheTaskDiesWithout("clone", WithThisLibc(), "fork");
}

BOOST_AUTO_TEST_CASE(AHandledSignalHasNoWayBack) {
  CheckTheTaskDiesWithout("rt_sigreturn", WithThisLibc(), "handle a signal");
}

BOOST_AUTO_TEST_CASE(TheStatusOfAFileIsNotWhatFstatIsNamedAfter) {
  CheckTheTaskDiesWithout("newfstatat", WithThisLibc(), "ask for the status of a file");
}

// The libc's last words are lost, and the abort.
BOOST_AUTO_TEST_CASE(ALibcThatReportsAnErrorDiesOfTheReport) {
  CheckTheTaskDiesWithout("writev", WithThisLibc(), "free twice", "killed by SIGABRT");
}

BOOST_AUTO_TEST_CASE(AnotherLibcPrintsWithTheOtherCall) {
  if (const auto musl = WithMusl()) CheckTheTaskDiesWithout("writev", *musl, "print");
}

// As a shell does with jobs, a debugger when it attaches, and the freezer of containers. The kernel goes on
// with the rest of the time, by a call of its own.
BOOST_AUTO_TEST_CASE(AWaitIsNotSurvivedWhenItIsStoppedAndContinued) {
  const Mistake mistake = ACallIsForgotten("restart_syscall");
  const OrdinaryProgram program = WithThisLibc();
  for (const std::string task : {"sleep", "wait for a semaphore", "poll"}) BOOST_TEST_CONTEXT(task) {
      BOOST_TEST(program.StopAndContinue(task, mistake.meant) == "waits");
#if !defined(__x86_64__)
      if (task == "poll") continue;  // by ppoll, which is made again from its beginning
#endif
      BOOST_TEST(program.StopAndContinue(task, mistake.mistaken) == "killed by SIGSYS");
    }
}

// ---- sibling-allowed

BOOST_AUTO_TEST_CASE(AProgramIsExecutedByAnotherCall) {
  const Mistake mistake = OneWayToExecuteIsRefused();
  BOOST_TEST(WithThisLibc().Do("become a shell", mistake.mistaken) == "exited with 77");
  BOOST_TEST(WithThisLibc().Do("become a shell", mistake.meant) == "exited with " + std::to_string(EPERM));
}

// ---- enosys-expected

void CheckTheTaskFailsIfItIsForbidden(const std::string& call, const std::string& task) {
  const OrdinaryProgram program = WithThisLibc();
  const bool makes = Makes(program, task, call);
  for (const Mistake& mistake : {ANewCallIsForbidden(call), ANewCallIsForbiddenByDefault(call)}) {
    BOOST_TEST(program.Do(task, mistake.meant) == "exited with 0");
    if (makes) BOOST_TEST(program.Do(task, mistake.mistaken) == "exited with " + std::to_string(EPERM));
  }
}

// In glibc since 2.34.
BOOST_AUTO_TEST_CASE(AThreadIsMadeByTheOlderCallIfThereIsNoNewerOneAndNotIfThatIsForbidden) {
  CheckTheTaskFailsIfItIsForbidden("clone3", "run a thread");
}

// In glibc since 2.33.
BOOST_AUTO_TEST_CASE(AccessIsAskedForByTheOlderCallIfThereIsNoNewerOneAndNotIfThatIsForbidden) {
  CheckTheTaskFailsIfItIsForbidden("faccessat2", "ask for access to a file");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
