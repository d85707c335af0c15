// SPDX-License-Identifier: Apache-2.0

#include "target/syscall_names.h"

#include <seccomp.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

#include "base/near_misses.h"
#include "target/newer_calls.h"

namespace precompiledseccomp {
namespace {

struct FreeDeleter {
  void operator()(char* text) const { std::free(text); }  // NOLINT: libseccomp allocates with malloc.
};

// libseccomp's name of a number, or null.
std::unique_ptr<char, FreeDeleter> NameInLibseccomp(const Target& target, std::uint32_t number) {
  return std::unique_ptr<char, FreeDeleter>(
      seccomp_syscall_resolve_num_arch(target.libseccomp_token, static_cast<int>(number)));
}

// Empty for a number without a name.
std::string NameOf(const Target& target, std::uint32_t number) {
  for (const NewerCall& call : NewerCalls())
    if (call.number == number && call.IsOn(target)) return call.name;
  const auto name = NameInLibseccomp(target, number);
  return name != nullptr ? std::string(name.get()) : std::string();
}

// Negative for a call that the target does not have: a pseudo-number if another architecture has it.
int NumberInLibseccomp(const Target& target, const std::string& name) {
  return seccomp_syscall_resolve_name_arch(target.libseccomp_token, name.c_str());
}

// As calls are named in man pages: "__NR_read", "SYS_read", "sys_read" and "READ" are all "read".
std::string WithoutDecoration(std::string name) {
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  for (const std::string_view prefix : {"__nr_", "__sys_", "__x64_sys_", "__arm64_sys_", "sys_"})
    if (name.starts_with(prefix)) return name.substr(prefix.size());
  return name;
}

}  // namespace

std::optional<std::uint32_t> SyscallNumber(const Target& target, const std::string& name) {
  for (const NewerCall& call : NewerCalls())
    if (name == call.name && call.IsOn(target)) return call.number;
  const int number = NumberInLibseccomp(target, name);
  return number < 0 ? std::nullopt : std::optional(static_cast<std::uint32_t>(number));
}

bool IsNameOfAnyTarget(const std::string& name) {
  // libseccomp knows of every architecture what others have.
  if (NumberInLibseccomp(Targets().front(), name) != __NR_SCMP_ERROR) return true;
  const auto calls = NewerCalls();
  return std::any_of(calls.begin(), calls.end(), [&](const NewerCall& call) { return name == call.name; });
}

std::string WhyUnknown(const Target& target, const std::string& name) {
  if (IsNameOfAnyTarget(name))
    return ": other architectures have it; use IfAvailable(\"" + name + "\") to leave it out here";
  return WhatMayBeMeant(target, name);
}

std::string WhatMayBeMeant(const Target& target, const std::string& name, const std::string& before_number) {
  constexpr std::size_t kMostEdits = 2;
  const std::string near = NearMisses(WithoutDecoration(name), SyscallNames(target), kMostEdits);
  return (near.empty() ? "; if" : "; did you mean " + near + "? If") + " it is newer than Linux " +
         std::to_string(kNewestKernelWithNames.version) + "." +
         std::to_string(kNewestKernelWithNames.patch_level) + ", give its number, as in " + before_number +
         std::to_string(target.first_number + target.numbers) + ")";
}

std::vector<std::string> SyscallNames(const Target& target) {
  // libseccomp tells the name of a number, and not how many there are. No table has a gap as large as this.
  constexpr std::uint32_t kLargestGap = 256;
  std::vector<std::string> names;
  std::uint32_t end = target.first_number;
  for (std::uint32_t number = target.first_number; number < end + kLargestGap; ++number) {
    std::string name = NameOf(target, number);
    if (name.empty()) continue;
    end = number + 1;
    names.resize(end);
    names.back() = std::move(name);
  }
  return names;
}

std::string SyscallName(const Target& target, std::uint32_t number) {
  const std::string name = NameOf(target, number);
  return name.empty() ? NumberText(number) : name;
}

}  // namespace precompiledseccomp
