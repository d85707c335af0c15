// SPDX-License-Identifier: Apache-2.0

#include <precompiledseccomp/syscall.h>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/target.h>

namespace precompiledseccomp {

Syscall::Syscall(Named /*by_name*/, std::string_view name) : call_(std::string(name)) {
  if (name.empty()) throw Error("a system call has an empty name");
}

std::uint32_t Syscall::CheckedNumber(std::int64_t number) {
  if (number < 0 || number > kMaximumNumber)
    throw Error("system call number " + std::to_string(number) + " is not in 0 to " +
                std::to_string(kMaximumNumber) +
                (number == -1 ? "; for a call that a tracer skips, use Syscall::Skipped()" : ""));
  return static_cast<std::uint32_t>(number);
}

Syscall Syscall::Skipped() {
  Syscall call(0);
  call.call_ = Target::kSkippedCall;
  return call;
}

std::string Syscall::ToString() const {
  return HasName() ? name() : NumberText(number());
}

std::string Syscall::ToString(const Target& target) const {
  const std::string written = ToString();
  const std::string name_there = HasName() ? written : SyscallName(target, number());
  return name_there == written ? written : name_there + " (" + written + ")";
}

Syscall IfAvailable(std::string_view name) {
  Syscall call(name);
  call.optional_ = true;
  return call;
}

Syscalls IfAvailable(std::initializer_list<std::string_view> names) {
  std::vector<Syscall> calls;
  for (const std::string_view name : names) calls.push_back(IfAvailable(name));
  return calls;
}

Syscalls AnyCall() {
  Syscalls calls;
  calls.any_call_ = true;
  return calls;
}

Syscalls::Syscalls(const std::vector<std::string>& names) : calls_(names.begin(), names.end()) {}

}  // namespace precompiledseccomp
