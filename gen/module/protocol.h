// SPDX-License-Identifier: Apache-2.0
//
// What the asking process tells the generator, through a pipe: records, each with a header that says what it
// is and how many bytes follow. In this order:
//
//   kFiles      the module's file, and those of the libraries that were loaded with it
//   kPrograms   what it defines, without the policies
//   kPolicy     a policy for each program and, in it, for each target; or kError instead
//
// kError may also come before kPrograms, and ends the stream then. The module may have written into the pipe:
// what is read here is bounded, and checked before it is believed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/error.h>

#include "programs/policy_bytes.h"

namespace precompiledseccomp::gen {

enum class RecordKind : std::uint32_t { kFiles = 1, kPrograms, kPolicy, kError };

struct Record {
  RecordKind kind = RecordKind::kError;
  std::string bytes;
};

// False if the pipe is gone, or is none.
bool WriteRecord(int pipe, RecordKind kind, std::string_view bytes);

enum class ReadFailure : std::uint8_t {
  kEnded,      // nobody has the other end any more
  kMalformed,  // this is no record
  kTooLong,    // of more bytes than any policy has that fits a filter
  kTimedOut,
};

// The next record; nothing, and why, if there is none. Waits for `most` at most. Memory is taken only for
// what has arrived.
std::optional<Record> ReadRecord(int pipe, std::chrono::nanoseconds most, ReadFailure& failure);

// ---- What records hold. Each Decode() is the inverse, and throws Malformed for what its counterpart cannot
// have made.

class Malformed : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override { return "malformed"; }
};

std::string EncodeTexts(std::span<const std::string> texts);
std::vector<std::string> DecodeTexts(std::string_view bytes);

// The functions of definitions stay where they are. Those of the result throw; a definition without one has
// none either.
std::string EncodePrograms(std::span<const ProgramDefinition> definitions);
std::vector<ProgramDefinition> DecodePrograms(std::string_view bytes);

// The bytes are of SerializeToHandOver(), which may throw.
std::string EncodePolicy(const Policy& policy);
PolicyBytes DecodePolicy(std::string_view bytes);

std::string EncodeError(const Error& error);
Error DecodeError(std::string_view bytes);

}  // namespace precompiledseccomp::gen
