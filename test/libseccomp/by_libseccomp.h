// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include <linux/filter.h>

#include <precompiledseccomp/evaluate.h>

#include "libseccomp/libseccomp_filter.h"

namespace precompiledseccomp::testing {

// What libseccomp makes of a policy. Nothing if it, which in rare cases runs in circles, takes more than a
// second of processor time.
std::optional<std::vector<sock_filter>> ByLibseccomp(const ResolvedPolicy& policy, LibseccompShape shape);

}  // namespace precompiledseccomp::testing
