// SPDX-License-Identifier: Apache-2.0
//
// What suggestions are made with: parameters that are worth a condition, and calls that belong together.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace precompiledseccomp::inspect {

// A parameter that says what a call does.
struct TellingParameter {
  enum class Kind : std::uint8_t {
    kValue,        // one of several
    kBits,         // flags
    kCombination,  // flags that are harmless one by one, and not together
  };
  std::string_view call;
  std::string_view parameter;
  Kind kind;
  std::string_view prefix;  // of its constants' names; empty if they have none here
  std::string_view header;  // that has them
};
std::span<const TellingParameter> TellingParameters();

// Calls of which libcs, their versions and architectures use one or the other for the same.
struct CallFamily {
  std::span<const std::string_view> calls;
  std::string_view why;
};
std::span<const CallFamily> CallFamilies();

}  // namespace precompiledseccomp::inspect
