// SPDX-License-Identifier: Apache-2.0
//
// What a program has to say on standard error: lines that begin with its name.
#pragma once

#include <string>
#include <string_view>

#include "errors.h"

namespace precompiledseccomp::gen {

// One line, whatever control characters an author's exception has.
void PrintLine(std::string_view program, const std::string& message);

// A line for each, and one more if there may be others.
void PrintErrors(std::string_view program, const Errors& errors);

}  // namespace precompiledseccomp::gen
