// SPDX-License-Identifier: Apache-2.0
//
// Findings (inspect/findings.h) in the policies of all programs of a module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <precompiledseccomp/error.h>

#include "programs/compiled_target.h"

namespace precompiledseccomp::gen {

enum class FindingsMode : std::uint8_t {
  kOn,      // what can be evaded is an error, the rest is worth a line
  kOff,     // nothing is looked for
  kErrors,  // all are errors
};

// Looks at each policy once, by so many threads (Do() in programs/crew.h). What is found at one place of a
// module is a line, whatever number of targets and programs it is found in; it is said of the first of these.
// Returned are the warnings; errors are thrown, as Errors.
std::vector<Error> FindAll(std::span<const CompiledTarget> targets, FindingsMode mode,
                           std::optional<std::size_t> threads);

}  // namespace precompiledseccomp::gen
