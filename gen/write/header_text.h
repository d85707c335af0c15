// SPDX-License-Identifier: Apache-2.0
//
// The generated header: what the application includes.
#pragma once

#include <span>
#include <string>

#include <precompiledseccomp/define.h>

#include "programs/compiled_target.h"
#include "write/content_name.h"

namespace precompiledseccomp::gen {

// `definitions` are sorted by name, as the programs of the targets are. No targets are a stub: all lookups
// will fail.
NamelessText HeaderText(std::span<const ProgramDefinition> definitions,
                        std::span<const CompiledTarget> targets, const std::string& name_space);

}  // namespace precompiledseccomp::gen
