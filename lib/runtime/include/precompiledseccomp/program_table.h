// SPDX-License-Identifier: Apache-2.0
//
// The layout of embedded programs. For generated sources only; applications include
// <precompiledseccomp/program.h>.
//
// A generated source holds one object for each architecture, with everything in it:
//
//   using Table = precompiledseccomp::ProgramTable<2, 2, 3, 9, 17>;
//   constexpr Table kTable = {
//       .programs = {
//           Table::MakeProgram(0, {0, 4}, {0, 1}, {0, 0}),     // "idle", one instruction, no variables
//           Table::MakeProgram(1, {4, 6}, {1, 8}, {0, 2}),     // "worker"
//       },
//       .names = "idle" "worker" "fd1" "fd2",
//       .variables = {
//           Table::MakeVariable(0, {10, 3}, 32, {0, 2}, {2, 0}),   // "fd1", at two places
//           Table::MakeVariable(1, {13, 3}, 32, {2, 1}, {3, 0}),   // "fd2", at one
//       },
//       .offsets = {2, 4, 6},
//       .instructions = {{0x06, 0, 0, 0x80000000}, ...},
//   };
//
//   const precompiledseccomp::Program* GetPrecompiled(const char* name) noexcept {
//     return precompiledseccomp::FindProgram(kTable.programs, 2, name);
//   }
//
// All of that is in an inline namespace with a hash of the generated header and source: tables of one name
// and other content, in one program or in the shared libraries of one process, are other objects.
//
// Records find names, variables, offsets and instructions by their distance in bytes from the record itself.
// Pointers would have to be relocated in every process, in position-independent code, and the pages they
// stand on could not be shared; this object is plain read-only data, which costs nothing until it is looked
// at. No constructor runs either: the object is constexpr. A look-up reads records and names, which therefore
// stand side by side: the instructions of hundreds of programs take megabytes.
//
// Programs may share instructions, and variables may share names and offsets: equal ranges are stored once by
// giving them the same place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <linux/filter.h>

#include <precompiledseccomp/interface.h>
#include <precompiledseccomp/program.h>

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

namespace internal {

// Deliberately not constexpr: calling it during a constant evaluation is a compile error that shows its name.
PRECOMPILEDSECCOMP_LOCAL inline void ThisRangeIsOutsideOfTheTable() {}

// An array cannot have no elements.
PRECOMPILEDSECCOMP_LOCAL constexpr std::size_t AtLeastOne(std::size_t count) {
  return count == 0 ? 1 : count;
}

}  // namespace internal

// Elements `first` to `first + count - 1` of one of the arrays of a ProgramTable.
struct TableRange {
  std::uint32_t first;
  std::uint32_t count;
};

// Template arguments are the numbers of elements; NameBytes counts the NUL that ends the literal.
template <std::size_t Programs, std::size_t Variables, std::size_t Offsets, std::size_t Instructions,
          std::size_t NameBytes>
struct ProgramTable {
  Program programs[Programs];  // sorted by name, as bytes
  char names[NameBytes];
  VariableRecord variables[internal::AtLeastOne(Variables)];
  std::uint32_t offsets[internal::AtLeastOne(Offsets)];  // of instructions within their program
  sock_filter instructions[Instructions];

  // Element `index` of `programs`. The ranges are of `names`, `instructions` and `variables`.
  static consteval Program MakeProgram(std::size_t index, TableRange name, TableRange instructions,
                                       TableRange variables) {
    const std::size_t self = offsetof(ProgramTable, programs) + index * sizeof(Program);
    if (index >= Programs) internal::ThisRangeIsOutsideOfTheTable();
    if (instructions.count > Filter::kCapacity) internal::ThisRangeIsOutsideOfTheTable();
    return Program(
        PlaceOf<char>(self, offsetof(ProgramTable, names), name, NameBytes),
        PlaceOf<sock_filter>(self, offsetof(ProgramTable, instructions), instructions, Instructions),
        PlaceOf<VariableRecord>(self, offsetof(ProgramTable, variables), variables, Variables));
  }

  // Element `index` of `variables`. The ranges are of `names` and, for the halves of the value, `offsets`.
  static consteval VariableRecord MakeVariable(std::size_t index, TableRange name, int bits, TableRange low,
                                               TableRange high) {
    const std::size_t self = offsetof(ProgramTable, variables) + index * sizeof(VariableRecord);
    if (index >= Variables) internal::ThisRangeIsOutsideOfTheTable();
    if (bits != 64 && high.count != 0) internal::ThisRangeIsOutsideOfTheTable();
    return VariableRecord(PlaceOf<char>(self, offsetof(ProgramTable, names), name, NameBytes), bits == 64,
                          PlaceOf<std::uint32_t>(self, offsetof(ProgramTable, offsets), low, Offsets),
                          PlaceOf<std::uint32_t>(self, offsetof(ProgramTable, offsets), high, Offsets));
  }

 private:
  template <typename Element>
  static consteval internal::TablePlace PlaceOf(std::size_t self, std::size_t array, TableRange range,
                                                std::size_t size) {
    if (range.first > size || range.count > size - range.first) internal::ThisRangeIsOutsideOfTheTable();
    const auto place = static_cast<std::int64_t>(array + range.first * sizeof(Element));
    const auto distance = place - static_cast<std::int64_t>(self);
    if (distance < INT32_MIN || distance > INT32_MAX) internal::ThisRangeIsOutsideOfTheTable();
    return {static_cast<std::int32_t>(distance), range.count};
  }
};

// What generated functions are made of, for the `count` programs of a table. They are compiled as their user
// compiles, and so call nothing of the C++ library, which the dynamic linker would have to find if they are
// not optimised (see interface.h).

// As the function of that name in program.h; `name` may also be a text that ends with a NUL.
PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const Program* FindProgram(const Program* programs, std::size_t count,
                                                                  std::string_view name) noexcept;
PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const Program* FindProgram(const Program* programs, std::size_t count,
                                                                  const char* name) noexcept;

// The programs as a span; `programs` may be nullptr if there are none.
PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::span<const Program> ListPrograms(const Program* programs,
                                                                             std::size_t count) noexcept;

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
