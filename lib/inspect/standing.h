// SPDX-License-Identifier: Apache-2.0
//
// What an answer means to whoever makes the call.
#pragma once

#include <cstdint>

#include <precompiledseccomp/action.h>

namespace precompiledseccomp::inspect {

enum class Standing : std::uint8_t {
  kAllowed,  // logged or not
  kRefused,
  kAsked,  // a supervisor or a tracer decides
  kOpen,   // depends on what is not known
};

Standing StandingOf(const Action& action);
// What a filter returns. What the kernel does not know kills, and so is a refusal.
Standing StandingOf(std::uint32_t answer);

// "allowed", "refused", "asked", "open"
const char* WordFor(Standing standing);

}  // namespace precompiledseccomp::inspect
