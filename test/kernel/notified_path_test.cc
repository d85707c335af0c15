// SPDX-License-Identifier: Apache-2.0
//
// A supervisor that reads a path and lets the call go on has judged another path than the kernel, if somebody
// wants that: seccomp_unotify(2), "Caveats".

#include <cerrno>
#include <cstdint>
#include <functional>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/filter.h>
#include <precompiledseccomp/install.h>

#include "compile/compile.h"
#include "kernel/filtered_child.h"
#include "support/calls.h"
#include "support/child.h"
#include "support/mistakes.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(NotifiedPathTest, *boost::unit_test::precondition(KernelTakesFilters))

std::vector<sock_filter> CompileHere(const Policy& policy) {
  return Compile(Resolve(policy, NativeTarget()));
}

constexpr const char* kHarmlessPath = "/dev/null";  // at its end at once
constexpr const char* kOtherPath = "/dev/zero";     // never

// What a supervisor does with a call of which it likes the path.
enum class Answer { kContinue, kOwnDescriptor };

// Answers one call that the listener tells of: it reads the path, lets the accomplice write another one
// there, and answers to what it read.
void Supervise(int listener, Answer answer, const std::function<void()>& accomplice) {
  seccomp_notif notification{};
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notification) != 0) return;
  // From its own memory: the supervisor is another thread of the process here.
  const auto* const path = reinterpret_cast<const char*>(notification.data.args[1]);
  const std::string read_path = path;
  accomplice();
  if (read_path != kHarmlessPath) return;
  if (answer == Answer::kContinue) {
    seccomp_notif_resp response{};
    response.id = notification.id;
    response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
  } else {
    seccomp_notif_addfd descriptor{};
    descriptor.id = notification.id;
    descriptor.flags = SECCOMP_ADDFD_FLAG_SEND;
    descriptor.srcfd = static_cast<std::uint32_t>(open(read_path.c_str(), O_RDONLY));
    ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &descriptor);
  }
}

// What a thread opens by a path that another thread exchanges while the supervisor thinks about it. The
// filter is that thread's alone, which is there before it and never returns: what sanitizers do for threads
// that begin and end is not refused.
std::string OpenedUnderASupervisor(const Policy& policy, Answer answer) {
  Filter filter;
  BOOST_REQUIRE(filter.Assign(CompileHere(policy)));
  const SharedArray<char> first_byte(1);
  const SharedArray<long> bytes(1);
  bytes[0] = -1;
  const bool finished = RunInChild([&] {
    std::string path = kHarmlessPath;
    int listener = -1;
    long opened = -1;
    std::binary_semaphore has_filter(0);
    std::binary_semaphore shall_exchange(0);
    std::binary_semaphore has_exchanged(0);
    std::binary_semaphore has_opened(0);
    std::thread([&] {
      shall_exchange.acquire();
      path.replace(0, path.size(), kOtherPath);
      has_exchanged.release();
    }).detach();
    std::thread([&] {
      const InstallResult result = Install(filter, {.new_listener = true});
      listener = result.listener();
      has_filter.release();
      opened = syscall(SYS_openat, AT_FDCWD, path.c_str(), O_RDONLY);
      has_opened.release();
      syscall(SYS_exit, 0);
    }).detach();
    has_filter.acquire();
    Supervise(listener, answer, [&] {
      shall_exchange.release();
      has_exchanged.acquire();
    });
    has_opened.acquire();
    bytes[0] = read(static_cast<int>(opened), &first_byte[0], 1);
  });
  BOOST_REQUIRE(finished);
  return bytes[0] == 0 ? kHarmlessPath : bytes[0] == 1 ? kOtherPath : "nothing";
}

BOOST_AUTO_TEST_CASE(APathChangesBetweenTheSupervisorAndTheKernel) {
  const Mistake mistake = APathIsJudgedByASupervisor();
  BOOST_TEST(OpenedUnderASupervisor(mistake.mistaken, Answer::kContinue) == kOtherPath);
  // One that opens itself what it has read: its policy may accept the finding.
  BOOST_TEST(OpenedUnderASupervisor(mistake.mistaken, Answer::kOwnDescriptor) == kHarmlessPath);
  const auto path = reinterpret_cast<std::uintptr_t>(kHarmlessPath);
  const seccomp_data call = NativeCall(SYS_openat, {kAtFdcwd, path, O_RDONLY});
  BOOST_TEST(OutcomeText(MakeCalls(CompileHere(mistake.meant), {&call, 1}).front()) ==
             "returned " + std::to_string(-EACCES));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
