// SPDX-License-Identifier: Apache-2.0

#include "inspect/operations.h"

#include <linux/filter.h>

namespace precompiledseccomp::inspect {
namespace {

constexpr std::uint32_t kShiftBits = 31;

}  // namespace

std::optional<std::uint32_t> Calculated(unsigned operation, std::uint32_t a, std::uint32_t b) {
  switch (operation) {
    case BPF_ADD:
      return a + b;
    case BPF_SUB:
      return a - b;
    case BPF_MUL:
      return a * b;
    case BPF_DIV:
      return b == 0 ? std::nullopt : std::optional(a / b);
    case BPF_AND:
      return a & b;
    case BPF_OR:
      return a | b;
    case BPF_XOR:
      return a ^ b;
    case BPF_LSH:
      return a << (b & kShiftBits);
    case BPF_RSH:
      return a >> (b & kShiftBits);
    default:
      return std::nullopt;
  }
}

bool IsTrue(unsigned operation, std::uint32_t a, std::uint32_t b) {
  switch (operation) {
    case BPF_JEQ:
      return a == b;
    case BPF_JGT:
      return a > b;
    case BPF_JGE:
      return a >= b;
    default:
      return (a & b) != 0;
  }
}

}  // namespace precompiledseccomp::inspect
