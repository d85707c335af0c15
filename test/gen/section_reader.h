// SPDX-License-Identifier: Apache-2.0
//
// Reads programs out of the section `pcs_tables` of a program that was built, from its bytes alone, as
// precompiledseccomp/table_format.h describes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <precompiledseccomp/precompile.h>

namespace precompiledseccomp::gen {

struct SectionProgram {
  PrecompiledProgram program;  // name, instructions, variables
  std::uint32_t audit_arch = 0;
  std::uint32_t install_options = 0;
};

// The programs of all tables, in the order of the section. Throws std::runtime_error for what is no table.
std::vector<SectionProgram> ReadSection(std::string_view section);

}  // namespace precompiledseccomp::gen
