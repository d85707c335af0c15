// SPDX-License-Identifier: Apache-2.0
//
// Embedded programs in C++: tables of table_format.h, with their ranges checked when they are compiled. For
// generated sources only; applications include <precompiledseccomp/program.h>.
//
// A generated source holds one object for each architecture, with everything in it:
//
//   using Table = precompiledseccomp::ProgramTable<2, 2, 3, 1, 9, 17>;
//   constexpr Table kTable PRECOMPILEDSECCOMP_TABLE = {
//       .header = Table::MakeHeader(),
//       .programs = {
//           Table::MakeProgram(0, {0, 4}, {0, 1}, {0, 0}, {0, 1}, 0),     // "idle": no variables
//           Table::MakeProgram(1, {4, 6}, {1, 8}, {0, 2}, {0, 1}, 4),     // "worker": spec_allow
//       },
//       .names = "idle" "worker" "fd1" "fd2",
//       .variables = {
//           Table::MakeVariable(0, {10, 3}, 32, 1, {0, 2}),   // "fd1", a descriptor, at two places
//           Table::MakeVariable(1, {13, 3}, 32, 1, {2, 1}),   // "fd2", at one
//       },
//       .places = {{2, 0}, {4, 0}, {6, 0}},
//       .abis = {{0xc000003e, 0}},
//       .instructions = {{0x06, 0, 0, 0x80000000}, ...},
//   };
//   constexpr ::precompiledseccomp_table_note kNote PRECOMPILEDSECCOMP_NOTE =
//       PRECOMPILEDSECCOMP_NOTE_CONTENT;
//
//   const precompiledseccomp::Program* GetPrecompiled(const char* name) noexcept {
//     return precompiledseccomp::FindProgram(&kTable.header, name);
//   }
//
// All of that is in an inline namespace with a hash of the generated header and source: tables of one name
// and other content, in one program or in the shared libraries of one process, are other objects.
//
// No constructor runs: the object is constexpr. A look-up reads records and names, which therefore stand side
// by side: the instructions of hundreds of programs take megabytes.
//
// Programs may share instructions, and variables may share names and places: equal ranges are stored once by
// giving them the same place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <linux/filter.h>

#include <precompiledseccomp/interface.h>
#include <precompiledseccomp/program.h>
#include <precompiledseccomp/table_format.h>
#include <precompiledseccomp/version.h>

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
template <std::size_t Programs, std::size_t Variables, std::size_t Places, std::size_t Abis,
          std::size_t Instructions, std::size_t NameBytes>
struct ProgramTable {
  precompiledseccomp_table_header header;
  Program programs[Programs];  // sorted by name, as bytes
  char names[NameBytes];
  VariableRecord variables[internal::AtLeastOne(Variables)];
  ValuePlace places[internal::AtLeastOne(Places)];  // in instructions of their program
  Abi abis[Abis];
  sock_filter instructions[Instructions];

  static consteval precompiledseccomp_table_header MakeHeader() {
    return {PRECOMPILEDSECCOMP_TABLE_MAGIC, PRECOMPILEDSECCOMP_FORMAT_MAJOR, PRECOMPILEDSECCOMP_FORMAT_MINOR,
            sizeof(ProgramTable),
            PartOf<Program>(0, offsetof(ProgramTable, programs), {0, Programs}, Programs)};
  }

  // Element `index` of `programs`. The ranges are of `names`, `instructions`, `variables` and `abis`.
  static consteval Program MakeProgram(std::size_t index, TableRange name, TableRange instructions,
                                       TableRange variables, TableRange abis, std::uint32_t install_options) {
    const std::size_t self = offsetof(ProgramTable, programs) + index * sizeof(Program);
    if (index >= Programs) internal::ThisRangeIsOutsideOfTheTable();
    if (instructions.count > Filter::kCapacity) internal::ThisRangeIsOutsideOfTheTable();
    return Program(
        {.name = PartOf<char>(self, offsetof(ProgramTable, names), name, NameBytes),
         .instructions =
             PartOf<sock_filter>(self, offsetof(ProgramTable, instructions), instructions, Instructions),
         .variables = PartOf<VariableRecord>(self, offsetof(ProgramTable, variables), variables, Variables),
         .abis = PartOf<Abi>(self, offsetof(ProgramTable, abis), abis, Abis),
         .install_options = install_options});
  }

  // Element `index` of `variables`. The ranges are of `names` and `places`.
  static consteval VariableRecord MakeVariable(std::size_t index, TableRange name, std::uint16_t bits,
                                               std::uint16_t kind, TableRange places) {
    const std::size_t self = offsetof(ProgramTable, variables) + index * sizeof(VariableRecord);
    if (index >= Variables) internal::ThisRangeIsOutsideOfTheTable();
    return VariableRecord({.name = PartOf<char>(self, offsetof(ProgramTable, names), name, NameBytes),
                           .places = PartOf<ValuePlace>(self, offsetof(ProgramTable, places), places, Places),
                           .bits = bits,
                           .kind = kind});
  }

  // The only element of `variables` where programs have none.
  static consteval VariableRecord MakeNoVariable() { return VariableRecord({}); }

 private:
  template <typename Element>
  static consteval precompiledseccomp_table_part PartOf(std::size_t self, std::size_t array, TableRange range,
                                                        std::size_t size) {
    if (range.first > size || range.count > size - range.first) internal::ThisRangeIsOutsideOfTheTable();
    const auto place = static_cast<std::int64_t>(array + range.first * sizeof(Element));
    const auto distance = place - static_cast<std::int64_t>(self);
    if (distance < INT32_MIN || distance > INT32_MAX) internal::ThisRangeIsOutsideOfTheTable();
    return {static_cast<std::int32_t>(distance), range.count};
  }
};

// What generated functions are made of. They are compiled as their user compiles, and so call nothing of the
// C++ library, which the dynamic linker would have to find if they are not optimised (see interface.h). A
// `table` that is nullptr has no programs.

// As the function of that name in program.h; `name` may also be a text that ends with a NUL.
PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const Program* FindProgram(
    const precompiledseccomp_table_header* table, std::string_view name) noexcept;
PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const Program* FindProgram(
    const precompiledseccomp_table_header* table, const char* name) noexcept;

// The programs of a table.
PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::span<const Program> ListPrograms(
    const precompiledseccomp_table_header* table) noexcept;

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
