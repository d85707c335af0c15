// SPDX-License-Identifier: Apache-2.0
//
// From a command line to everything that is to be written.
#pragma once

#include <vector>

#include "files.h"
#include "options.h"

namespace precompiledseccomp::gen {

// Has the module asked, and does what the options say. Throws Error, and Errors for mistakes in definitions.
std::vector<OutputFile> Produce(const Options& options);

}  // namespace precompiledseccomp::gen
