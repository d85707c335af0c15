// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/precompile.h>

// Reads what the generator wrote, without a C++ compiler and without any of the generator's code. Knows the
// layout of generated sources from precompiledseccomp/program_table.h, and makes the checks that a compiler
// makes there: that ranges are inside of the arrays, and that arrays have as many elements as they say.
//
// Everything throws std::runtime_error, with a line, for a text that is not as expected.
namespace precompiledseccomp::fuzz {

// A table, of which only name, instructions and variables of the programs are set.
struct ReadTable {
  std::string condition;  // what follows #if
  std::vector<UsedSyscall> used_syscalls;
  std::vector<PrecompiledProgram> programs;
};

// The definition of a typed struct's Render().
struct ReadRendering {
  std::string struct_name;
  std::optional<std::uint32_t> program;  // its index; nothing in a stub
  std::vector<std::string> variables;
};

struct ReadSource {
  std::string header;
  std::string name_space;
  std::string content_name;  // the inline namespace
  std::vector<ReadTable> tables;
  std::vector<ReadRendering> renderings;
};

ReadSource ReadGeneratedSource(std::string_view text);

struct ReadStruct {
  std::string name;
  std::vector<std::pair<std::string, int>> variables;  // names and bits
};

struct ReadHeader {
  std::string name_space;
  std::string content_name;
  std::vector<ReadStruct> structs;
};

ReadHeader ReadGeneratedHeader(std::string_view text);

}  // namespace precompiledseccomp::fuzz
