// SPDX-License-Identifier: Apache-2.0

#include "target/known_numbers.h"

#include <algorithm>
#include <set>
#include <string>

#include <linux/audit.h>

#include <precompiledseccomp/error.h>

#include "target/newer_calls.h"
#include "target/syscall_names.h"

namespace precompiledseccomp {
namespace {

struct OlderCall {
  const char* name;
  KernelVersion since;
  std::uint32_t only_on = 0;  // as in NewerCall
};

// From the first kernel with filters to where NewerCalls() begins. Numbers differ between architectures, and
// libseccomp has known them for long. ("VERSIONS" in their man pages.)
constexpr OlderCall kOlderCalls[] = {
    {"finit_module", {3, 8}},
    {"sched_setattr", {3, 14}},
    {"sched_getattr", {3, 14}},
    {"renameat2", {3, 15}},
    {"seccomp", {3, 17}},
    {"getrandom", {3, 17}},
    {"memfd_create", {3, 17}},
    {"kexec_file_load", {3, 17}, AUDIT_ARCH_X86_64},
    {"kexec_file_load", {5, 0}, AUDIT_ARCH_AARCH64},
    {"bpf", {3, 18}},
    {"execveat", {3, 19}},
    {"userfaultfd", {4, 3}},
    {"membarrier", {4, 3}},
    {"mlock2", {4, 4}},
    {"copy_file_range", {4, 5}},
    {"preadv2", {4, 6}},
    {"pwritev2", {4, 6}},
    {"pkey_mprotect", {4, 9}},
    {"pkey_alloc", {4, 9}},
    {"pkey_free", {4, 9}},
    {"statx", {4, 11}},
    {"io_pgetevents", {4, 18}},
    {"rseq", {4, 18}},
};

std::string TextOf(const KernelVersion& kernel) {
  return std::to_string(kernel.version) + "." + std::to_string(kernel.patch_level);
}

bool IsInAGap(const Target& target, std::uint32_t number) {
  return std::any_of(target.gaps.begin(), target.gaps.end(),
                     [&](const NumberRange& gap) { return gap.Has(number); });
}

// When the call of that number came; nothing earlier than what is asked for is told apart.
KernelVersion FirstKernelWith(const Target& target, std::uint32_t number) {
  if (number > NewerCalls().back().number) return kNewestKernelWithNames;
  for (const NewerCall& call : NewerCalls())
    if (call.number == number && call.IsOn(target)) return call.since;
  return {};
}

// Up to `newest`, without `missing`.
std::vector<NumberRange> Without(const std::set<std::uint32_t>& missing, std::uint32_t newest) {
  std::vector<NumberRange> ranges;
  std::uint32_t first = 0;
  for (const std::uint32_t number : missing) {
    if (number > newest) break;
    if (number > first) ranges.push_back({first, number - 1});
    first = number + 1;
  }
  if (first <= newest) ranges.push_back({first, newest});
  return ranges;
}

// What is free in the gaps on that kernel.
std::set<std::uint32_t> FreeNumbers(const Target& target, const KernelVersion& kernel) {
  std::set<std::uint32_t> free;
  for (const NumberRange& gap : target.gaps)
    for (std::uint32_t number = gap.first; number <= gap.last; ++number) free.insert(number);
  for (const NewerCall& call : NewerCalls())
    if (call.IsOn(target) && IsInAGap(target, call.number) && call.since <= kernel) free.erase(call.number);
  return free;
}

}  // namespace

std::vector<NumberRange> NumbersUpTo(const Target& target, std::uint32_t newest) {
  std::set<std::uint32_t> missing = FreeNumbers(target, FirstKernelWith(target, newest));
  missing.erase(newest);
  return Without(missing, newest);
}

std::vector<NumberRange> NumbersOfKernel(const Target& target, const KernelVersion& kernel) {
  if (kernel < kFirstWithFilters || kernel > kNewestKernelWithNames || kernel.patch_level < 0)
    throw Error("KnownUpTo(Kernel{" + std::to_string(kernel.version) + ", " +
                std::to_string(kernel.patch_level) + "}): known are the calls of Linux " +
                TextOf(kFirstWithFilters) + " to " + TextOf(kNewestKernelWithNames) +
                "; for another one, give its newest call");
  std::set<std::uint32_t> missing = FreeNumbers(target, kernel);
  for (const NewerCall& call : NewerCalls())
    if (call.IsOn(target) && call.since > kernel) missing.insert(call.number);
  for (const OlderCall& call : kOlderCalls)
    if ((call.only_on == 0 || call.only_on == target.audit_arch) && call.since > kernel)
      if (const auto number = SyscallNumber(target, call.name)) missing.insert(*number);
  return Without(missing, NewerCalls().back().number);
}

}  // namespace precompiledseccomp
