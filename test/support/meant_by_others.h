// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <linux/filter.h>

#include <precompiledseccomp/evaluate.h>

namespace precompiledseccomp::testing {

// The policy, with that about it which another compiler takes differently, and which no policy says: what
// `filter`, which it made of the policy, does with other architectures, with numbers from 2^30 on (x32's, to
// us and to libseccomp), and with -1. The numbers of x32 without its bit are none to others. How it does is
// seen from one call each; that it does so for all is for the prover to say.
ResolvedPolicy AsMeantByOthers(ResolvedPolicy policy, const std::vector<sock_filter>& filter);

}  // namespace precompiledseccomp::testing
