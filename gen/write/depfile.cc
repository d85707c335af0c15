// SPDX-License-Identifier: Apache-2.0

#include "write/depfile.h"

#include <cstddef>

namespace precompiledseccomp::gen {
namespace {

// As GCC writes file names: a backslash before blanks and #, `$$` for $. Backslashes are literal, except that
// those before a blank or # must be doubled.
std::string Escape(const std::string& path) {
  std::string text;
  std::size_t backslashes = 0;  // at the end of what was written so far
  for (const char c : path) {
    if (c == ' ' || c == '\t' || c == '#') text.append(backslashes + 1, '\\');
    if (c == '$') text += '$';
    text += c;
    backslashes = c == '\\' ? backslashes + 1 : 0;
  }
  return text;
}

}  // namespace

std::string DepfileText(std::span<const std::string> outputs, std::span<const std::string> inputs) {
  std::string text;
  for (const std::string& output : outputs) text += (text.empty() ? "" : " ") + Escape(output);
  text += ':';
  for (const std::string& input : inputs) text += " \\\n  " + Escape(input);
  return text + "\n";
}

}  // namespace precompiledseccomp::gen
