// SPDX-License-Identifier: Apache-2.0
//
// The architectures that policies are compiled for. A target is plain data: adding an architecture is adding
// a line to the table in target.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace precompiledseccomp {

struct Target {
  // As in `--arch` and in Meson's cpu_family().
  std::string_view name;
  // The AUDIT_ARCH_* value the kernel puts into seccomp_data.arch (linux/audit.h).
  std::uint32_t audit_arch = 0;
  // The byte order of seccomp_data's 64-bit fields.
  bool big_endian = false;
  // Call numbers with one of these bits belong to another ABI that shares `audit_arch`: such a call is
  // another architecture's, whatever the default action is. On x86-64 that is x32, bit 30 (__X32_SYSCALL_BIT
  // in asm/unistd.h).
  std::uint32_t foreign_abi_bits = 0;
  // A preprocessor condition that holds exactly when the compiler produces code for this target.
  std::string_view compiler_condition;

  // Whether a call with this audit architecture and number is one of this target's own.
  [[nodiscard]] bool Owns(std::uint32_t arch, std::uint32_t number) const {
    return arch == audit_arch && (number & foreign_abi_bits) == 0;
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

}  // namespace precompiledseccomp
