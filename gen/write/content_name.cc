// SPDX-License-Identifier: Apache-2.0

#include "write/content_name.h"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/nil_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace precompiledseccomp::gen {
namespace {

// With its length, so that what moves from the end of one text to the beginning of the next is noticed.
void Append(std::string& content, const std::string& text) {
  content += std::to_string(text.size()) + ":" + text;
}

}  // namespace

std::string NamelessText::WithName(const std::string& name) const {
  return before + name + after;
}

std::string ContentName(const NamelessText& header, const NamelessText& source) {
  std::string content;
  for (const std::string* const text : {&header.before, &header.after, &source.before, &source.after})
    Append(content, *text);
  // SHA-1 as a UUID, in groups of 8, 4 and 4 digits at the beginning. The last group begins with the version
  // of the format, always 5.
  const std::string digits =
      boost::uuids::to_string(boost::uuids::name_generator_sha1(boost::uuids::nil_uuid())(content));
  return "content_" + digits.substr(0, 8) + digits.substr(9, 4) + digits.substr(14, 4);
}

}  // namespace precompiledseccomp::gen
