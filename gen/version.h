// SPDX-License-Identifier: Apache-2.0
//
// What the generator calls itself, in its outputs too.
#pragma once

#include <string>

namespace precompiledseccomp::gen {

// "precompiledseccomp-gen 0.1.0"
std::string NameAndVersion();

}  // namespace precompiledseccomp::gen
