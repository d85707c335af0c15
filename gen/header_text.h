// SPDX-License-Identifier: Apache-2.0
//
// The generated header: what the application includes.
#pragma once

#include <span>
#include <string>

#include <precompiledseccomp/define.h>

namespace precompiledseccomp::gen {

// `definitions` are sorted by name. With `stub`, all lookups will fail. The text depends on names only, so
// that a policy may change without what includes the header being compiled again.
std::string HeaderText(std::span<const ProgramDefinition> definitions, bool stub,
                       const std::string& name_space);

}  // namespace precompiledseccomp::gen
