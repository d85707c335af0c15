// SPDX-License-Identifier: Apache-2.0

#include "option_table.h"

#include <charconv>
#include <cstddef>
#include <system_error>

#include <boost/program_options/errors.hpp>
#include <boost/program_options/option.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>

namespace precompiledseccomp::gen {
namespace {

namespace po = boost::program_options;

// The parser's description takes it over.
po::value_semantic* SemanticOf(const Option& option) {
  switch (option.kind) {
    case OptionKind::kFlag:
      break;
    case OptionKind::kText:
      return po::value<std::string>()->value_name(option.argument);
    case OptionKind::kTexts:
      return po::value<std::vector<std::string>>()->value_name(option.argument);
    case OptionKind::kOptionalText:
      // Zero tokens or more, as an optional argument in a word of its own would otherwise not be taken; more
      // than one is for the caller to refuse.
      return po::value<std::vector<std::string>>()->zero_tokens()->multitoken()->value_name(option.argument);
  }
  return new po::untyped_value(true);  // NOLINT: as po::value does
}

}  // namespace

std::string HelpOf(const Option& option) {
  constexpr std::size_t kColumn = 22;
  std::string text = std::string("  --") + option.name;
  if (*option.argument != '\0') text.append(" ").append(option.argument);
  if (text.size() < kColumn)
    text.append(kColumn - text.size(), ' ');
  else
    text.append("\n").append(kColumn, ' ');
  for (const char c : option.help) {
    text += c;
    if (c == '\n') text.append(kColumn, ' ');
  }
  return text + "\n";
}

GivenWords ParseWords(const std::vector<std::string>& words, std::span<const Option> table) {
  namespace style = po::command_line_style;
  try {
    po::options_description description;
    for (const Option& option : table)
      description.add_options()(option.name, SemanticOf(option), option.help.c_str());
    const po::parsed_options parsed =
        po::command_line_parser(words)
            .options(description)
            .style(style::allow_long | style::long_allow_adjacent | style::long_allow_next)
            .run();
    GivenWords given;
    for (const po::option& option : parsed.options)
      if (option.string_key.empty())
        given.others.insert(given.others.end(), option.value.begin(), option.value.end());
    po::store(parsed, given.options);
    return given;
  } catch (const po::error& error) {
    throw UsageError(error.what());
  }
}

std::string TextOf(const po::variables_map& given, const std::string& option) {
  if (given.count(option) == 0) return {};
  const auto& text = given[option].as<std::string>();
  if (text.empty()) throw UsageError("--" + option + " is given an empty text");
  return text;
}

std::uint64_t NumberOf(const std::string& option, const std::string& text, std::uint64_t most,
                       const std::string& most_text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number == 0 || number > most)
    throw UsageError("--" + option + " is a number from 1 to " + most_text + ", not \"" + text + "\"");
  return number;
}

}  // namespace precompiledseccomp::gen
