// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include <linux/filter.h>

namespace precompiledseccomp::testing {

// Installs a filter that exists already into this process. The microseconds that this took, or nothing if the
// kernel refuses.
std::optional<double> TimeToInstall(std::span<const sock_filter> program);

// A filter of one instruction that allows everything: what the kernel takes whatever the filter.
std::span<const sock_filter> OneInstruction();

// Whether the running kernel lets this process's children install filters.
bool KernelTakesFilters();

}  // namespace precompiledseccomp::testing
