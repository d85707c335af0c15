// SPDX-License-Identifier: Apache-2.0
//
// User notification: a supervisor thread answers the calls of another thread of the same child.
#include <precompiledseccomp/install.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <functional>
#include <string>
#include <thread>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include "child.h"
#include "filters.h"
#include "status.h"

namespace precompiledseccomp {
namespace {

BOOST_AUTO_TEST_SUITE(install_listener)

constexpr int kAnswer = 4242;

Filter NotifyGetppid() {
  return ToFilter(AnswerCall(SYS_getppid, SECCOMP_RET_USER_NOTIF));
}

// Answers one notification, after doing `meanwhile` with the id of the notified thread.
class Supervisor {
 public:
  explicit Supervisor(std::function<void(pid_t)> meanwhile = [](pid_t) {})
      : thread_([this, meanwhile = std::move(meanwhile)] {
          listener_.wait(-1);
          seccomp_notif notification = {};
          if (ioctl(listener_, SECCOMP_IOCTL_NOTIF_RECV, &notification) == -1) return;
          call_ = notification.data.nr;
          meanwhile(static_cast<pid_t>(notification.pid));
          seccomp_notif_resp response = {};
          response.id = notification.id;
          response.val = kAnswer;
          ioctl(listener_, SECCOMP_IOCTL_NOTIF_SEND, &response);
        }) {}

  void Start(int listener) {
    listener_ = listener;
    listener_.notify_one();
  }

  void Join() { thread_.join(); }

  int call() const { return call_; }

 private:
  std::atomic<int> listener_ = -1;
  std::atomic<int> call_ = -1;
  std::thread thread_;
};

volatile std::sig_atomic_t signals = 0;

// Interrupts the notified thread with a signal that has a handler.
void Interrupt(pid_t thread) {
  struct sigaction action = {};
  action.sa_handler = [](int) { signals = signals + 1; };
  sigaction(SIGUSR1, &action, nullptr);
  syscall(SYS_tgkill, getpid(), thread, SIGUSR1);
  usleep(50'000);
}

BOOST_AUTO_TEST_CASE(TheListenerReceivesAndAnswersCalls) {
  BOOST_TEST(InChild([](Report& report) {
               Supervisor supervisor;
               const InstallResult result = Install(NotifyGetppid(), {.new_listener = true});
               report.Equal("error", result.error(), 0);
               report.Equal("close-on-exec", fcntl(result.listener(), F_GETFD), FD_CLOEXEC);
               supervisor.Start(result.listener());
               report.Equal("getppid", syscall(SYS_getppid), kAnswer);
               supervisor.Join();
               report.Equal("call", supervisor.call(), SYS_getppid);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(AListenerMayServeAllThreads) {
  BOOST_TEST(InChild([](Report& report) {
               Supervisor supervisor;
               std::atomic<bool> installed = false;
               std::atomic<long> answer = 0;
               std::thread caller([&] {
                 installed.wait(false);
                 answer = syscall(SYS_getppid);
               });
               const InstallResult result = Install(NotifyGetppid(), {.tsync = true, .new_listener = true});
               report.Equal("error", result.error(), 0);
               report.Equal("thread", result.unsynchronised_thread(), 0);
               supervisor.Start(result.listener());
               installed = true;
               installed.notify_all();
               caller.join();
               supervisor.Join();
               report.Equal("getppid", answer.load(), kAnswer);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(TheListenerMayBeDescriptorZero) {
  BOOST_TEST(InChild([](Report& report) {
               close(0);
               Supervisor supervisor;
               const InstallResult result = Install(NotifyGetppid(), {.new_listener = true});
               report.True("success", static_cast<bool>(result));
               report.Equal("listener", result.listener(), 0);
               supervisor.Start(result.listener());
               report.Equal("getppid", syscall(SYS_getppid), kAnswer);
               supervisor.Join();
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(ASecondListenerIsRefused) {
  BOOST_TEST(InChild([](Report& report) {
               report.Equal("first", Install(NotifyGetppid(), {.new_listener = true}).error(), 0);
               const InstallResult result = Install(NotifyGetppid(), {.new_listener = true});
               report.Equal("error", result.error(), EBUSY);
               report.Equal("message", std::string(result.message()),
                            "a filter of this thread already has a listener; there can be only one");
               report.Equal("listener", result.listener(), -1);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(WaitKillableRecvKeepsSignalsFromInterruptingTheCall) {
  for (const bool wait_killable : {false, true}) {
    BOOST_TEST_CONTEXT("wait_killable_recv " << wait_killable) {
      BOOST_TEST(InChild([wait_killable](Report& report) {
                   Supervisor supervisor(Interrupt);
                   const InstallResult result =
                       Install(NotifyGetppid(), {.new_listener = true, .wait_killable_recv = wait_killable});
                   report.Equal("error", result.error(), 0);
                   supervisor.Start(result.listener());
                   errno = 0;
                   const long answer = syscall(SYS_getppid);
                   report.Equal("getppid", answer, wait_killable ? kAnswer : -1L);
                   report.Equal("errno", errno, wait_killable ? 0 : EINTR);
                   report.Equal("signals", static_cast<int>(signals), 1);
                   supervisor.Join();
                 }) == kFine);
    }
  }
}

BOOST_AUTO_TEST_CASE(UserNotifyWithoutAListenerChangesNothing) {
  for (const Mode mode : {Mode::kEnforce, Mode::kLog, Mode::kTrap}) {
    BOOST_TEST(InChild([mode](Report& report) {
                 const InstallResult result = Install(NotifyGetppid(), {.mode = mode});
                 report.Equal("error", result.error(), EINVAL);
                 report.Equal(
                     "message", std::string(result.message()),
                     "the filter answers user-notify and would have no listener, so that these calls "
                     "fail with ENOSYS: ask for new_listener, or for this with "
                     "notify_without_listener");
                 report.Equal("getppid", ErrnoOfGetppid(), 0);
                 report.Equal("no_new_privs", StatusField("NoNewPrivs"), "0");
               }) == kFine);
  }
}

BOOST_AUTO_TEST_CASE(UserNotifyWithoutAListenerIsENOSYSWhereThatIsAskedFor) {
  for (const Mode mode : {Mode::kEnforce, Mode::kLog, Mode::kTrap}) {
    BOOST_TEST(InChild([mode](Report& report) {
                 const InstallOptions options = {.notify_without_listener = true, .mode = mode};
                 report.Equal("error", Install(NotifyGetppid(), options).error(), 0);
                 report.Equal("errno", ErrnoOfGetppid(), ENOSYS);
               }) == kFine);
  }
}

// Why there is no such option as leaving it to the listener of another filter: of filters that say
// user-notify, the newest one's listener is notified, or nobody.
BOOST_AUTO_TEST_CASE(TheListenerOfAnOlderFilterHearsNothingOfCallsThatANewerOneNotifies) {
  BOOST_TEST(InChild([](Report& report) {
               report.Equal("older", Install(NotifyGetppid(), {.new_listener = true}).error(), 0);
               report.Equal("newer", Install(NotifyGetppid(), {.notify_without_listener = true}).error(), 0);
               report.Equal("errno", ErrnoOfGetppid(), ENOSYS);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(TheListenerOfANewerFilterHearsOfCallsThatAnOlderOneNotifiesIfItNotifiesThemToo) {
  BOOST_TEST(InChild([](Report& report) {
               Supervisor supervisor;
               report.Equal("older", Install(NotifyGetppid(), {.notify_without_listener = true}).error(), 0);
               const InstallResult newer = Install(NotifyGetppid(), {.new_listener = true});
               report.Equal("newer", newer.error(), 0);
               supervisor.Start(newer.listener());
               report.Equal("getppid", syscall(SYS_getppid), kAnswer);
               supervisor.Join();
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(TheListenerOfANewerFilterHearsNothingOfCallsThatOnlyAnOlderOneNotifies) {
  BOOST_TEST(InChild([](Report& report) {
               const Filter other = ToFilter(AnswerCall(SYS_getuid, SECCOMP_RET_USER_NOTIF));
               report.Equal("older", Install(NotifyGetppid(), {.notify_without_listener = true}).error(), 0);
               report.Equal("newer", Install(other, {.new_listener = true}).error(), 0);
               report.Equal("errno", ErrnoOfGetppid(), ENOSYS);
             }) == kFine);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
