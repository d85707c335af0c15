// SPDX-License-Identifier: Apache-2.0
//
// What was written is read again, by a reader that shares no code with the writer (source_reader.h), before
// it is believed: what is proved, and what is reported, is what stands in the finished texts.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/precompile.h>

#include "programs/compiled_target.h"

namespace precompiledseccomp::gen {

struct GeneratedTexts {
  std::string header;
  std::string source;
};

// What generated texts must say.
struct WhatToSay {
  std::span<const ProgramDefinition> definitions;  // sorted by name
  std::span<const CompiledTarget> targets;         // none for a stub
  std::string name_space;
  std::string included_header;
};

// Reads both texts, and returns the programs of each target's table, as PrecompiledProgram without the
// members that a table does not have. Throws Error, which is a bug of the generator, unless
//
// - header and source belong together, are for these targets, and hold these programs, in this order;
// - each table is searched whole, its programs have the instructions and the variables that were compiled,
// and
//   its comments call proved what is proved (CompiledTarget::proofs) and nothing else;
// - the typed struct of each program has its name, its variables as fields, and hands over their values in
// the
//   order in which its table has them.
std::vector<std::vector<PrecompiledProgram>> ReadBack(const GeneratedTexts& texts, const WhatToSay& expected);

// Whether that is a typed struct's name for the program. As StructName() in write/identifiers.h, by itself.
bool IsStructNameOf(std::string_view name, std::string_view program);

}  // namespace precompiledseccomp::gen
