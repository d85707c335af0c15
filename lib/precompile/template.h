// SPDX-License-Identifier: Apache-2.0
//
// A precompiled program, as the prover takes it.
#pragma once

#include <precompiledseccomp/precompile.h>

#include "verify/verify.h"

namespace precompiledseccomp {

verify::Template TemplateOf(const PrecompiledProgram& program);

}  // namespace precompiledseccomp
