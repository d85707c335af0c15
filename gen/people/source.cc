// SPDX-License-Identifier: Apache-2.0

#include "people/source.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>

namespace precompiledseccomp::gen {
namespace {

struct SourceKind {
  std::string_view prefix;
  std::string_view syntax;
  std::string_view help;  // one line
  Source (*read)(const SourceRequest& request, const std::string& rest);
};

// The first whose prefix a text has is meant.
constexpr SourceKind kKinds[] = {
    {"raw:", "raw:FILE, raw:-", "instructions as the kernel takes them, 8 bytes each; - is standard input",
     ReadRawSource},
    {"", "MODULE[:PROGRAM]", "a definition module, and which of its programs, if there are several",
     ReadModuleSource},
};

}  // namespace

Source ReadSource(const SourceRequest& request) {
  const auto* const kind =
      std::find_if(std::begin(kKinds), std::end(kKinds),
                   [&](const SourceKind& candidate) { return request.text.starts_with(candidate.prefix); });
  return kind->read(request, request.text.substr(kind->prefix.size()));
}

std::string SourcesHelp() {
  constexpr std::size_t kColumn = 22;
  std::string text = "SOURCE is\n";
  for (const SourceKind& kind : kKinds) {
    std::string line = "  " + std::string(kind.syntax);
    line.append(kColumn - std::min(kColumn, line.size()), ' ');
    text += line + std::string(kind.help) + "\n";
  }
  return text;
}

}  // namespace precompiledseccomp::gen
