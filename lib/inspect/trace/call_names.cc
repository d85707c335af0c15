// SPDX-License-Identifier: Apache-2.0

#include "inspect/trace/call_names.h"

#include "inspect/line_text.h"
#include "target/foreign_abis.h"
#include "target/syscall_names.h"

namespace precompiledseccomp::inspect {
namespace {

bool IsX32(const Target& abi, const Target& target) {
  return &abi != &target && abi.audit_arch == target.audit_arch;
}

}  // namespace

const Target* CallNames::AbiOfMode(std::string_view mode) const {
  if (mode == "64 bit") return &target_;
  for (const Target& abi : ForeignAbis(target_)) {
    const bool is_x32 = IsX32(abi, target_);
    if (is_x32 == (mode == "x32") && (is_x32 || mode == "32 bit")) return &abi;
  }
  return nullptr;
}

const Target* CallNames::AbiNamed(std::string_view name) const {
  if (target_.name == name) return &target_;
  for (const Target& abi : ForeignAbis(target_))
    if (abi.name == name) return &abi;
  return nullptr;
}

std::optional<std::uint32_t> CallNames::NumberOf(const Target& abi, std::string_view name) {
  auto& of_abi = numbers_[abi.name];
  const auto found = of_abi.find(name);
  if (found != of_abi.end()) return found->second;
  constexpr std::string_view kUnnamed = "syscall_0x";
  std::optional<std::uint32_t> number;
  if (name.starts_with(kUnnamed)) {
    const auto digits = HexDigits(name.substr(kUnnamed.size()));
    if (digits && *digits <= UINT32_MAX) number = static_cast<std::uint32_t>(*digits);
  } else {
    number = SyscallNumber(abi, std::string(name));
  }
  if (number && IsX32(abi, target_)) *number |= target_.foreign_abi_bits;
  of_abi.emplace(name, number);
  return number;
}

bool CallNames::IsNamed(const Target& abi, std::uint32_t number, std::string_view name) {
  const std::optional<std::uint32_t> of_name = NumberOf(abi, name);
  return !of_name || *of_name == number;
}

const std::vector<Parameter>* CallNames::ParametersOf(std::string_view name) {
  auto found = parameters_.find(name);
  if (found == parameters_.end())
    found = parameters_.emplace(name, precompiledseccomp::ParametersOf(target_, std::string(name))).first;
  return found->second ? &*found->second : nullptr;
}

std::string CallNames::WhyUnknown(const Target& abi, std::string_view name) {
  if (name == "????") return "strace did not see which call this is";
  const std::string quoted = std::string("\"").append(name).append("\"");
  std::string unknown = "there is no call " + quoted + " on " + std::string(abi.name);
  if (&abi == &target_)
    for (const Target& foreign : ForeignAbis(target_))
      if (NumberOf(foreign, name))
        return unknown + ", but on " + std::string(foreign.name) +
               ": record with strace -n -e quiet=none, which tell them apart";
  return unknown;
}

}  // namespace precompiledseccomp::inspect
