// SPDX-License-Identifier: Apache-2.0
//
// From a command line to everything that is to be written.
#pragma once

#include <vector>

#include <precompiledseccomp/error.h>

#include "files.h"
#include "options.h"

namespace precompiledseccomp::gen {

struct Products {
  std::vector<OutputFile> outputs;
  // What is no mistake and worth a line (report/notes.h), each with its program.
  std::vector<Error> notes = {};
};

// Has the module asked, and does what the options say. Throws Error, and Errors for mistakes in definitions.
Products Produce(const Options& options);

}  // namespace precompiledseccomp::gen
