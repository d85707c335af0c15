// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <linux/filter.h>
#include <linux/seccomp.h>

// Runs filters as the kernel would (net/core/filter.c and kernel/bpf/core.c).
namespace precompiledseccomp::bpf {

struct Execution {
  std::uint32_t result = 0;      // what the filter returns: bpf::DescribeReturn tells it in words
  std::size_t executed = 0;      // instructions run, the return included
  std::uint64_t words_read = 0;  // bit i: the 32-bit word at offset 4 * i of seccomp_data was loaded
};

// Runs a program that bpf::ReasonForRefusal has nothing against on one call.
//
// `call` holds numbers in the byte order of the machine this code runs on; `big_endian` is the byte order of
// the machine the program is for, that is, where it finds the halves of the 64-bit fields.
//
// Where the semantics are not obvious they are the kernel's: division by an X of 0 ends the program with 0,
// which is kill-thread; shifts by X use its lower five bits, as the kernel's interpreter and its x86 and
// arm64 compilers do; the length is 64.
//
// Safe for any other program too: it ends, as jumps go forward only, and throws std::invalid_argument on
// arriving at an instruction that the kernel does not accept, at one that reads a slot of scratch memory not
// written before, or past the end.
Execution Run(std::span<const sock_filter> program, const seccomp_data& call, bool big_endian = false);

// The same, and sets `ran[i]` for every instruction i that is run. Grows `ran` to the size of the program and
// clears nothing, so that one vector collects the coverage of many calls.
Execution Run(std::span<const sock_filter> program, const seccomp_data& call, std::vector<bool>& ran,
              bool big_endian = false);

}  // namespace precompiledseccomp::bpf
