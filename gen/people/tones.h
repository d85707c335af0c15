// SPDX-License-Identifier: Apache-2.0
//
// Colour in what people are told. Commands put it in; where it is not wanted, in files and pipes, with
// NO_COLOR set and on terminals without it, it is taken out before anything is written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "inspect/standing.h"

namespace precompiledseccomp::gen {

// Green what is allowed, red what is refused, yellow what others decide, or nobody knows.
std::string Toned(inspect::Standing standing, std::string_view text);

std::string WithoutTones(std::string_view text);

// Whether what is written to this descriptor is for a terminal with colours.
[[nodiscard]] bool TakesTones(int descriptor);

}  // namespace precompiledseccomp::gen
