// SPDX-License-Identifier: Apache-2.0
//
// The part of run.h that knows where the generator and the modules of these tests are.

#include "run.h"

namespace precompiledseccomp::gen {

Outcome RunGenerator(const std::string& module, const Words& arguments, const Environment& environment,
                     const std::filesystem::path& folder) {
  return Run(Words{GENERATOR, "--module", ModuleFile(module)} + arguments, environment, folder);
}

std::string ModuleFile(const std::string& module) {
  return std::string(MODULES) + "/lib" + module + ".so";
}

}  // namespace precompiledseccomp::gen
