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

struct ReadAbi {
  std::uint32_t audit_arch = 0;
  std::uint32_t number_bits = 0;
};

// A table, of which only name, instructions, variables and install needs of the programs are set.
struct ReadTable {
  std::string condition;  // what follows #if
  std::vector<UsedSyscall> used_syscalls;
  ReadProofNotes proof_notes;
  std::vector<PrecompiledProgram> programs;
  std::vector<std::vector<ReadAbi>> abis;  // of each program
};

// The definition of a typed struct's Render().
struct ReadRendering {
  std::string struct_name;
  std::uint32_t size_of = 0;             // the index of the program that it has room for
  std::optional<std::uint32_t> program;  // its index; nothing in a stub
  std::string stub;                      // the program's name in a stub
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
  bool is_filled_by_name = false;
  std::vector<std::pair<std::string, int>> variables;  // names and bits
  std::uint32_t size_of = 0;                           // as of ReadRendering
};

struct ReadHeader {
  std::uint32_t format_major = 0;
  std::string name_space;
  std::string content_name;
  bool is_stub = false;
  // What follows #if, "" in a stub, and the numbers of instructions of all programs.
  std::vector<std::pair<std::string, std::vector<std::uint32_t>>> instruction_counts;
  std::vector<ReadStruct> structs;
};

ReadHeader ReadGeneratedHeader(std::string_view text);

}  // namespace precompiledseccomp::gen
