// SPDX-License-Identifier: Apache-2.0
//
// Installation in real processes: options, threads, errors. Every filter is installed in a child.
#include <precompiledseccomp/install.h>

#include <cerrno>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include "child.h"
#include "embedded_programs.h"
#include "filters.h"
#include "status.h"

namespace precompiledseccomp {
namespace {

BOOST_AUTO_TEST_SUITE(install)

// A thread that waits until it is told to go on, so that filters can be installed meanwhile.
class WaitingThread {
 public:
  WaitingThread(const std::function<void()>& first, const std::function<void()>& then)
      : thread_([this, first, then] {
          first();
          id_ = gettid();
          ready_.release();
          go_.acquire();
          then();
        }) {
    ready_.acquire();
  }

  pid_t id() const { return id_; }

  void Finish() {
    go_.release();
    thread_.join();
  }

 private:
  std::binary_semaphore ready_{0};
  std::binary_semaphore go_{0};
  pid_t id_ = 0;
  std::thread thread_;
};

// How a program ended that a child of vfork executes under `filter`, and that looks whether it has one. The
// child works on the stack of its parent until then.
std::string VforkInstallAndExec(const Filter& filter, Mode mode) {
  const pid_t child = vfork();
  if (child == 0) {
    if (!Install(filter, {.mode = mode})) _exit(97);
    execlp("grep", "grep", "-q", "^Seccomp:[[:space:]]*2$", "/proc/self/status", nullptr);
    _exit(98);
  }
  int status = 0;
  if (child == -1 || waitpid(child, &status, 0) != child) return "no child";
  return DescribeEnd(status);
}

BOOST_AUTO_TEST_CASE(AnInstalledFilterIsInForce) {
  BOOST_TEST(InChild([](Report& report) {
               report.Equal("errno before", ErrnoOfGetppid(), 0);
               const InstallResult result = Install(RefuseGetppid());
               report.True("success", result.ok());
               report.True("success as a condition", static_cast<bool>(result));
               report.Equal("error", result.error(), 0);
               report.Equal("message", std::string(result.message()), "");
               report.Equal("listener", result.listener(), -1);
               report.Equal("thread", result.unsynchronised_thread(), 0);
               report.Equal("unconfirmed", result.kill_process_unconfirmed(), false);
               report.Equal("errno after", ErrnoOfGetppid(), EDOM);
               report.Equal("mode", StatusField("Seccomp"), "2");
               report.Equal("no_new_privs", StatusField("NoNewPrivs"), "1");
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(ARenderedProgramDecidesByItsVariables) {
  BOOST_TEST(InChild([](Report& report) {
               const InstallResult result = Install(embedded::Worker{.fd1 = 0, .fd2 = 2}.Render());
               report.Equal("error", result.error(), 0);
               for (const int fd : {0, 1, 2, 3}) {
                 errno = 0;
                 syscall(SYS_fcntl, fd, -1, 0);  // EINVAL or EBADF, unless refused
                 report.Equal("refusal", errno == EPERM, fd != 0 && fd != 2);
               }
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(AnErrorNumberMayBeAVariable) {
  BOOST_TEST(
      InChild([](Report& report) {
        Filter filter;
        report.True("rendered", embedded::GetPrecompiled("answer")->Render({{"code", ENOTNAM}}, filter).ok());
        report.Equal("error", Install(filter).error(), 0);
        report.Equal("errno", ErrnoOfGetppid(), ENOTNAM);
      }) == kFine);
}

BOOST_AUTO_TEST_CASE(KillProcessKillsTheWholeProcess) {
  BOOST_TEST(InChild([](Report& report) {
               const Filter filter = ToFilter(AnswerCall(SYS_getppid, SECCOMP_RET_KILL_PROCESS));
               WaitingThread thread([] {}, [] { syscall(SYS_getppid); });
               report.Equal("error", Install(filter, {.tsync = true}).error(), 0);
               thread.Finish();
             }) == "killed by SIGSYS");
}

BOOST_AUTO_TEST_CASE(ErrnoIsLeftAlone) {
  BOOST_TEST(InChild([](Report& report) {
               Filter invalid = ToFilter({{BPF_LD | BPF_IMM, 0, 0, 0}});
               errno = ENOTTY;
               report.True("failure", !Install(invalid));
               report.Equal("errno after a failure", errno, ENOTTY);
               report.True("empty", !Install(Filter()));
               report.Equal("errno after an empty filter", errno, ENOTTY);
               report.True("success", static_cast<bool>(Install(RefuseGetppid())));
               report.Equal("errno after a success", errno, ENOTTY);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(AnEmptyFilterChangesNothing) {
  BOOST_TEST(InChild([](Report& report) {
               const InstallResult result = Install(Filter());
               report.Equal("error", result.error(), EINVAL);
               report.Equal("message", std::string(result.message()),
                            "the filter is empty: was its rendering checked?");
               report.Equal("mode", StatusField("Seccomp"), "0");
               report.Equal("no_new_privs", StatusField("NoNewPrivs"), "0");
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(InstructionsOfTheCallersAreInstalledWithoutAFilter) {
  const std::vector<sock_filter> instructions = AnswerCall(SYS_getppid, SECCOMP_RET_ERRNO | EDOM);
  BOOST_TEST(InChild([&](Report& report) {
               report.Equal("error", Install(instructions).error(), 0);
               report.Equal("errno", ErrnoOfGetppid(), EDOM);
             }) == kFine);
  BOOST_TEST(InChild([&](Report& report) {
               report.Equal("error", Install(instructions, {.mode = Mode::kLog}).error(), 0);
               report.Equal("errno", ErrnoOfGetppid(), 0);
               report.Equal("operand", instructions[2].k, SECCOMP_RET_ERRNO | EDOM);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(NoInstructionsOrMoreThanTheKernelAcceptsChangeNothing) {
  const struct {
    std::size_t size;
    const char* message;
  } cases[] = {
      {0, "the filter is empty: was its rendering checked?"},
      {4097, "the filter has more than 4096 instructions, which is what the kernel accepts"},
      // Of which a 16-bit number of instructions is 1.
      {65537, "the filter has more than 4096 instructions, which is what the kernel accepts"},
  };
  for (const auto& entry : cases) {
    for (const Mode mode : {Mode::kEnforce, Mode::kLog, Mode::kTrap}) {
      BOOST_TEST(InChild([&](Report& report) {
                   const std::vector<sock_filter> instructions(entry.size,
                                                               {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW});
                   const InstallResult result = Install(instructions, {.mode = mode});
                   report.Equal("error", result.error(), EINVAL);
                   report.Equal("success", result.ok(), false);
                   report.Equal("message", std::string(result.message()), entry.message);
                   report.Equal("no_new_privs", StatusField("NoNewPrivs"), "0");
                 }) == kFine);
    }
  }
}

BOOST_AUTO_TEST_CASE(AFilterThatTheKernelRefusesIsInvalid) {
  BOOST_TEST(
      InChild([](Report& report) {
        const InstallResult result = Install(ToFilter({{BPF_LD | BPF_IMM, 0, 0, 0}}), {.spec_allow = true});
        report.Equal("error", result.error(), EINVAL);
        report.Equal("message", std::string(result.message()), "the kernel does not accept this filter");
        report.Equal("mode", StatusField("Seccomp"), "0");
      }) == kFine);
}

BOOST_AUTO_TEST_CASE(WaitKillableRecvNeedsAListener) {
  BOOST_TEST(InChild([](Report& report) {
               const InstallResult result = Install(RefuseGetppid(), {.wait_killable_recv = true});
               report.Equal("error", result.error(), EINVAL);
               report.Equal("message", std::string(result.message()),
                            "wait_killable_recv needs new_listener");
               report.Equal("no_new_privs", StatusField("NoNewPrivs"), "0");
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(NoNewPrivsCanBeLeftAlone, *boost::unit_test::precondition(HasSysAdmin)) {
  BOOST_TEST(InChild([](Report& report) {
               report.Equal("error", Install(RefuseGetppid(), {.no_new_privs = false}).error(), 0);
               report.Equal("no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
               report.Equal("errno", ErrnoOfGetppid(), EDOM);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(WithoutNoNewPrivsAnUnprivilegedCallerIsRefused) {
  BOOST_TEST(InChild([](Report& report) {
               if (geteuid() == 0) report.Equal("setresuid", setresuid(65534, 65534, 65534), 0);
               const InstallResult result = Install(RefuseGetppid(), {.no_new_privs = false});
               report.Equal("error", result.error(), EACCES);
               report.Equal("message", std::string(result.message()),
                            "no_new_privs is not set and the caller lacks CAP_SYS_ADMIN");
               report.Equal("no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
               report.Equal("with it", Install(RefuseGetppid()).error(), 0);
             }) == kFine);
}

// A filter that is already there sees the flags: it answers the expected ones with one error number.
BOOST_AUTO_TEST_CASE(EveryOptionIsTheFlagOfTheKernel) {
  const struct {
    InstallOptions options;
    std::uint32_t flags;
  } cases[] = {
      {{}, 0},
      {{.tsync = true}, SECCOMP_FILTER_FLAG_TSYNC},
      {{.log = true}, SECCOMP_FILTER_FLAG_LOG},
      {{.spec_allow = true}, SECCOMP_FILTER_FLAG_SPEC_ALLOW},
      {{.new_listener = true}, SECCOMP_FILTER_FLAG_NEW_LISTENER},
      {{.new_listener = true, .wait_killable_recv = true},
       SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV},
      {{.tsync = true, .new_listener = true},
       SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_TSYNC_ESRCH},
      {{.tsync = true, .log = true, .spec_allow = true, .new_listener = true, .wait_killable_recv = true},
       SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW |
           SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_TSYNC_ESRCH |
           SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV},
  };
  for (const auto& entry : cases) {
    BOOST_TEST_CONTEXT("flags " << entry.flags) {
      BOOST_TEST(InChild([&entry](Report& report) {
                   InstallWithPrctl(AnswerCallWith(SYS_seccomp, 1, entry.flags, SECCOMP_RET_ERRNO | EBADSLT));
                   report.Equal("error", Install(RefuseGetppid(), entry.options).error(), EBADSLT);
                 }) == kFine);
      BOOST_TEST(InChild([&entry](Report& report) {
                   report.Equal("error", Install(RefuseGetppid(), entry.options).error(), 0);
                   report.Equal("errno", ErrnoOfGetppid(), EDOM);
                 }) == kFine);
    }
  }
}

// An older kernel is played by a filter that answers EINVAL to the flag.
BOOST_AUTO_TEST_CASE(AFlagThatTheKernelDoesNotKnowIsNamed) {
  BOOST_TEST(InChild([](Report& report) {
               InstallWithPrctl(AnswerCallWith(SYS_seccomp, 1, SECCOMP_FILTER_FLAG_SPEC_ALLOW,
                                               SECCOMP_RET_ERRNO | EINVAL));
               const InstallResult result = Install(RefuseGetppid(), {.spec_allow = true});
               report.Equal("error", result.error(), EINVAL);
               report.Equal("message", std::string(result.message()),
                            "the running kernel does not know spec_allow (Linux 4.17), or a filter that is "
                            "already installed answers in its place");
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(TsyncReachesAllThreadsAndNothingElseDoes) {
  for (const bool tsync : {false, true}) {
    BOOST_TEST_CONTEXT("tsync " << tsync) {
      BOOST_TEST(InChild([tsync](Report& report) {
                   int errors[2] = {-1, -1};
                   WaitingThread one([] {}, [&] { errors[0] = ErrnoOfGetppid(); });
                   WaitingThread other([] {}, [&] { errors[1] = ErrnoOfGetppid(); });
                   report.Equal("error", Install(RefuseGetppid(), {.tsync = tsync}).error(), 0);
                   one.Finish();
                   other.Finish();
                   report.Equal("errno of the caller", ErrnoOfGetppid(), EDOM);
                   report.Equal("errno of one thread", errors[0], tsync ? EDOM : 0);
                   report.Equal("errno of the other thread", errors[1], tsync ? EDOM : 0);
                 }) == kFine);
    }
  }
}

BOOST_AUTO_TEST_CASE(AThreadThatCannotBeSynchronisedIsReported) {
  for (const bool new_listener : {false, true}) {
    BOOST_TEST_CONTEXT("new_listener " << new_listener) {
      BOOST_TEST(InChild([new_listener](Report& report) {
                   WaitingThread harmless([] {}, [] {});
                   WaitingThread divergent(
                       [] { InstallWithPrctl(AnswerCall(SYS_getppid, SECCOMP_RET_ALLOW)); }, [] {});
                   const InstallResult result =
                       Install(RefuseGetppid(), {.tsync = true, .new_listener = new_listener});
                   report.Equal("error", result.error(), ESRCH);
                   report.Equal("message", std::string(result.message()),
                                "another thread has filters of its own and cannot be synchronised");
                   report.Equal("thread", result.unsynchronised_thread(), new_listener ? 0 : divergent.id());
                   report.Equal("listener", result.listener(), -1);
                   report.Equal("errno of getppid", ErrnoOfGetppid(), 0);
                   harmless.Finish();
                   divergent.Finish();
                 }) == kFine);
    }
  }
}

BOOST_AUTO_TEST_CASE(AChildOfVforkInstallsBeforeExec) {
  for (const Mode mode : {Mode::kEnforce, Mode::kTrap}) {
    const std::string before = StatusField("Seccomp");
    BOOST_TEST(VforkInstallAndExec(RefuseGetppid(), mode) == kFine);
    BOOST_TEST(StatusField("Seccomp") == before);
  }
}

BOOST_AUTO_TEST_CASE(TooManyInstructionsInAllIsAnError) {
  BOOST_TEST(InChild([](Report& report) {
               std::vector<sock_filter> longest(4096, {BPF_LD | BPF_IMM, 0, 0, 0});
               longest.back() = {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
               const Filter filter = ToFilter(longest);
               int installed = 0;
               int error = 0;
               while (installed < 20 && error == 0) {
                 const InstallResult result = Install(filter);
                 error = result.error();
                 if (error == 0) ++installed;
               }
               report.Equal("installed", installed, 7);  // 32768 / (4096 + 4)
               report.Equal("error", error, ENOMEM);
             }) == kFine);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
