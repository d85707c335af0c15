// SPDX-License-Identifier: Apache-2.0

#include "precompile/template.h"

#include <cstdint>
#include <string>

namespace precompiledseccomp {

bpf::FilterWithHoles TemplateOf(const PrecompiledProgram& program) {
  bpf::FilterWithHoles filter{program.instructions, {}};
  for (const PrecompiledVariable& variable : program.variables) {
    const std::string low = variable.bits == 32 ? variable.name : LowHalfName(variable.name);
    for (const std::uint32_t offset : variable.low_offsets) filter.holes.push_back({offset, low});
    for (const std::uint32_t offset : variable.high_offsets)
      filter.holes.push_back({offset, HighHalfName(variable.name)});
  }
  return filter;
}

}  // namespace precompiledseccomp
