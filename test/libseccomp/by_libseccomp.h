// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include <linux/filter.h>

#include <precompiledseccomp/evaluate.h>

#include "libseccomp/libseccomp_filter.h"

namespace precompiledseccomp::testing {

// What libseccomp makes of a policy, in a child. Nothing if it makes nothing: because it refuses the policy,
// or because it takes more than a second of processor time, as in rare cases it runs in circles.
std::optional<std::vector<sock_filter>> ByLibseccomp(const ResolvedPolicy& policy, LibseccompShape shape);

}  // namespace precompiledseccomp::testing
