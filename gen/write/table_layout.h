// SPDX-License-Identifier: Apache-2.0
//
// The contents of one generated table (see precompiledseccomp/program_table.h): the arrays, and which parts
// of them each program refers to. Equal parts are stored once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <linux/filter.h>

#include <precompiledseccomp/precompile.h>

namespace precompiledseccomp::gen {

// Elements `first` to `first + count - 1` of an array.
struct Range {
  std::size_t first = 0;
  std::size_t count = 0;
  friend auto operator<=>(const Range&, const Range&) = default;  // NOLINT: clang-tidy 14 wants a nullptr
};

struct TableLayout {
  struct Program {
    Range name;
    Range instructions;
    Range variables;
    Range abis;
    std::uint32_t install_options = 0;
  };
  struct Variable {
    Range name;
    int bits = 32;
    std::uint16_t kind = 0;
    Range places;
    friend auto operator<=>(const Variable&, const Variable&) = default;  // NOLINT: as above
  };
  struct Place {
    std::uint32_t instruction = 0;
    std::uint16_t form = 0;
    friend auto operator<=>(const Place&, const Place&) = default;  // NOLINT: as above
  };
  struct Abi {
    std::uint32_t audit_arch = 0;
    std::uint32_t number_bits = 0;
    friend auto operator<=>(const Abi&, const Abi&) = default;  // NOLINT: as above
  };
  // Instructions that one program has, or several in common. The blocks follow each other without gaps.
  struct Block {
    Range instructions;
    std::vector<std::size_t> programs;  // indexes, ascending
  };

  std::vector<Program> programs;  // in the order of what was laid out
  std::vector<Variable> variables;
  std::vector<Place> places;
  std::vector<Abi> abis;
  std::vector<Block> blocks;
  std::size_t instruction_count = 0;
  std::string name_text;     // all names, one behind the other
  std::vector<Range> names;  // each distinct one, without gaps

  [[nodiscard]] std::string Text(Range name) const { return name_text.substr(name.first, name.count); }
};

TableLayout LayOutTable(std::span<const PrecompiledProgram> programs);

}  // namespace precompiledseccomp::gen
