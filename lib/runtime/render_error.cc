// SPDX-License-Identifier: Apache-2.0
#include <precompiledseccomp/render_error.h>

#include "cold_start.h"

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {
namespace {

// Two names of this length and the longest message fit into the text.
constexpr std::size_t kLongestName = 80;

constexpr char kEllipsis[] = "...";

const char* Explanation(RenderErrorCode code) {
  switch (code) {
    case RenderErrorCode::kNone:
      break;
    case RenderErrorCode::kMissingVariable:
      return " has no value";
    case RenderErrorCode::kUnknownVariable:
      return " is not one of this program's variables";
    case RenderErrorCode::kDuplicateVariable:
      return " is given twice";
    case RenderErrorCode::kValueTooLarge:
      return " has 32 bits, its value needs more";
  }
  return "";
}

}  // namespace

RenderError::RenderError(RenderErrorCode code, std::string_view program, std::string_view variable) noexcept
    : code_(code) {
  text_[0] = '\0';
  if (code == RenderErrorCode::kNone) return;
  Append(AsView("program \""));
  AppendName(program);
  Append(AsView("\": variable \""));
  variable_ = size_;
  variable_size_ =
      static_cast<std::uint16_t>(variable.size() < kLongestName ? variable.size() : kLongestName);
  AppendName(variable);
  Append(AsView("\""));
  Append(AsView(Explanation(code)));
}

std::string_view RenderError::variable() const noexcept {
  return {text_ + variable_, variable_size_};
}

void RenderError::Append(std::string_view text) noexcept {
  const std::size_t free = kTextSize - 1 - size_;
  const std::size_t count = text.size() < free ? text.size() : free;
  CopyElements(text_ + size_, text.data(), count);
  size_ = static_cast<std::uint16_t>(size_ + count);
  text_[size_] = '\0';
}

void RenderError::AppendName(std::string_view name) noexcept {
  if (name.size() <= kLongestName) {
    Append(name);
  } else {
    Append({name.data(), kLongestName});
    Append(AsView(kEllipsis));
  }
}

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
