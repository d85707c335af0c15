// SPDX-License-Identifier: Apache-2.0
//
// The generated header: what the application includes.
#pragma once

#include <span>
#include <string>

#include <precompiledseccomp/define.h>

#include "write/content_name.h"

namespace precompiledseccomp::gen {

// `definitions` are sorted by name. With `stub`, all lookups will fail.
NamelessText HeaderText(std::span<const ProgramDefinition> definitions, bool stub,
                        const std::string& name_space);

}  // namespace precompiledseccomp::gen
