// SPDX-License-Identifier: Apache-2.0
//
// Loading the author's module.
#pragma once

#include <string>
#include <vector>

#include <precompiledseccomp/define.h>

namespace precompiledseccomp::gen {

struct LoadedModule {
  const Module* module = nullptr;
  // The module's file, and those of the shared libraries that were loaded because it needs them.
  std::vector<std::string> files;
};

// Loads the module. Never unloaded: the definitions are its code. Throws Error when it cannot be loaded, is
// no definition module, or was built with another version of the library.
LoadedModule LoadModule(const std::string& path);

// Asks it for its programs. Throws Error for whatever it throws.
std::vector<ProgramDefinition> ListPrograms(const LoadedModule& module);

}  // namespace precompiledseccomp::gen
