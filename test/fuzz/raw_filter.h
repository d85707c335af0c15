// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <linux/filter.h>
#include <linux/seccomp.h>

// Filters and calls out of bytes that mean nothing.
namespace precompiledseccomp::fuzz {

//   1 byte                  flags
//   64 bytes for each call  a seccomp_data, as it lies in memory
//   8 bytes for each        a sock_filter, as it lies in memory
//     instruction
//
// What is missing of a call is zero; what is left over of an instruction is ignored.
struct RawFilter {
  bool big_endian = false;           // bit 0
  std::vector<seccomp_data> calls;   // one, or with bit 3 two
  std::uint8_t selection = 0;        // bits 4 to 7: what else to choose
  std::vector<sock_filter> program;  // with bit 1 after MakeValid(), with bit 2 also after MakeFollowed()
};

RawFilter ReadRawFilter(std::span<const std::uint8_t> bytes);

// Makes most programs acceptable: codes become known ones, operands and jumps stay inside, the last
// instruction returns. What is already so stays as it is. Scratch memory may still be read before it is
// written.
void MakeValid(std::vector<sock_filter>& program);

// Whether the prover follows an instruction whatever the registers hold.
bool IsFollowed(const sock_filter& instruction);

// Other arithmetic becomes such.
void MakeFollowed(std::vector<sock_filter>& program);

}  // namespace precompiledseccomp::fuzz
