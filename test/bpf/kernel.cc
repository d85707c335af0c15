// SPDX-License-Identifier: Apache-2.0

#include "kernel.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <functional>
#include <stdexcept>

#include <sys/syscall.h>
#include <unistd.h>

#include "bpf/instructions.h"
#include "support/child.h"

namespace precompiledseccomp::bpf::testing {
namespace {

using precompiledseccomp::testing::RunInChild;
using precompiledseccomp::testing::SharedArray;

int Install(std::span<const sock_filter> program) {
  // The kernel does not write to the program, but its interface lacks the const.
  const sock_fprog fprog = {static_cast<unsigned short>(program.size()),
                            const_cast<sock_filter*>(program.data())};
  const long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &fprog);
  return result == 0 ? 0 : errno;
}

// What `work` returns in a child; nothing if the child was killed before.
std::optional<int> AnswerOfChild(const std::function<int()>& work) {
  const SharedArray<int> answer(1);
  if (!RunInChild([&] { answer[0] = work(); })) return std::nullopt;
  return answer[0];
}

// Installs filters that allow everything until the task has no room for even the smallest.
void FillUp() {
  for (std::size_t size = BPF_MAXINSNS; size > 0; size /= 2) {
    const Program allow_all(size, Return(SECCOMP_RET_ALLOW));
    while (Install(allow_all) == 0) {
    }
  }
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
  const std::optional<int> answer = AnswerOfChild([&] { return Install(program); });
  if (!answer) throw std::runtime_error("the child died before it had an answer");
  return *answer;
}

std::vector<int> ErrnosOfInstalling(std::span<const Program> programs) {
  const SharedArray<int> answers(programs.size());
  const bool finished = RunInChild([&] {
    FillUp();
    for (std::size_t i = 0; i < programs.size(); ++i) answers[i] = Install(programs[i]);
  });
  if (!finished) throw std::runtime_error("the child died before it had all answers");
  std::vector<int> errnos(answers.begin(), answers.begin() + programs.size());
  if (std::count(errnos.begin(), errnos.end(), 0) != 0)
    throw std::runtime_error("a filter was installed where there was no room for it");
  std::replace(errnos.begin(), errnos.end(), ENOMEM, 0);
  return errnos;
}

std::optional<std::uint32_t> ValueComputedByKernel(std::span<const sock_filter> body,
                                                   const seccomp_data& call) {
  std::uint32_t value = 0;
  for (std::uint32_t shift = 0; shift < 32; shift += kBitsPerCall) {
    const Program program = Probe(body, call.nr, shift);
    constexpr int kNotInstalled = -2;
    const std::optional<int> bits = AnswerOfChild([&] {
      if (Install(program) != 0) return kNotInstalled;
      const auto& a = call.args;
      const long result = syscall(call.nr, a[0], a[1], a[2], a[3], a[4], a[5]);
      return result == 0 ? 0 : errno;
    });
    if (bits == kNotInstalled) throw std::runtime_error("the kernel refused a probing filter");
    if (!bits) return std::nullopt;
    value |= static_cast<std::uint32_t>(*bits) << shift;
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
