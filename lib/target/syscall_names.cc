// SPDX-License-Identifier: Apache-2.0

#include "target/syscall_names.h"

#include <seccomp.h>

#include <cstddef>
#include <cstdlib>
#include <memory>

#include "base/near_misses.h"

namespace precompiledseccomp {
namespace {

struct FreeDeleter {
  void operator()(char* text) const { std::free(text); }  // NOLINT: libseccomp allocates with malloc.
};

// libseccomp's name of a number, or null.
std::unique_ptr<char, FreeDeleter> NameOf(const Target& target, std::uint32_t number) {
  return std::unique_ptr<char, FreeDeleter>(
      seccomp_syscall_resolve_num_arch(target.libseccomp_token, static_cast<int>(number)));
}

// Negative for a call that the target does not have.
int Resolve(const Target& target, const std::string& name) {
  return seccomp_syscall_resolve_name_arch(target.libseccomp_token, name.c_str());
}

}  // namespace

std::optional<std::uint32_t> SyscallNumber(const Target& target, const std::string& name) {
  const int number = Resolve(target, name);
  return number < 0 ? std::nullopt : std::optional(static_cast<std::uint32_t>(number));
}

std::string WhyUnknown(const Target& target, const std::string& name) {
  // libseccomp has negative pseudo-numbers for calls that other architectures have.
  if (Resolve(target, name) != __NR_SCMP_ERROR)
    return ": other architectures have it; use IfAvailable(\"" + name + "\") to leave it out here";
  constexpr std::size_t kMostEdits = 2;
  const std::string near = NearMisses(name, SyscallNames(target), kMostEdits);
  if (!near.empty()) return "; did you mean " + near + "?";
  const scmp_version* version = seccomp_version();
  return "; if it is newer than libseccomp " + std::to_string(version->major) + "." +
         std::to_string(version->minor) + "." + std::to_string(version->micro) + ", give its number";
}

std::vector<std::string> SyscallNames(const Target& target) {
  // libseccomp tells the name of a number, and not how many there are. No table has a gap as large as this.
  constexpr std::uint32_t kLargestGap = 256;
  std::vector<std::string> names;
  std::uint32_t end = target.first_number;
  for (std::uint32_t number = target.first_number; number < end + kLargestGap; ++number) {
    const auto name = NameOf(target, number);
    if (name == nullptr) continue;
    end = number + 1;
    names.resize(end);
    names.back() = name.get();
  }
  return names;
}

std::string SyscallName(const Target& target, std::uint32_t number) {
  const auto name = NameOf(target, number);
  return name != nullptr ? std::string(name.get()) : NumberText(number);
}

}  // namespace precompiledseccomp
