// SPDX-License-Identifier: Apache-2.0
//
// From a command line to everything that is to be written.
#pragma once

#include <vector>

#include "files.h"
#include "module/child.h"
#include "options.h"

namespace precompiledseccomp::gen {

// Loads the module and does what the options say. Throws Error.
std::vector<OutputFile> Produce(const Options& options, Progress& progress);

}  // namespace precompiledseccomp::gen
