// SPDX-License-Identifier: Apache-2.0

#include "verify/sources.h"

#include <cstddef>
#include <stdexcept>
#include <string>

namespace precompiledseccomp::verify {

// Not by the offsets of bpf/instructions.h, which the compiler goes by: what is wrong there is to show here.
Source WordAtOffset(std::uint32_t offset, bool big_endian) {
  constexpr std::uint32_t kWord = sizeof(std::uint32_t);
  constexpr std::size_t kLongWord = sizeof(std::uint64_t);
  constexpr std::uint32_t kInstructionPointerAt = offsetof(seccomp_data, instruction_pointer);
  constexpr std::uint32_t kArgumentsAt = offsetof(seccomp_data, args);
  static_assert(kInstructionPointerAt + 2 * kWord == kArgumentsAt &&
                sizeof(seccomp_data::args[0]) == kLongWord);
  if (offset >= sizeof(seccomp_data) || offset % kWord != 0)
    throw std::invalid_argument("no word of a seccomp_data begins at offset " + std::to_string(offset));
  if (offset == offsetof(seccomp_data, nr)) return kNumber;
  if (offset == offsetof(seccomp_data, arch)) return kArchitecture;
  const bool is_second_word = offset / kWord % 2 != 0;
  const bool is_high_half = is_second_word != big_endian;
  if (offset < kArgumentsAt) return InstructionPointerWord(is_high_half);
  return ArgumentWord(static_cast<int>((offset - kArgumentsAt) / (2 * kWord)), is_high_half);
}

void SetWord(Source word, std::uint32_t value, seccomp_data& call) {
  if (word == kArchitecture) {
    call.arch = value;
  } else if (word == kNumber) {
    call.nr = static_cast<int>(value);
  } else {
    const bool is_high_half = (word - kInstructionPointer) % 2 == 0;
    const std::uint64_t mask = is_high_half ? 0xffffffff00000000U : 0xffffffffU;
    const std::uint64_t bits = is_high_half ? std::uint64_t{value} << 32 : value;
    __u64& field = word < kArguments ? call.instruction_pointer : call.args[(word - kArguments) / 2];
    field = (field & ~mask) | bits;
  }
}

}  // namespace precompiledseccomp::verify
