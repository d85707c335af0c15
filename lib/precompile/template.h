// SPDX-License-Identifier: Apache-2.0
//
// What can be done with a precompiled program whatever its variables are.
#pragma once

#include <cstdint>
#include <vector>

#include <precompiledseccomp/precompile.h>

#include "bpf/filter_with_holes.h"

namespace precompiledseccomp {

// The program as the prover takes it.
bpf::FilterWithHoles TemplateOf(const PrecompiledProgram& program);

// As Render(), for any values of as many bits as the variables have.
std::vector<sock_filter> WithValues(const PrecompiledProgram& program,
                                    const std::vector<std::uint64_t>& values);

}  // namespace precompiledseccomp
