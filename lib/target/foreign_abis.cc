// SPDX-License-Identifier: Apache-2.0

#include "target/foreign_abis.h"

#include <seccomp.h>

#include <algorithm>
#include <iterator>

#include <linux/audit.h>

namespace precompiledseccomp {
namespace {

constexpr Target Named(std::string_view name, std::uint32_t audit_arch, std::uint32_t libseccomp_token) {
  Target abi;
  abi.name = name;
  abi.audit_arch = audit_arch;
  abi.libseccomp_token = libseccomp_token;
  return abi;
}

constexpr Target kOfX86[] = {
    Named("i386", AUDIT_ARCH_I386, SCMP_ARCH_X86),
    Named("x32", AUDIT_ARCH_X86_64, SCMP_ARCH_X32),
};
constexpr Target kOfArm64[] = {
    Named("arm", AUDIT_ARCH_ARM, SCMP_ARCH_ARM),
};

struct AbisOfMachine {
  std::uint32_t audit_arch;
  std::span<const Target> abis;
};
constexpr AbisOfMachine kAbis[] = {
    {AUDIT_ARCH_X86_64, kOfX86},
    {AUDIT_ARCH_AARCH64, kOfArm64},
};

}  // namespace

std::span<const Target> ForeignAbis(const Target& target) {
  const auto* const found = std::find_if(std::begin(kAbis), std::end(kAbis), [&](const AbisOfMachine& row) {
    return row.audit_arch == target.audit_arch;
  });
  return found == std::end(kAbis) ? std::span<const Target>() : found->abis;
}

}  // namespace precompiledseccomp
