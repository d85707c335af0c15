// SPDX-License-Identifier: Apache-2.0
//
// What the runtime's reporter writes of a refused call (precompiledseccomp/violation_reporter.h), alone or
// behind what a log puts before it:
//
//   seccomp: refused openat(0xffffff9c, 0x7ffd0000, 0x2, 0x0, 0x0, 0x0) at 0x401136 in program "worker"
//   seccomp: refused #470(0x0, 0x0, 0x0, 0x0, 0x0, 0x0) of architecture 0xc000003e at 0x401136
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "inspect/partly_known_call.h"

namespace precompiledseccomp::inspect {

struct ReporterLine {
  std::string_view name;                // empty if it has none
  std::optional<std::uint32_t> number;  // of what has no name
  std::optional<std::uint32_t> arch;    // if it is told
  std::array<std::uint64_t, kArguments> arguments{};
  std::uint64_t instruction_pointer = 0;
};

// Whether the line is one of these, readable or not.
[[nodiscard]] bool IsReporterLine(std::string_view line);

std::optional<ReporterLine> ReadReporterLine(std::string_view line);

}  // namespace precompiledseccomp::inspect
