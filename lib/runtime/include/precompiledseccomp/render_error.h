// SPDX-License-Identifier: Apache-2.0
//
// Why a rendering failed, as a value that owns its text.
//
//   if (auto error = program->Render({{"fd1", in}}, filter)) Fail(error.message());
//   // program "worker": variable "fd2" has no value
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <precompiledseccomp/interface.h>

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

enum class RenderErrorCode : std::uint8_t {
  kNone,
  kMissingVariable,    // the program has a variable for which no value was given
  kUnknownVariable,    // a value was given for a name that is no variable of the program
  kDuplicateVariable,  // two values were given for one variable
  kValueTooLarge,      // the value of a 32-bit variable needs more than 32 bits
};

// True when there is an error. Async-signal-safe; may be copied and kept.
class [[nodiscard]] RenderError {
 public:
  // No error.
  PRECOMPILEDSECCOMP_LOCAL RenderError() noexcept { text_[0] = '\0'; }

  // An error of program `program` that concerns `variable`. Both names are copied; long ones are cut short.
  PRECOMPILEDSECCOMP_LOCAL RenderError(RenderErrorCode code, std::string_view program,
                                       std::string_view variable) noexcept;

  PRECOMPILEDSECCOMP_LOCAL explicit operator bool() const noexcept { return code_ != RenderErrorCode::kNone; }
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] RenderErrorCode code() const noexcept { return code_; }

  // The variable's name, at most 80 characters of it. Valid as long as this object.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::string_view variable() const noexcept;

  // One line without a full stop or line feed; empty if there is no error. Valid as long as this object.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const char* message() const noexcept { return text_; }

 private:
  PRECOMPILEDSECCOMP_LOCAL static constexpr std::size_t kTextSize = 256;

  PRECOMPILEDSECCOMP_LOCAL void Append(std::string_view text) noexcept;
  PRECOMPILEDSECCOMP_LOCAL void AppendName(std::string_view name) noexcept;

  RenderErrorCode code_ = RenderErrorCode::kNone;
  std::uint16_t size_ = 0;  // of the text, without its NUL
  std::uint16_t variable_ = 0;
  std::uint16_t variable_size_ = 0;
  char text_[kTextSize];
};

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
