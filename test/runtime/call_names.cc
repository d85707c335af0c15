// SPDX-License-Identifier: Apache-2.0
//
// The names that the runtime library has for calls (lib/runtime/call_names_ARCH.inc), from the tables of the
// build side.
//
//   call_names ARCH         prints what the file should have
//   call_names ARCH FILE    says whether it has that
#include <cstddef>
#include <cstdint>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/target.h>

#include "target/newer_calls.h"
#include "target/syscall_names.h"

namespace precompiledseccomp {
namespace {

// Up to the newest call of this project's own table: an installed libseccomp may know newer ones.
std::vector<std::string> NamesOf(const Target& target) {
  std::vector<std::string> names = SyscallNames(target);
  std::uint32_t newest = 0;
  for (const NewerCall& call : NewerCalls())
    if (call.IsOn(target)) newest = call.number;
  names.resize(newest + 1);
  return names;
}

// A literal for each name, and one for the numbers without a name that follow each other.
std::string TextOf(const std::vector<std::string>& names) {
  std::string text = "// SPDX-License-Identifier: Apache-2.0\n// Made by test/runtime/call_names.cc.\n";
  for (std::size_t number = 0; number < names.size();) {
    if (!names[number].empty()) {
      text += "\"" + names[number++] + "\\0\"\n";
      continue;
    }
    const std::size_t first = number;
    while (number < names.size() && names[number].empty()) ++number;
    constexpr std::size_t kInALine = 40;
    text += "// " + std::to_string(first) + " to " + std::to_string(number - 1) + "\n";
    for (std::size_t i = first; i < number; i += kInALine) {
      text += "\"";
      for (std::size_t j = i; j < number && j < i + kInALine; ++j) text += "\\0";
      text += "\"\n";
    }
  }
  return text;
}

int Run(std::span<char*> arguments) {
  if (arguments.size() != 2 && arguments.size() != 3) throw Error("usage: call_names ARCH [FILE]");
  const Target* const target = FindTarget(arguments[1]);
  if (target == nullptr)
    throw Error(std::string("no target ") + arguments[1] + "; there are " + TargetNames());
  const std::string text = TextOf(NamesOf(*target));
  if (arguments.size() == 2) {
    std::cout << text;
    return 0;
  }
  std::ifstream file(arguments[2]);
  const std::string is{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (is == text) return 0;
  throw Error(std::string(arguments[2]) + " does not have the names of calls; put there what `call_names " +
              arguments[1] + "` prints");
}

}  // namespace
}  // namespace precompiledseccomp

int main(int count, char** arguments) {
  try {
    return precompiledseccomp::Run({arguments, static_cast<std::size_t>(count)});
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
