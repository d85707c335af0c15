// SPDX-License-Identifier: Apache-2.0
//
// The command line.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <precompiledseccomp/target.h>

#include "option_table.h"
#include "programs/find_all.h"

namespace precompiledseccomp::gen {

enum class Command : std::uint8_t { kGenerate, kList, kDisassemble, kHelp, kVersion };

struct Options {
  Command command = Command::kGenerate;
  std::string module;
  // What to generate. `source`, `header` and `name_space` are all given or all empty; if they are empty then
  // `stats` is not.
  std::string source;
  std::string header;
  std::string included_header;  // the header as seen from the source: what follows #include
  std::string name_space;       // "a::b"
  std::string stats;
  bool stats_times = false;
  std::string depfile;
  bool stub = false;
  // How much work the proof of a program may be (verify/verify.h); nothing means that nothing is proved.
  std::optional<std::uint64_t> proof_steps;
  FindingsMode findings = FindingsMode::kOn;
  // How many programs to compile at a time; nothing means as many as there are processors.
  std::optional<std::size_t> jobs;
  // How long the module may take to be loaded, to list its programs, and to answer for one of them.
  std::chrono::seconds definition_limit{20};
  // Each once, in the order given. Empty for commands that compile nothing.
  std::vector<Target> targets;
  // What to disassemble; nothing means all programs.
  std::optional<std::string> program;
};

// Throws UsageError.
Options ParseOptions(int argc, const char* const* argv);

std::string HelpText();

}  // namespace precompiledseccomp::gen
