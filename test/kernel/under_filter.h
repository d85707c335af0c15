// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>

#include <linux/filter.h>

namespace precompiledseccomp::testing {

// Installs `program` in a child and runs `work` there. Returns whether it came to its end; what it found out
// it leaves in shared memory (support/child.h). Throws std::runtime_error if the kernel refuses the program.
bool RunUnder(std::span<const sock_filter> program, const std::function<void()>& work);

}  // namespace precompiledseccomp::testing
