// SPDX-License-Identifier: Apache-2.0
//
// The asking process: the author's module is code that may do anything, so it is loaded and called in a
// process of its own, a fresh one that runs this same program. It tells the generator what it was answered
// (protocol.h), and ends; everything else happens in the generator, which never sees the module.
//
// A second one is asked the same in another world: time, process id and environment differ (other_world.h).
// What a definition makes of these differs then, too, and is found.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <precompiledseccomp/target.h>

namespace precompiledseccomp::gen {

struct Request {
  std::string module;
  // Empty if only the list of programs is wanted.
  std::vector<Target> targets;
  // The one program that is wanted; nothing means all.
  std::optional<std::string> program;
  // How long loading the module, listing its programs, and each definition may take, on the clock and of the
  // processor.
  std::chrono::seconds limit{0};
};

enum class World : bool { kThis, kOther };

// What this program is called with to be the asking process. Its answers go to the descriptor `pipe`.
std::vector<std::string> AskingArguments(const Request& request, World world, int pipe);

// Whether it was called so.
bool IsAskingProcess(int argc, const char* const* argv);

// Does not return.
[[noreturn]] void RunAskingProcess(int argc, const char* const* argv);

// The exit status of an asking process that could not write its answers.
inline constexpr int kPipeIsLost = 97;

}  // namespace precompiledseccomp::gen
