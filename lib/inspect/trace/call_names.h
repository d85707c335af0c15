// SPDX-License-Identifier: Apache-2.0
//
// From the names and numbers of a trace to those of a target and of the other ABIs of its machine.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <precompiledseccomp/target.h>

#include "target/parameters.h"

namespace precompiledseccomp::inspect {

class CallNames {
 public:
  explicit CallNames(const Target& target) : target_(target) {}

  [[nodiscard]] const Target& target() const { return target_; }
  // "32 bit", "x32" or "64 bit", as strace calls them; null if the machine has none of that name.
  [[nodiscard]] const Target* AbiOfMode(std::string_view mode) const;
  // The ABI that ausearch calls so; null if the machine has none of that name.
  [[nodiscard]] const Target* AbiNamed(std::string_view name) const;

  // The number of a call on an ABI: of "getppid", or of "syscall_0x1d7", which strace writes of what is newer
  // than it.
  std::optional<std::uint32_t> NumberOf(const Target& abi, std::string_view name);
  // Whether that ABI calls the number so, or has no call of that name: then it may be one that is newer.
  bool IsNamed(const Target& abi, std::uint32_t number, std::string_view name);
  // Of a call of the target; null if they are not known.
  const std::vector<Parameter>* ParametersOf(std::string_view name);
  // Why there is no number.
  [[nodiscard]] std::string WhyUnknown(const Target& abi, std::string_view name);

 private:
  const Target& target_;
  std::map<std::string, std::optional<std::vector<Parameter>>, std::less<>> parameters_;
  std::map<std::string_view, std::map<std::string, std::optional<std::uint32_t>, std::less<>>> numbers_;
};

}  // namespace precompiledseccomp::inspect
