// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/filter.h>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/value.h>

#include "verify/verify.h"

// Filters whose variables get values.
namespace precompiledseccomp::testing {

// The instructions with the values written into the holes. A hole without a value is an error of the test.
std::vector<sock_filter> Rendered(const bpf::FilterWithHoles& filter, const VariableNumbers& values);

// The refutation is right: run with these values, the filter gives the answer that is claimed, at the
// instruction that is claimed, and the policy gives the other one.
boost::test_tools::assertion_result IsShownByRunning(const verify::Refuted& refuted,
                                                     const ResolvedPolicy& policy,
                                                     const bpf::FilterWithHoles& filter);

}  // namespace precompiledseccomp::testing
