// SPDX-License-Identifier: Apache-2.0

#include <precompiledseccomp/target.h>

#include <algorithm>
#include <array>

#include <linux/audit.h>

#include <precompiledseccomp/error.h>

namespace precompiledseccomp {
namespace {

constexpr std::uint32_t kX32Bit = 0x40000000;

constexpr std::array<Target, 2> kTargets = {{
    {.name = "x86_64",
     .audit_arch = AUDIT_ARCH_X86_64,
     .big_endian = false,
     .foreign_abi_bits = kX32Bit,
     .foreign_numbers = {512, 547},
     .foreign_before = {5, 4},
     .compiler_condition = "defined(__x86_64__) && !defined(__ILP32__)"},
    {.name = "aarch64",
     .audit_arch = AUDIT_ARCH_AARCH64,
     .big_endian = false,
     .foreign_abi_bits = 0,
     .foreign_numbers = {},
     .foreign_before = {},
     .compiler_condition = "defined(__aarch64__) && defined(__AARCH64EL__) && !defined(__ILP32__)"},
}};

}  // namespace

std::span<const Target> Targets() {
  return kTargets;
}

const Target* FindTarget(std::string_view name) {
  const auto* const found =
      std::find_if(kTargets.begin(), kTargets.end(), [&](const Target& t) { return t.name == name; });
  return found == kTargets.end() ? nullptr : found;
}

const Target& NativeTarget() {
#if defined(__x86_64__) && !defined(__ILP32__)
  return kTargets[0];
#elif defined(__aarch64__) && defined(__AARCH64EL__) && !defined(__ILP32__)
  return kTargets[1];
#else
  throw Error("this machine's architecture is not supported; supported are: " + TargetNames());
#endif
}

std::string TargetNames() {
  std::string names;
  for (const Target& target : kTargets) {
    if (!names.empty()) names += ", ";
    names += target.name;
  }
  return names;
}

}  // namespace precompiledseccomp
