// SPDX-License-Identifier: Apache-2.0
//
// The 32-bit words that a policy's conditions and actions are made of.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include <precompiledseccomp/define.h>

namespace precompiledseccomp::precompile {

// The variables of a policy, or their halves, by name; and for each the constants that it could be confused
// with: those that any rule compares with the same half of the same operand, or, for the data of an action,
// that other actions carry. A filter never compares two values unless both are compared with one operand.
using Neighbours = std::map<std::string, std::set<std::uint32_t>>;
Neighbours CollectVariables(const Policy& policy);

}  // namespace precompiledseccomp::precompile
