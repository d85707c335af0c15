// SPDX-License-Identifier: Apache-2.0

#include "kernel.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <functional>
#include <stdexcept>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bpf/instructions.h"

namespace precompiledseccomp::bpf::testing {
namespace {

// Where a child leaves its answer: in shared memory, as its filter may refuse every system call.
struct Answer {
  static constexpr int kNone = -1;
  std::atomic<int> value;
};

Answer& SharedAnswer() {
  static Answer& answer = []() -> Answer& {
    void* const memory =
        mmap(nullptr, sizeof(Answer), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error("mmap failed");
    return *new (memory) Answer;
  }();
  return answer;
}

int Install(std::span<const sock_filter> program) {
  // The kernel does not write to the program, but its interface lacks the const.
  const sock_fprog fprog = {static_cast<unsigned short>(program.size()),
                            const_cast<sock_filter*>(program.data())};
  const long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &fprog);
  return result == 0 ? 0 : errno;
}

// Runs `work` in a child and returns what it answered, Answer::kNone if it was killed before. Without the
// address sanitizer, which makes system calls before the trap: the child's filter may answer them in its own
// way.
__attribute__((no_sanitize("address"))) int AnswerOfChild(const std::function<int()>& work) {
  Answer& answer = SharedAnswer();
  answer.value = Answer::kNone;
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    for (const int signal : {SIGILL, SIGTRAP, SIGSEGV, SIGSYS}) std::signal(signal, SIG_DFL);
    answer.value = work();
    __builtin_trap();  // ends the child without a system call
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) throw std::runtime_error("waitpid failed");
  return answer.value;
}

// The errno of a filter carries twelve bits of a result.
constexpr std::uint32_t kBitsPerCall = 12;

// ld nr; jeq number, body; ret allow;  body: ...;  a = ERRNO | (a >> shift & 0xfff); ret a
Program Probe(std::span<const sock_filter> body, int number, std::uint32_t shift) {
  Program program = {LoadWord(kNumberOffset), JumpIfEqual(static_cast<std::uint32_t>(number), 1, 0),
                     Return(SECCOMP_RET_ALLOW), LoadImmediate(0)};
  program.insert(program.end(), body.begin(), body.end());
  const Program end = {ShiftRight(shift), And((1U << kBitsPerCall) - 1), Or(SECCOMP_RET_ERRNO), ReturnA()};
  program.insert(program.end(), end.begin(), end.end());
  return program;
}

}  // namespace

int ErrnoOfInstalling(std::span<const sock_filter> program) {
  const int answer = AnswerOfChild([&] { return Install(program); });
  if (answer == Answer::kNone) throw std::runtime_error("the child died before it had an answer");
  return answer;
}

std::optional<std::uint32_t> ValueComputedByKernel(std::span<const sock_filter> body,
                                                   const seccomp_data& call) {
  std::uint32_t value = 0;
  for (std::uint32_t shift = 0; shift < 32; shift += kBitsPerCall) {
    const Program program = Probe(body, call.nr, shift);
    constexpr int kNotInstalled = -2;
    const int bits = AnswerOfChild([&] {
      if (Install(program) != 0) return kNotInstalled;
      const auto& a = call.args;
      const long result = syscall(call.nr, a[0], a[1], a[2], a[3], a[4], a[5]);
      return result == 0 ? 0 : errno;
    });
    if (bits == kNotInstalled) throw std::runtime_error("the kernel refused a probing filter");
    if (bits == Answer::kNone) return std::nullopt;
    value |= static_cast<std::uint32_t>(bits) << shift;
  }
  return value;
}

std::uint32_t NativeAuditArch() {
  static const std::uint32_t arch = [] {
    seccomp_data call = {};
    call.nr = 5000;
    const Program load_arch = {LoadWord(kArchOffset)};
    return ValueComputedByKernel(load_arch, call).value();
  }();
  return arch;
}

boost::test_tools::assertion_result KernelTakesFilters(boost::unit_test::test_unit_id) {
  const Program allow_all = {Return(SECCOMP_RET_ALLOW)};
  static const bool takes = ErrnoOfInstalling(allow_all) == 0;
  boost::test_tools::assertion_result result(takes);
  if (!takes) result.message() << "the running kernel takes no seccomp filters";
  return result;
}

}  // namespace precompiledseccomp::bpf::testing
