// SPDX-License-Identifier: Apache-2.0

#include "precompile/template.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace precompiledseccomp {

bpf::FilterWithHoles TemplateOf(const PrecompiledProgram& program) {
  bpf::FilterWithHoles filter{program.instructions, {}};
  for (const PrecompiledVariable& variable : program.variables) {
    const std::string low = variable.bits == 32 ? variable.name : LowHalfName(variable.name);
    const auto is_flipped = [&](std::uint32_t offset) {
      return std::binary_search(variable.flipped_offsets.begin(), variable.flipped_offsets.end(), offset);
    };
    for (const std::uint32_t offset : variable.low_offsets)
      filter.holes.push_back({offset, low, is_flipped(offset)});
    for (const std::uint32_t offset : variable.high_offsets)
      filter.holes.push_back({offset, HighHalfName(variable.name), is_flipped(offset)});
  }
  return filter;
}

std::vector<sock_filter> WithValues(const PrecompiledProgram& program,
                                    const std::vector<std::uint64_t>& values) {
  std::vector<sock_filter> instructions = program.instructions;
  for (std::size_t i = 0; i < program.variables.size(); ++i) {
    for (const std::uint32_t offset : program.variables[i].low_offsets)
      instructions[offset].k = static_cast<std::uint32_t>(values[i]);
    for (const std::uint32_t offset : program.variables[i].high_offsets)
      instructions[offset].k = static_cast<std::uint32_t>(values[i] >> 32);
    for (const std::uint32_t offset : program.variables[i].flipped_offsets)
      instructions[offset].k ^= bpf::kHighestBit;
  }
  return instructions;
}

}  // namespace precompiledseccomp
