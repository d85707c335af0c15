// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <vector>

#include <linux/seccomp.h>

#include <precompiledseccomp/condition.h>

// Where the answers of conditions change.
namespace precompiledseccomp::testing {

// The 64-bit fields of seccomp_data that conditions look at: arguments 0 to 5, and the instruction pointer.
inline constexpr std::size_t kFields = 7;
inline constexpr std::size_t kInstructionPointerField = 6;

std::size_t FieldOf(const Operand& operand);
void SetField(seccomp_data& call, std::size_t field, std::uint64_t value);

// The single tests that a condition is made of, from left to right. The pointers are valid as long as
// `condition`.
std::vector<Condition> LeavesOf(const Condition& condition);

// The operand and the values of a leaf. Always() has neither.
const Operand* OperandOf(const Condition& leaf);
std::vector<Value> ValuesOf(const Condition& leaf);

// Values that any test may take wrongly: the ends of the 32-bit and 64-bit ranges, signed and unsigned.
const std::vector<std::uint64_t>& ExtremeValues();

// Values of the leaf's field at which its answer may change: its constants, what lies beside them, the same
// with another upper half, sign-extended; for masks, with each single bit flipped. The leaf has no variables
// (any more: WithNumbers()).
std::vector<std::uint64_t> BoundaryValues(const Condition& leaf);

using FieldValues = std::array<std::set<std::uint64_t>, kFields>;
void AddBoundaryValues(const Condition& condition, FieldValues& values);

}  // namespace precompiledseccomp::testing
