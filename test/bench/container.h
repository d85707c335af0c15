// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <precompiledseccomp/define.h>

namespace precompiledseccomp::testing {

// The container profile that is measured. Its conditions are such that libseccomp can express them: one
// comparison for each argument in a rule, and no rule that relies on another one having been tried before.
Policy ContainerProfile();

}  // namespace precompiledseccomp::testing
