// SPDX-License-Identifier: Apache-2.0
#include <precompiledseccomp/program_table.h>

#include "cold_start.h"
#include "table_parts.h"

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

STARTUP_CODE const Program* FindProgram(const precompiledseccomp_table_header* table,
                                        std::string_view name) noexcept {
  return FindProgram(ListPrograms(table), name);
}

STARTUP_CODE const Program* FindProgram(const precompiledseccomp_table_header* table,
                                        const char* name) noexcept {
  return FindProgram(ListPrograms(table), AsView(name));
}

STARTUP_CODE std::span<const Program> ListPrograms(const precompiledseccomp_table_header* table) noexcept {
  if (table == nullptr) return {};
  return ElementsAt<Program>(*table, table->programs);
}

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
