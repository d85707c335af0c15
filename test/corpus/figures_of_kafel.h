// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "corpus/figures.h"

// What kafel makes of the policies of the corpus: figures only, as its filters are not part of it.
namespace precompiledseccomp::testing {

// Nothing for policies that kafel cannot express (systrap_stub and systrap_sysmsg, which ask for the
// instruction pointer), and for other policies.
std::optional<Figures> FiguresOfKafel(std::string_view policy);

}  // namespace precompiledseccomp::testing
