// SPDX-License-Identifier: Apache-2.0
//
// The generated table of one target.
#pragma once

#include <string>

#include "compile_all.h"

namespace precompiledseccomp::gen {

// Static assertions about the call numbers used, and the object `embedded::kTable`. There is at least one
// program.
std::string TableText(const CompiledTarget& target, const std::string& name_space);

}  // namespace precompiledseccomp::gen
