// SPDX-License-Identifier: Apache-2.0
//
// Threads that are already there: left out by default, and a reason not to install with only_thread.
#include <precompiledseccomp/install.h>

#include <cerrno>
#include <semaphore>
#include <string>
#include <thread>

#include <boost/test/unit_test.hpp>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include "child.h"
#include "filters.h"
#include "status.h"

namespace precompiledseccomp {
namespace {

BOOST_AUTO_TEST_SUITE(install_threads)

// Runs `work` while there is another thread; gives the errno of getppid() in that one afterwards.
template <typename Work>
int BesideAnotherThread(const Work& work) {
  std::binary_semaphore done(0);
  int error = -1;
  std::thread other([&] {
    done.acquire();
    error = ErrnoOfGetppid();
  });
  work();
  done.release();
  other.join();
  return error;
}

BOOST_AUTO_TEST_CASE(WithAnotherThreadOnlyThreadChangesNothing) {
  BOOST_TEST(InChild([](Report& report) {
               BesideAnotherThread([&] {
                 const InstallResult result = Install(RefuseGetppid(), {.only_thread = true});
                 report.Equal("error", result.error(), EEXIST);
                 report.Equal("message", std::string(result.message()),
                              "the process has other threads, or a filter that is already installed says so: "
                              "install before they are created, or with tsync instead of only_thread");
               });
               report.Equal("getppid", ErrnoOfGetppid(), 0);
               report.Equal("mode", StatusField("Seccomp"), "0");
               report.Equal("no_new_privs", StatusField("NoNewPrivs"), "0");
             }) == kFine);
}

// What only_thread is for.
BOOST_AUTO_TEST_CASE(WithoutItAnotherThreadRunsOnUnfiltered) {
  BOOST_TEST(InChild([](Report& report) {
               const int error =
                   BesideAnotherThread([&] { report.Equal("error", Install(RefuseGetppid()).error(), 0); });
               report.Equal("getppid here", ErrnoOfGetppid(), EDOM);
               report.Equal("getppid there", error, 0);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(OneThreadIsTheOnlyThread) {
  BOOST_TEST(InChild([](Report& report) {
               report.Equal("error", Install(RefuseGetppid(), {.only_thread = true}).error(), 0);
               report.Equal("getppid", ErrnoOfGetppid(), EDOM);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(AThreadThatHasEndedIsNone) {
  BOOST_TEST(InChild([](Report& report) {
               std::thread([] {}).join();
               report.Equal("error", Install(RefuseGetppid(), {.only_thread = true}).error(), 0);
             }) == kFine);
}

// Its memory is its parent's; its threads are not.
BOOST_AUTO_TEST_CASE(AChildOfVforkIsTheOnlyThreadOfItsProcess) {
  BOOST_TEST(InChild([](Report& report) {
               const Filter filter = RefuseGetppid();
               BesideAnotherThread([&] {
                 const pid_t child = vfork();
                 if (child == 0) _exit(Install(filter, {.only_thread = true}).error());
                 int status = 0;
                 waitpid(child, &status, 0);
                 report.Equal("end", DescribeEnd(status), kFine);
               });
               report.Equal("getppid", ErrnoOfGetppid(), 0);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(AFilterThatForbidsTheQuestionIsAnError, *boost::unit_test::precondition(HasSysAdmin)) {
  for (const int error : {EPERM, ENOSYS}) {
    BOOST_TEST(InChild([error](Report& report) {
                 InstallWithoutNoNewPrivs(
                     AnswerCall(SYS_unshare, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error)));
                 const InstallResult result = Install(RefuseGetppid(), {.only_thread = true});
                 report.Equal("error", result.error(), error);
                 report.Equal(
                     "message", std::string(result.message()),
                     "only_thread needs unshare(2), which a filter that is already installed does not let "
                     "through");
                 report.Equal("no_new_privs", StatusField("NoNewPrivs"), "0");
               }) == kFine);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
