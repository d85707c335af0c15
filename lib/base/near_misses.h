// SPDX-License-Identifier: Apache-2.0
//
// Names that somebody may have meant.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace precompiledseccomp {

// Those of `candidates` that become `name` with at most `most_edits` insertions, deletions and replacements,
// as
// `"openat" or "open"`: the nearest ones first, three at most; empty if there is none. Empty candidates are
// nobody's name.
std::string NearMisses(std::string_view name, std::span<const std::string> candidates,
                       std::size_t most_edits);

}  // namespace precompiledseccomp
