// SPDX-License-Identifier: Apache-2.0

#include "messages.h"

#include <unistd.h>

namespace precompiledseccomp::gen {

void PrintLine(std::string_view program, const std::string& message) {
  std::string line = std::string(program) + ": " + message;
  for (char& c : line)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  line += '\n';
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
}

void PrintErrors(std::string_view program, const Errors& errors) {
  for (const Error& error : errors.all()) PrintLine(program, error.what());
  if (errors.are_cut_short()) PrintLine(program, "these are the first mistakes; there may be more");
}

}  // namespace precompiledseccomp::gen
