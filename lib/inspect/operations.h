// SPDX-License-Identifier: Apache-2.0
//
// What single instructions calculate and compare.
#pragma once

#include <cstdint>
#include <optional>

namespace precompiledseccomp::inspect {

// `operation` is BPF_OP() of an instruction of class BPF_ALU with two operands. Nothing for division by 0.
std::optional<std::uint32_t> Calculated(unsigned operation, std::uint32_t a, std::uint32_t b);

// BPF_OP() of a jump that compares.
bool IsTrue(unsigned operation, std::uint32_t a, std::uint32_t b);

}  // namespace precompiledseccomp::inspect
