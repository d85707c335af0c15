// SPDX-License-Identifier: Apache-2.0

#include <precompiledseccomp/target.h>

#include <seccomp.h>

#include <algorithm>
#include <iterator>

#include <linux/audit.h>

#include <precompiledseccomp/error.h>

namespace precompiledseccomp {
namespace {

constexpr std::uint32_t kX32Bit = 0x40000000;

constexpr Target kTargets[] = {
    {.name = "x86_64",
     .audit_arch = AUDIT_ARCH_X86_64,
     .libseccomp_token = SCMP_ARCH_X86_64,
     .big_endian = false,
     .foreign_abi_bits = kX32Bit,
     .foreign_abi = "x32",
     .foreign_numbers = {512, 547},
     .foreign_before = {5, 4},
     .gaps = {{{335, 423}, {}}},
     .first_number = 0,
     .numbers = 470,
     .compat_numbers = 470,
     .jit_shortens_jumps = true,
     .compiler_condition = "defined(__x86_64__) && !defined(__ILP32__)",
#if defined(__x86_64__) && !defined(__ILP32__)
     .is_native = true
#endif
    },
    {.name = "aarch64",
     .audit_arch = AUDIT_ARCH_AARCH64,
     .libseccomp_token = SCMP_ARCH_AARCH64,
     .big_endian = false,
     .foreign_abi_bits = 0,
     .foreign_abi = "",
     .foreign_numbers = {},
     .foreign_before = {},
     .gaps = {{{244, 259}, {295, 423}}},
     .first_number = 0,
     .numbers = 470,
     .compat_numbers = 470,
     .jit_shortens_jumps = false,
     .compiler_condition = "defined(__aarch64__) && defined(__AARCH64EL__) && !defined(__ILP32__)",
#if defined(__aarch64__) && defined(__AARCH64EL__) && !defined(__ILP32__)
     .is_native = true
#endif
    },
};

}  // namespace

std::span<const Target> Targets() {
  return kTargets;
}

const Target* FindTarget(std::string_view name) {
  const auto* const found =
      std::find_if(std::begin(kTargets), std::end(kTargets), [&](const Target& t) { return t.name == name; });
  return found == std::end(kTargets) ? nullptr : found;
}

const Target& NativeTarget() {
  const auto* const found =
      std::find_if(std::begin(kTargets), std::end(kTargets), [](const Target& t) { return t.is_native; });
  if (found == std::end(kTargets))
    throw Error("this machine's architecture is not supported; supported are: " + TargetNames());
  return *found;
}

std::string NumberText(std::uint32_t number) {
  return number == Target::kSkippedCall ? "#-1" : "#" + std::to_string(number);
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
