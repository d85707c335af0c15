// SPDX-License-Identifier: Apache-2.0
//
// Policies as bytes: to compare them, which is much faster than as text for people, and to hand them to
// another process of the same program (deserialize.h). All that a policy says, variables by their names:
// policies have equal bytes exactly if they say the same. Where its rules stand in the author's source is no
// part of that.
//
//   policy       = list of rule sets, default action, bad-architecture action, optional newest known call,
//                  optional newest known kernel, optional action for unknown calls, optional oldest kernel,
//                  optional report of refused calls, list of counts, optional calls per run, list of what is
//                  accepted
//   rule set     = whether it is for the vsyscall page only, list of rules
//   rule         = action, list of calls, condition, whether it is for any call
//   action       = kind, word
//   call         = whether it is optional, whether it has a name, text or number; if it is optional, optional
//                  number without a name
//   report       = value, end
//   count        = call, number
//   acceptance   = text, text
//   kernel       = version, patch level
//   condition    = which node of Condition::Node, its members in their order
//   operand      = source, index, whether it is the low half
//   value        = high word, low word, whether it comes from a negative int
//   word         = whether it is a variable, text or number
//   variable     = text, bits, kind
//
//   list, text   = length, elements
//   optional     = whether there is one, and if so, what it is
//
// Numbers, enumerators and bools are written as they are in memory.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <precompiledseccomp/define.h>

namespace precompiledseccomp::precompile {

std::string Serialize(const Policy& policy);

// Names, widths and kinds, in order.
std::string Serialize(const std::vector<Variable>& variables);

std::string Serialize(const InstallNeeds& needs);

// The target, the variables, what installing needs, the policy (as its bytes) and whether it must be proved.
// Definitions of equal content give equal programs, but for the name.
std::string ContentOf(const ProgramDefinition& definition, const Target& target, std::string_view policy);

}  // namespace precompiledseccomp::precompile
