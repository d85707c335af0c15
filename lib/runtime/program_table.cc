// SPDX-License-Identifier: Apache-2.0
#include <precompiledseccomp/program_table.h>

#include "cold_start.h"

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

STARTUP_CODE const Program* FindProgram(const Program* programs, std::size_t count,
                                        std::string_view name) noexcept {
  return FindProgram(ListPrograms(programs, count), name);
}

STARTUP_CODE const Program* FindProgram(const Program* programs, std::size_t count,
                                        const char* name) noexcept {
  return FindProgram(ListPrograms(programs, count), AsView(name));
}

STARTUP_CODE std::span<const Program> ListPrograms(const Program* programs, std::size_t count) noexcept {
  return {programs, count};
}

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
