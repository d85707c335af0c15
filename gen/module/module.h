// SPDX-License-Identifier: Apache-2.0
//
// Loading the author's module.
#pragma once

#include <string>
#include <vector>

#include <precompiledseccomp/define.h>

#include "module/message.h"

namespace precompiledseccomp::gen {

struct LoadedModule {
  std::vector<ProgramDefinition> definitions;
  // The module's file, and those of the shared libraries that were loaded because it needs them.
  std::vector<std::string> files;
};

// Loads the module and asks it for its programs. Never unloaded: the definitions are its code. Throws Error
// when it cannot be loaded, is no definition module, was built with another version of the library, or
// throws.
LoadedModule LoadModule(const std::string& path, Progress& progress);

}  // namespace precompiledseccomp::gen
