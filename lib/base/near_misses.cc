// SPDX-License-Identifier: Apache-2.0

#include "base/near_misses.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

namespace precompiledseccomp {
namespace {

// The number of insertions, deletions and replacements that make `b` of `a`. One row of the usual table:
// after step i, row[j] is the distance of the first i characters of `a` and the first j of `b`.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string NearMisses(std::string_view name, std::span<const std::string> candidates,
                       std::size_t most_edits) {
  constexpr std::size_t kShown = 3;
  std::set<std::pair<std::size_t, std::string>> near;
  for (const std::string& candidate : candidates) {
    if (candidate.empty()) continue;
    const std::size_t distance = EditDistance(name, candidate);
    if (distance <= most_edits) near.emplace(distance, candidate);
  }
  std::string text;
  std::size_t shown = 0;
  for (const auto& [distance, candidate] : near) {
    if (shown++ == kShown) break;
    text += (text.empty() ? "\"" : " or \"") + candidate + "\"";
  }
  return text;
}

}  // namespace precompiledseccomp
