// SPDX-License-Identifier: Apache-2.0
//
// Options as a table, from which the parser and the help of a program, or of one of its commands, are made.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/program_options/variables_map.hpp>

namespace precompiledseccomp::gen {

// A command line that makes no sense; one line, exit status 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class OptionKind : std::uint8_t {
  kFlag,
  kText,
  kTexts,         // may be given several times
  kOptionalText,  // may stand without its text
};

// Everything that there is to say about an option by itself.
struct Option {
  const char* name;
  OptionKind kind;
  const char* argument;  // what the help calls it; "" for a flag
  std::string help;      // one line, or several with line feeds between them
};

//   --name ARGUMENT    help, which has a column of its own
//                      in each of its lines
std::string HelpOf(const Option& option);

struct GivenWords {
  boost::program_options::variables_map options;
  std::vector<std::string> others;  // that belong to no option, in order
};

// Throws UsageError for options that are not in the table, that lack their text, or are given too often.
GivenWords ParseWords(const std::vector<std::string>& words, std::span<const Option> table);

// The text of an option of kind kText; empty if it is not given. Throws UsageError if it is, and is empty.
std::string TextOf(const boost::program_options::variables_map& given, const std::string& option);

// A number from 1 to `most`. Throws UsageError for any other text.
std::uint64_t NumberOf(const std::string& option, const std::string& text, std::uint64_t most,
                       const std::string& most_text);

}  // namespace precompiledseccomp::gen
