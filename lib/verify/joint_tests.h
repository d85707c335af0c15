// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <precompiledseccomp/condition.h>

namespace precompiledseccomp::verify {

// Whether some tests against variables stand in an "and" with each other, or under a "not" in an "or":
//
//   Arg(0) == v["a"] && Arg(1) == 5              no, it is one test
//   Arg(0) == v["a"] || Arg(0) == v["b"]         no
//   Arg(0) == v["a"] && Arg(1) == v["b"]         yes
bool HasEntangledTests(const Condition& condition);

}  // namespace precompiledseccomp::verify
