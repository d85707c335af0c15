// SPDX-License-Identifier: Apache-2.0

#include <precompiledseccomp/error.h>

#include <utility>

namespace precompiledseccomp {

Error::Error(std::string problem) : problem_(std::move(problem)) {
  ComposeMessage();
}

Error::~Error() = default;

Error Error::InProgram(const std::string& program) const {
  Error located = *this;
  if (located.program_.empty()) located.program_ = program;
  located.ComposeMessage();
  for (Error& further : located.further_) further = further.InProgram(program);
  return located;
}

Error Error::InModule(const std::string& module) const {
  Error located = *this;
  if (located.module_.empty()) located.module_ = module;
  located.ComposeMessage();
  for (Error& further : located.further_) further = further.InModule(module);
  return located;
}

Error Error::With(std::vector<Error> further) const {
  Error first = *this;
  first.further_ = std::move(further);
  return first;
}

void Error::ComposeMessage() {
  message_.clear();
  if (!module_.empty()) message_ += module_ + ": ";
  if (!program_.empty()) message_ += "program \"" + program_ + "\": ";
  message_ += problem_;
}

}  // namespace precompiledseccomp
