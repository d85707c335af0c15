// SPDX-License-Identifier: Apache-2.0
//
// A precompiled program, as the prover takes it.
#pragma once

#include <precompiledseccomp/precompile.h>

#include "bpf/filter_with_holes.h"

namespace precompiledseccomp {

bpf::FilterWithHoles TemplateOf(const PrecompiledProgram& program);

}  // namespace precompiledseccomp
