// SPDX-License-Identifier: Apache-2.0
//
// The generated table of one target.
#pragma once

#include <string>

#include "programs/compiled_target.h"

namespace precompiledseccomp::gen {

// Static assertions about the call numbers used, and the object `embedded::kTable`, to stand in the namespace
// of the filters. There is at least one program.
std::string TableText(const CompiledTarget& target);

}  // namespace precompiledseccomp::gen
