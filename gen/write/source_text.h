// SPDX-License-Identifier: Apache-2.0
//
// The generated source: a table for each target behind the compiler's own macros, and the functions that the
// header declares.
#pragma once

#include <span>
#include <string>

#include <precompiledseccomp/define.h>

#include "programs/compiled_target.h"
#include "write/content_name.h"

namespace precompiledseccomp::gen {

// `definitions` are sorted by name, as the programs of the targets are. No targets are a stub: all lookups
// fail. `header` is the file to include.
NamelessText SourceText(std::span<const ProgramDefinition> definitions,
                        std::span<const CompiledTarget> targets, const std::string& name_space,
                        const std::string& header);

}  // namespace precompiledseccomp::gen
