// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/filter.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "verify/verify.h"

// Filters whose variables get values.
namespace precompiledseccomp::testing {

// By the names of variables in Word, as WithValues() takes them.
using NamedValues = std::map<std::string, std::uint32_t>;

// One value for each variable, in order, to a value for each word.
NamedValues ByWord(const std::vector<Variable>& variables, const std::vector<std::uint64_t>& values);

// The instructions with the values written into the holes. A hole without a value is an error of the test.
std::vector<sock_filter> Rendered(const verify::Template& filter, const NamedValues& values);

// The refutation is right: run with these values, the filter gives the answer that is claimed, at the
// instruction that is claimed, and the policy gives the other one.
boost::test_tools::assertion_result IsShownByRunning(const verify::Refuted& refuted,
                                                     const ResolvedPolicy& policy,
                                                     const verify::Template& filter);

}  // namespace precompiledseccomp::testing
