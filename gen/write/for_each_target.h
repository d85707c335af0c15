// SPDX-License-Identifier: Apache-2.0
//
// Text that differs from target to target, behind the compiler's own macros.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "programs/compiled_target.h"

namespace precompiledseccomp::gen {

// #if one target, #elif another, #else an error, each with its text.
std::string ForEachTarget(std::span<const CompiledTarget> targets,
                          const std::function<std::string(const CompiledTarget&)>& text_for);

}  // namespace precompiledseccomp::gen
