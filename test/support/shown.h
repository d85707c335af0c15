// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <precompiledseccomp/target.h>
#include <precompiledseccomp/value.h>

#include "inspect/show.h"

// What is shown of a filter, for one call.
namespace precompiledseccomp::testing {

// What the structure says: found through the sets of numbers and architectures, each of which must be in
// exactly one, and then through the nodes.
std::uint32_t AnswerShown(const inspect::Shown& shown, const Target& target, const seccomp_data& call,
                          const VariableNumbers& numbers = {});

// The instructions, with the values of the variables, answer each of the calls as the structure says and,
// where it is about calls as they are passed by callers, as the text says.
boost::test_tools::assertion_result IsShownRightly(const inspect::Shown& shown, const Target& target,
                                                   const std::vector<sock_filter>& instructions,
                                                   const std::vector<seccomp_data>& calls,
                                                   const VariableNumbers& numbers = {});

}  // namespace precompiledseccomp::testing
