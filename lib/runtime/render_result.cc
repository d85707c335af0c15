// SPDX-License-Identifier: Apache-2.0
#include <precompiledseccomp/render_result.h>

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
    case RenderErrorCode::kNotADescriptor:
      return " is a file descriptor, its value is negative: did opening it fail?";
    case RenderErrorCode::kNotAProcess:
      return " is a process id, its value is not positive: did fork fail?";
    case RenderErrorCode::kNotAnErrno:
      return " is an error number, its value is not one of 1 to 4095";
    case RenderErrorCode::kAnswerTooLarge:
      return " is the data of an answer, its value needs more than 16 bits";
    case RenderErrorCode::kBufferTooSmall:
      return "the buffer is too small for its instructions";
    case RenderErrorCode::kOtherProgram:
      return "it has other variables, or another size, than the program that is asked for";
    case RenderErrorCode::kNewerFormat:
      return "it was generated for a newer version of this library";
    case RenderErrorCode::kStub:
      return "it was generated with --stub, and has no instructions";
  }
  return "";
}

bool ConcernsVariable(RenderErrorCode code) {
  switch (code) {
    case RenderErrorCode::kNone:
    case RenderErrorCode::kBufferTooSmall:
    case RenderErrorCode::kOtherProgram:
    case RenderErrorCode::kNewerFormat:
    case RenderErrorCode::kStub:
      return false;
    case RenderErrorCode::kMissingVariable:
    case RenderErrorCode::kUnknownVariable:
    case RenderErrorCode::kDuplicateVariable:
    case RenderErrorCode::kValueTooLarge:
    case RenderErrorCode::kNotADescriptor:
    case RenderErrorCode::kNotAProcess:
    case RenderErrorCode::kNotAnErrno:
    case RenderErrorCode::kAnswerTooLarge:
      break;
  }
  return true;
}

}  // namespace

STARTUP_CODE RenderResult::RenderResult(RenderErrorCode code, std::string_view program,
                                        std::string_view variable) noexcept
    : code_(code) {
  text_[0] = '\0';
  if (code == RenderErrorCode::kNone) return;
  Append(AsView("program \""));
  AppendName(program);
  Append(AsView("\": "));
  if (ConcernsVariable(code)) {
    Append(AsView("variable \""));
    variable_ = size_;
    variable_size_ =
        static_cast<std::uint16_t>(variable.size() < kLongestName ? variable.size() : kLongestName);
    AppendName(variable);
    Append(AsView("\""));
  }
  Append(AsView(Explanation(code)));
}

STARTUP_CODE RenderResult::RenderResult(RenderErrorCode code, const char* program) noexcept
    : RenderResult(code, AsView(program), std::string_view()) {}

// As much of the text as there is, which is usually nothing: compilers would call memcpy for all of it.
STARTUP_CODE RenderResult::RenderResult(const RenderResult& other) noexcept
    : code_(other.code_),
      size_(other.size_),
      variable_(other.variable_),
      variable_size_(other.variable_size_) {
  CopyElements(text_, other.text_, std::size_t{size_} + 1);
}

STARTUP_CODE RenderResult& RenderResult::operator=(const RenderResult& other) noexcept {
  if (this == &other) return *this;
  code_ = other.code_;
  size_ = other.size_;
  variable_ = other.variable_;
  variable_size_ = other.variable_size_;
  CopyElements(text_, other.text_, std::size_t{size_} + 1);
  return *this;
}

std::string_view RenderResult::variable() const noexcept {
  return {text_ + variable_, variable_size_};
}

void RenderResult::Append(std::string_view text) noexcept {
  const std::size_t free = kTextSize - 1 - size_;
  const std::size_t count = text.size() < free ? text.size() : free;
  CopyElements(text_ + size_, text.data(), count);
  size_ = static_cast<std::uint16_t>(size_ + count);
  text_[size_] = '\0';
}

void RenderResult::AppendName(std::string_view name) noexcept {
  if (name.size() <= kLongestName) {
    Append(name);
  } else {
    Append({name.data(), kLongestName});
    Append(AsView(kEllipsis));
  }
}

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
