// SPDX-License-Identifier: Apache-2.0
//
// The child of RunUnder(). Between fork and callable nothing is allocated: another thread of the parent may
// have held a lock.
#pragma once

#include <functional>
#include <span>

#include <linux/filter.h>

#include "testing/report.h"

namespace precompiledseccomp::testing {

// What the parent writes to the child before it begins.
inline constexpr char kGoTraced = 't';
inline constexpr char kGoUntraced = 'u';  // the child becomes a process group of its own

// Waits for the parent's word at the descriptor `go`, installs the filter, runs the callable, and ends. Never
// returns, whatever the filter refuses.
[[noreturn]] void RunChild(std::span<const sock_filter> filter, const std::function<int()>& callable, int go,
                           Report& report);

}  // namespace precompiledseccomp::testing
