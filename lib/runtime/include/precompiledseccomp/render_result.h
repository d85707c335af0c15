// SPDX-License-Identifier: Apache-2.0
//
// What came of a rendering, as a value that owns its text.
//
//   const auto rendered = program->Render({{"fd1", in}}, filter);
//   if (!rendered.ok()) Fail(rendered.message());  // program "worker": variable "fd2" has no value
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
  kNotADescriptor,     // the value of a file descriptor is negative, as when open(2) failed
  kNotAProcess,        // the value of a process id is 0 or negative, as when fork(2) failed
  kNotAnErrno,         // the value of an error number is not 1 to 4095, which the kernel would change
  kAnswerTooLarge,     // the value is the data of an answer, and needs more than 16 bits
  kBufferTooSmall,     // the caller's buffer has no room for the program
  kOtherProgram,       // a generated struct does not belong to the program
  kNewerFormat,        // the program has something that this library does not know
  kStub,               // there is no program: the filters were generated with --stub
};

// Async-signal-safe; may be copied and kept.
//
// Not to be tested like a pointer or a bool: whether that would be true for an error, as with
// std::error_code, or for success, as with std::expected, nobody can see.
class [[nodiscard]] RenderResult {
 public:
  // Success.
  PRECOMPILEDSECCOMP_LOCAL RenderResult() noexcept { text_[0] = '\0'; }

  // An error of program `program`, and of `variable` unless it concerns none. Both names are copied; long
  // ones are cut short.
  PRECOMPILEDSECCOMP_LOCAL RenderResult(RenderErrorCode code, std::string_view program,
                                        std::string_view variable) noexcept;
  PRECOMPILEDSECCOMP_LOCAL RenderResult(RenderErrorCode code, const char* program) noexcept;

  PRECOMPILEDSECCOMP_LOCAL RenderResult(const RenderResult& other) noexcept;
  PRECOMPILEDSECCOMP_LOCAL RenderResult& operator=(const RenderResult& other) noexcept;

  // Whether the program was rendered.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] bool ok() const noexcept { return code_ == RenderErrorCode::kNone; }
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] RenderErrorCode code() const noexcept { return code_; }

  // The variable's name, at most 80 characters of it; "" if the error concerns none. Valid as long as this
  // object.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::string_view variable() const noexcept;

  // One line without a full stop or line feed; "" on success. Valid as long as this object.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const char* message() const noexcept { return text_; }

 private:
  PRECOMPILEDSECCOMP_LOCAL static constexpr std::size_t kTextSize = 272;

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
