// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <linux/filter.h>

// Writes filters as text. Takes any instruction, also those that the kernel refuses.
namespace precompiledseccomp::bpf {

// One instruction, without a line number or line end. `index` is its place in the program: jumps are written
// with the indices of their targets. `big_endian` is the byte order of the machine the program is for; it
// names the halves.
//
//   ld arch                      ld M[2]         and #0xff
//   ld arg0.low                  stx M[15]       add x
//   ja 7                         tax             ret allow
//   jeq #0x2a  true: 12  false: 5                ret errno 38
//
// What seccomp(2) does not know is written `unknown code 0x94`, an offset that is not that of a word `ld
// [66]`.
std::string Disassemble(const sock_filter& instruction, std::size_t index, bool big_endian = false);

// A whole program, one instruction a line, each with its index.
std::string Disassemble(std::span<const sock_filter> program, bool big_endian = false);

// The answer of a filter: "allow", "errno 38", "trap 7", "trace 1", "log", "user_notify", "kill_thread",
// "kill_process". Data on an action that takes none is shown too ("allow 1"): for the kernel's allow bitmap
// it makes a difference. Any other action is "unknown action 0x12340000"; the kernel kills the process then.
std::string DescribeReturn(std::uint32_t value);

}  // namespace precompiledseccomp::bpf
