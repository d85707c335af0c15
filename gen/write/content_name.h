// SPDX-License-Identifier: Apache-2.0
//
// The name of the inline namespace in a generated header and its source: a hash of the content of both.
// Tables of one name and other content, which meet in one program or in the shared libraries of one process,
// are so other objects to all linkers, and a header does not link with the source of another one.
#pragma once

#include <string>

namespace precompiledseccomp::gen {

// A generated text but for the name of the content, which stands between the two.
struct NamelessText {
  std::string before;
  std::string after;

  [[nodiscard]] std::string WithName(const std::string& name) const;
};

// A C++ identifier, "content_" and 16 hexadecimal digits, that depends on everything in both.
std::string ContentName(const NamelessText& header, const NamelessText& source);

}  // namespace precompiledseccomp::gen
