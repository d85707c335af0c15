// SPDX-License-Identifier: Apache-2.0
//
// Dependencies for a build system, in the form that Make, Ninja and Meson read.
#pragma once

#include <span>
#include <string>

namespace precompiledseccomp::gen {

// A rule that says: each of `outputs` is made from all of `inputs`.
std::string DepfileText(std::span<const std::string> outputs, std::span<const std::string> inputs);

}  // namespace precompiledseccomp::gen
