// SPDX-License-Identifier: Apache-2.0
//
// Reads what gen/write wrote, without a C++ compiler and without any of the writer's code. Knows the layout
// of generated sources from precompiledseccomp/program_table.h, and makes the checks that a compiler makes
// there: that ranges are inside of the arrays, and that arrays have as many elements as they say. Whatever a
// compiler would look at must be just what is expected; all that is left out is comments, but for those on
// proofs.
//
// Everything throws Unreadable, for a text that is not as expected.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/precompile.h>

#include "read/tokens.h"

namespace precompiledseccomp::gen {

// What a table's comment says of proofs.
struct ReadProofNotes {
  bool proved_but_for = false;                    // "Proved of every program", but for those
  std::map<std::string, std::string> not_proved;  // names, and why
};

// A table, of which only name, instructions and variables of the programs are set.
struct ReadTable {
  std::string condition;  // what follows #if
  std::vector<UsedSyscall> used_syscalls;
  ReadProofNotes proof_notes;
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
  std::uint32_t listed_programs = 0;  // how many the look-ups search
  std::vector<ReadRendering> renderings;
};

ReadSource ReadGeneratedSource(std::string_view text);

struct ReadStruct {
  std::string name;
  std::vector<std::pair<std::string, int>> variables;  // names and bits
};

struct ReadHeader {
  std::uint32_t format_major = 0;
  std::uint32_t format_minor = 0;
  std::string name_space;
  std::string content_name;
  bool is_stub = false;
  std::vector<ReadStruct> structs;
};

ReadHeader ReadGeneratedHeader(std::string_view text);

}  // namespace precompiledseccomp::gen
