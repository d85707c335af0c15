// SPDX-License-Identifier: Apache-2.0
//
// What a module looks like that was built with another C++ standard library.
#include <precompiledseccomp/define.h>

extern "C" {
extern const precompiledseccomp::Module precompiledseccomp_module;
const precompiledseccomp::Module precompiledseccomp_module = {precompiledseccomp::kModuleInterfaceVersion, 1,
                                                              1, nullptr};
}
