// SPDX-License-Identifier: Apache-2.0
//
// Following a part of a table to its elements.
#pragma once

#include <cstddef>
#include <span>

#include <precompiledseccomp/interface.h>
#include <precompiledseccomp/table_format.h>

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

// The elements of a part, seen from the record that it is a member of. Both are in one table.
//
// The language does not define arithmetic that leads from one member of an object to another. GCC and Clang
// do what is meant, for addresses as std::byte: neither assumes that a pointer made in this way stays within
// the member that it came from. test/runtime reads every part of a table with both, optimised and sanitized.
template <typename Element, typename Record>
PRECOMPILEDSECCOMP_LOCAL std::span<const Element> ElementsAt(const Record& record,
                                                             precompiledseccomp_table_part part) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&record) + part.distance;
  return {reinterpret_cast<const Element*>(bytes), part.count};
}

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
