// SPDX-License-Identifier: Apache-2.0
//
// Filters that are there first and answer the calls that install another in the kernel's place, with any
// error number and with 0: nothing is installed then, that is said, and nothing else is changed.
#include <precompiledseccomp/install.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include "child.h"
#include "filters.h"
#include "status.h"

namespace precompiledseccomp {
namespace {

BOOST_AUTO_TEST_SUITE(install_under_filter, *boost::unit_test::precondition(HasSysAdmin))

constexpr const char* kOrAFilter = ", or a filter that is already installed answers in its place";

using Outer = std::vector<sock_filter>;

std::uint32_t Errno(int error) {
  return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error);
}

Outer AnswerSeccomp(int error) {
  return AnswerCall(SYS_seccomp, Errno(error));
}
Outer AnswerSetModeFilter(int error) {
  return AnswerCallWith(SYS_seccomp, 0, SECCOMP_SET_MODE_FILTER, Errno(error));
}
Outer AnswerFlags(std::uint32_t flags, int error) {
  return AnswerCallWith(SYS_seccomp, 1, flags, Errno(error));
}
Outer AnswerPrctl(int option, int error) {
  return AnswerCallWith(SYS_prctl, 0, static_cast<std::uint32_t>(option), Errno(error));
}

// As an older kernel: EINVAL to all flags that have one of these bits, whatever the others are.
Outer RefuseFlagsWith(std::uint32_t bits) {
  const int low_half = std::endian::native == std::endian::little ? 0 : 4;
  return {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 3, static_cast<std::uint32_t>(SYS_seccomp)},
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(16 + 8 + low_half)},
      {BPF_JMP | BPF_JSET | BPF_K, 0, 1, bits},
      {BPF_RET | BPF_K, 0, 0, Errno(EINVAL)},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  };
}

struct Case {
  std::string what;
  std::vector<Outer> outer;
  InstallOptions options;
  int error;
  std::string message;
  bool sets_no_new_privs = false;
};

void CheckThatNothingIsInstalled(const Case& entry) {
  BOOST_TEST_CONTEXT(entry.what) {
    BOOST_TEST(InChild([&entry](Report& report) {
                 for (const Outer& outer : entry.outer) InstallWithoutNoNewPrivs(outer);
                 const InstallResult result = Install(RefuseGetppid(), entry.options);
                 report.Equal("success", result.ok(), false);
                 report.Equal("error", result.error(), entry.error);
                 report.Equal("message", std::string(result.message()), entry.message);
                 report.Equal("listener", result.listener(), -1);
                 report.Equal("getppid", ErrnoOfGetppid(), 0);
                 report.Equal("no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
                              entry.sets_no_new_privs ? 1 : 0);
               }) == kFine);
  }
}

BOOST_AUTO_TEST_CASE(AnAnswerInTheKernelsPlaceIsNoSuccess) {
  const std::string message = "a filter that is already installed answers seccomp(2) in the kernel's place";
  for (const bool ask_kernel : {false, true}) {
    const InstallOptions plain = {.ask_kernel = ask_kernel};
    const InstallOptions tsync = {.tsync = true, .ask_kernel = ask_kernel};
    const InstallOptions listener = {.new_listener = true, .ask_kernel = ask_kernel};
    for (const InstallOptions& options : {plain, tsync, listener}) {
      CheckThatNothingIsInstalled({"seccomp(2) is 0", {AnswerSeccomp(0)}, options, EPERM, message});
      CheckThatNothingIsInstalled({"installing is 0", {AnswerSetModeFilter(0)}, options, EPERM, message});
    }
  }
}

BOOST_AUTO_TEST_CASE(AnAnswerInTheKernelsPlaceIsNoSuccessWherePrctlInstalls) {
  CheckThatNothingIsInstalled({"prctl(2) is 0",
                               {AnswerSeccomp(ENOSYS), AnswerPrctl(PR_SET_SECCOMP, 0)},
                               {},
                               EPERM,
                               "a filter that is already installed answers prctl(2) in the kernel's place"});
}

BOOST_AUTO_TEST_CASE(OtherErrorNumbersAreThoseOfTheFilterThatAnswers) {
  for (const int error : {EPERM, EACCES, EOPNOTSUPP, EBUSY, ENOMEM, ESRCH, EBADSLT}) {
    CheckThatNothingIsInstalled({std::strerror(error),
                                 {AnswerSetModeFilter(error)},
                                 {.log = true},
                                 error,
                                 "a filter that is already installed does not let seccomp(2) through"});
    CheckThatNothingIsInstalled(
        {std::strerror(error),
         {AnswerSeccomp(ENOSYS), AnswerPrctl(PR_SET_SECCOMP, error)},
         {},
         error,
         "a filter that is already installed lets neither seccomp(2) nor prctl(2) through"});
  }
}

// Without flags, EINVAL is what the probe is to give: what else gives it is found out by the installation,
// when no_new_privs is set.
BOOST_AUTO_TEST_CASE(WhatIsEINVALAltogetherMayBeAKernelWithoutFilters) {
  const std::string message =
      std::string("the running kernel was built without seccomp filters (CONFIG_SECCOMP_FILTER)") +
      kOrAFilter;
  CheckThatNothingIsInstalled({"seccomp(2)", {AnswerSeccomp(EINVAL)}, {}, EINVAL, message, true});
  CheckThatNothingIsInstalled({"installing", {AnswerSetModeFilter(EINVAL)}, {}, EINVAL, message, true});
  CheckThatNothingIsInstalled({"with flags", {AnswerSeccomp(EINVAL)}, {.log = true}, EINVAL, message});
  CheckThatNothingIsInstalled(
      {"prctl(2)", {AnswerSeccomp(ENOSYS), AnswerPrctl(PR_SET_SECCOMP, EINVAL)}, {}, EINVAL, message});
}

BOOST_AUTO_TEST_CASE(AFlagThatIsEINVALIsNamedAmongOthers) {
  InstallOptions all = {
      .tsync = true, .log = true, .spec_allow = true, .new_listener = true, .wait_killable_recv = true};
  const struct {
    std::uint32_t flag;
    const char* message;
  } cases[] = {
      {SECCOMP_FILTER_FLAG_TSYNC, "the running kernel does not know tsync (Linux 3.17)"},
      {SECCOMP_FILTER_FLAG_LOG, "the running kernel does not know log (Linux 4.14)"},
      {SECCOMP_FILTER_FLAG_SPEC_ALLOW, "the running kernel does not know spec_allow (Linux 4.17)"},
      {SECCOMP_FILTER_FLAG_NEW_LISTENER, "the running kernel does not know new_listener (Linux 5.0)"},
      {SECCOMP_FILTER_FLAG_TSYNC_ESRCH,
       "the running kernel does not know tsync together with new_listener (Linux 5.7)"},
      {SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
       "the running kernel does not know wait_killable_recv (Linux 5.19)"},
  };
  for (const auto& entry : cases) {
    all.ask_kernel = true;
    CheckThatNothingIsInstalled(
        {entry.message, {RefuseFlagsWith(entry.flag)}, all, EINVAL, std::string(entry.message) + kOrAFilter});
    all.ask_kernel = false;
    CheckThatNothingIsInstalled(
        {entry.message,
         {RefuseFlagsWith(entry.flag)},
         all,
         EINVAL,
         std::string("the running kernel does not know one of the options") + kOrAFilter});
  }
}

BOOST_AUTO_TEST_CASE(FlagsThatAreEINVALOnlyTogetherAreSaidToBe) {
  CheckThatNothingIsInstalled(
      {"log and spec_allow",
       {AnswerFlags(SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW, EINVAL)},
       {.log = true, .spec_allow = true},
       EINVAL,
       std::string("the running kernel does not take these options together") + kOrAFilter});
}

BOOST_AUTO_TEST_CASE(AHiddenSeccompCallIsNoKernelThatLacksAFlag) {
  for (const bool ask_kernel : {false, true}) {
    CheckThatNothingIsInstalled(
        {"log",
         {AnswerSeccomp(ENOSYS)},
         {.log = true, .ask_kernel = ask_kernel},
         ENOSYS,
         "the options need seccomp(2), which the running kernel does not have (Linux 3.17) or a filter that "
         "is already installed hides"});
  }
}

BOOST_AUTO_TEST_CASE(WhoeverAnswersNoNewPrivsInTheKernelsPlaceIsFoundOut) {
  CheckThatNothingIsInstalled(
      {"PR_SET_NO_NEW_PRIVS is 0",
       {AnswerPrctl(PR_SET_NO_NEW_PRIVS, 0)},
       {},
       EPERM,
       "a filter that is already installed answers prctl(2) in the kernel's place, so that no_new_privs "
       "cannot be set"});
}

BOOST_AUTO_TEST_CASE(AnErrorOfSettingNoNewPrivsIsReported) {
  CheckThatNothingIsInstalled(
      {"PR_SET_NO_NEW_PRIVS is EPERM",
       {AnswerPrctl(PR_SET_NO_NEW_PRIVS, EXDEV)},
       {},
       EXDEV,
       "no_new_privs cannot be set (Linux 3.5), or a filter that is already installed "
       "does not let prctl(2) through"});
}

// Who does not want to set it does not care who would answer.
BOOST_AUTO_TEST_CASE(WithoutNoNewPrivsItsAnswerDoesNotMatter) {
  BOOST_TEST(InChild([](Report& report) {
               InstallWithoutNoNewPrivs(AnswerPrctl(PR_SET_NO_NEW_PRIVS, 0));
               report.Equal("error", Install(RefuseGetppid(), {.no_new_privs = false}).error(), 0);
               report.Equal("getppid", ErrnoOfGetppid(), EDOM);
             }) == kFine);
}

// Nobody has asked, and the kernel says so.
BOOST_AUTO_TEST_CASE(WithoutAskingAPretendedNoNewPrivsIsTheKernelsError) {
  BOOST_TEST(InChild([](Report& report) {
               InstallWithoutNoNewPrivs(AnswerPrctl(PR_SET_NO_NEW_PRIVS, 0));
               report.Equal("setresuid", setresuid(65534, 65534, 65534), 0);
               const InstallResult result = Install(RefuseGetppid(), {.ask_kernel = false});
               report.Equal("error", result.error(), EACCES);
               report.Equal(
                   "message", std::string(result.message()),
                   "no_new_privs is not set in spite of prctl(2): a filter that is already installed "
                   "answers in the kernel's place");
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(TheErrorOfAnotherProbeIsAFiltersError) {
  CheckThatNothingIsInstalled({"EFAULT without flags",
                               {AnswerSetModeFilter(EFAULT)},
                               {},
                               EFAULT,
                               "a filter that is already installed does not let seccomp(2) through"});
}

BOOST_AUTO_TEST_CASE(ATsyncThatIsEINVALIsNamed) {
  CheckThatNothingIsInstalled(
      {"tsync",
       {RefuseFlagsWith(SECCOMP_FILTER_FLAG_TSYNC)},
       {.tsync = true},
       EINVAL,
       std::string("the running kernel does not know tsync (Linux 3.17)") + kOrAFilter,
       true});
}

// The probe is answered as by the kernel, and the installation as the probe.
BOOST_AUTO_TEST_CASE(AFilterThatAnswersAllWithTheErrorOfTheProbeIsFoundOutLater) {
  BOOST_TEST(InChild([](Report& report) {
               InstallWithPrctl(AnswerSetModeFilter(EFAULT));
               const InstallResult result = Install(RefuseGetppid(), {.log = true});
               report.Equal("error", result.error(), EFAULT);
               report.Equal("message", std::string(result.message()),
                            "a filter that is already installed answers in the kernel's place");
               report.Equal("getppid", ErrnoOfGetppid(), 0);
             }) == kFine);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
