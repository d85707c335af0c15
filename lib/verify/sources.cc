// SPDX-License-Identifier: Apache-2.0

#include "verify/sources.h"

#include <stdexcept>

#include "bpf/instructions.h"

namespace precompiledseccomp::verify {

Source WordAtOffset(std::uint32_t offset, bool big_endian) {
  if (offset == bpf::kNumberOffset) return kNumber;
  if (offset == bpf::kArchOffset) return kArchitecture;
  for (const bool high_half : {false, true}) {
    const bpf::Half half = high_half ? bpf::Half::kHigh : bpf::Half::kLow;
    if (offset == bpf::InstructionPointerOffset(half, big_endian)) return InstructionPointerWord(high_half);
    for (int index = 0; index < bpf::kArgumentCount; ++index)
      if (offset == bpf::ArgumentOffset(index, half, big_endian)) return ArgumentWord(index, high_half);
  }
  throw std::invalid_argument("no word of a seccomp_data begins at offset " + std::to_string(offset));
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
