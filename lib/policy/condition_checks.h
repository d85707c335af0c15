// SPDX-License-Identifier: Apache-2.0
//
// Tests that are mistakes of their authors, found as soon as it is known what the operand is: when a
// condition is built, or when its parameters are resolved.
#pragma once

#include <cstdint>

#include <precompiledseccomp/condition.h>

namespace precompiledseccomp {

// How the author wrote the operand, for the way out that a message shows.
enum class Written : std::uint8_t { kAsArgument, kAsParameter };

// Throws Error for a test of a value that does not fit its operand, or depends on what a caller puts into its
// upper half; for one that is never true, or always; and for an unsigned ordering against a negative int.
// Nothing is said of parameters that are not resolved, and of what joins conditions.
void CheckTest(const Condition::Node& node, Written written = Written::kAsArgument);

// As CheckTest, of its negation: what it says where it is never true is that the negation always is.
void CheckNegatedTest(const Condition::Node& node, Written written = Written::kAsArgument);

}  // namespace precompiledseccomp
