// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include <precompiledseccomp/interface.h>

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

// The name of a system call of the architecture that this is compiled for; empty if it is not known. Goes
// through all names before it.
PRECOMPILEDSECCOMP_LOCAL std::string_view NameOfCall(std::uint32_t number);

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
