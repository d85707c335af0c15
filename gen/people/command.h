// SPDX-License-Identifier: Apache-2.0
//
// A command of the program for people: what its help says, and what it does. Adding one is adding a file with
// a function that gives it, its declaration here, and a line in the list of commands.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "files.h"
#include "option_table.h"

namespace precompiledseccomp::gen {

enum class Verdict : std::uint8_t {
  kHolds = 0,     // what was asked: the call is allowed
  kDoesNot = 1,   // it is refused
  kUnusable = 2,  // the command line makes no sense, or what it names cannot be read
  kOpen = 3,      // it depends on what is not known
};

struct CommandResult {
  OutputFile output;
  Verdict verdict = Verdict::kHolds;
  std::string on_standard_error = {};
  bool has_tones = false;  // as tones.h makes them
};

struct Command {
  std::string_view name;
  std::string_view words;        // what follows the name, but for options
  std::string_view summary;      // one line
  std::string_view explanation;  // what the help says behind the options; empty, or whole lines
  std::vector<Option> options;   // without --help
  // Throws UsageError and Error.
  CommandResult (*run)(const GivenWords& given);
};

// All of them, in the order of the help.
std::vector<Command> Commands();

// dump.cc, explain.cc, show.cc, suggest.cc, try.cc
Command DumpCommand();
Command ExplainCommand();
Command ShowCommand();
Command SuggestCommand();
Command TryCommand();

}  // namespace precompiledseccomp::gen
