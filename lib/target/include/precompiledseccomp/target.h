// SPDX-License-Identifier: Apache-2.0
//
// The architectures that policies are compiled for. A target is plain data: adding an architecture is adding
// a line to the table in target.cc.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace precompiledseccomp {

// VERSION.PATCHLEVEL of a kernel: 5.4 is {5, 4}.
struct KernelVersion {
  int version = 0;
  int patch_level = 0;
  friend auto operator<=>(const KernelVersion&,
                          const KernelVersion&) = default;  // NOLINT: clang-tidy 14 errs
};

// The first kernel with seccomp filters.
inline constexpr KernelVersion kFirstWithFilters = {3, 5};

// KnownUpTo(Kernel{6, 6}).
using Kernel = KernelVersion;

// Numbers from `first` to `last`; none if `last` is the smaller one.
struct NumberRange {
  std::uint32_t first = 1;
  std::uint32_t last = 0;
  [[nodiscard]] bool Has(std::uint32_t number) const { return first <= number && number <= last; }
};

struct Target {
  // The number of a call that a tracer has the kernel skip (ptrace(2): strace's injection, debuggers, proot):
  // the tracer writes -1 over the number, and filters see that. It is a call of the tracee's own, whatever
  // bits it has.
  static constexpr std::uint32_t kSkippedCall = 0xffffffff;

  // As in `--arch` and in Meson's cpu_family().
  std::string_view name;
  // The AUDIT_ARCH_* value the kernel puts into seccomp_data.arch (linux/audit.h).
  std::uint32_t audit_arch = 0;
  // What libseccomp calls the architecture (SCMP_ARCH_*, seccomp.h).
  std::uint32_t libseccomp_token = 0;
  // The byte order of seccomp_data's 64-bit fields.
  bool big_endian = false;
  // Call numbers with one of these bits belong to another ABI that shares `audit_arch`: such a call is
  // another architecture's, whatever the default action is. On x86-64 that is x32, bit 30 (__X32_SYSCALL_BIT
  // in asm/unistd.h).
  std::uint32_t foreign_abi_bits = 0;
  // What people call that ABI.
  std::string_view foreign_abi;
  // Numbers that belong to that ABI without its bits, too, on kernels before `foreign_before`: on x86-64, 512
  // to 547 ran x32's handlers before Linux 5.4 (6365b842aae4, "Split the x32 syscalls into their own table").
  NumberRange foreign_numbers;
  KernelVersion foreign_before;
  // Numbers that were left free between the architecture's own calls and those that have one number
  // everywhere (and, in the table of all new architectures, for calls of single ones). A call may come to one
  // of them late, as uretprobe did.
  std::array<NumberRange, 2> gaps;
  // The first number of the architecture's own calls, and how many there are in the kernel's table
  // (Linux 6.18, NR_syscalls): the kernel emulates a filter for each of them when it is installed.
  std::uint32_t first_number = 0;
  std::uint32_t numbers = 0;
  // The same of the calls of 32-bit programs: the filter is emulated for these as well.
  std::uint32_t compat_numbers = 0;
  // Whether the kernel's compiler for BPF takes more passes the later it finds that a jump can be a short one
  // (bpf/translation.h); elsewhere all instructions are of one length.
  bool jit_shortens_jumps = false;
  // A preprocessor condition that holds exactly when the compiler produces code for this target.
  std::string_view compiler_condition;
  // Whether this code itself was compiled for the target.
  bool is_native = false;

  // Whether a call with this audit architecture and number is one of this target's own.
  [[nodiscard]] bool Owns(std::uint32_t arch, std::uint32_t number) const {
    if (arch != audit_arch) return false;
    if (number == kSkippedCall) return true;
    return (number & foreign_abi_bits) == 0 && !foreign_numbers.Has(number);
  }
};

// All supported targets, in a fixed order.
std::span<const Target> Targets();

// The target of that name, or nullptr.
const Target* FindTarget(std::string_view name);

// The target that this code itself was compiled for. Throws Error if it is none of Targets().
const Target& NativeTarget();

// "x86_64, aarch64": for messages.
std::string TargetNames();

// A number as text: "#257", or "#-1" for the one of a skipped call.
std::string NumberText(std::uint32_t number);

// The name of a call on a target, or "#number" if it has none.
std::string SyscallName(const Target& target, std::uint32_t number);

// The calls that programs usually make most often, most frequent first: what a policy is compiled for as far
// as it does not say which calls are hot. Those that the target does not have are left out.
std::vector<std::uint32_t> UsualCalls(const Target& target);

}  // namespace precompiledseccomp
