// SPDX-License-Identifier: Apache-2.0

#include "people/tones.h"

#include <cstddef>
#include <cstdlib>

#include <unistd.h>

namespace precompiledseccomp::gen {
namespace {

// ECMA-48, select graphic rendition.
constexpr std::string_view kBegin = "\x1b[";
constexpr std::string_view kUsual = "\x1b[0m";

const char* ColourOf(inspect::Standing standing) {
  switch (standing) {
    case inspect::Standing::kAllowed:
      return "32m";
    case inspect::Standing::kRefused:
      return "31m";
    default:
      return "33m";
  }
}

}  // namespace

std::string Toned(inspect::Standing standing, std::string_view text) {
  return std::string(kBegin).append(ColourOf(standing)).append(text).append(kUsual);
}

std::string WithoutTones(std::string_view text) {
  std::string plain;
  for (std::size_t begin = text.find(kBegin); begin != std::string_view::npos; begin = text.find(kBegin)) {
    plain += text.substr(0, begin);
    const std::size_t end = text.find('m', begin);
    text.remove_prefix(end == std::string_view::npos ? begin + kBegin.size() : end + 1);
  }
  return plain.append(text);
}

bool TakesTones(int descriptor) {
  const char* const unwanted = std::getenv("NO_COLOR");  // NOLINT: there is one thread
  const char* const terminal = std::getenv("TERM");      // NOLINT: there is one thread
  const bool is_wanted = unwanted == nullptr || *unwanted == '\0';
  const bool is_dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return is_wanted && !is_dumb && isatty(descriptor) == 1;
}

}  // namespace precompiledseccomp::gen
