// SPDX-License-Identifier: Apache-2.0
//
// What a module looks like that was built with a later version of the library.
#include <cstdint>

extern "C" {
extern const std::uint32_t precompiledseccomp_module[8];
const std::uint32_t precompiledseccomp_module[8] = {4711};
}
