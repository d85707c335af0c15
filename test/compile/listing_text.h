// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "bpf/instructions.h"

namespace precompiledseccomp::testing {

// The instructions of a listing such as bpf::Disassemble() writes, for tables of instructions before and
// after a pass; only those that the compiler makes. Throws std::invalid_argument for what is no such listing.
//
//    0: ld arg0.low
//    1: jeq #0x3  true: 2  false: 3
//    2: ret allow
//    3: ret errno 38
bpf::Program Assemble(std::string_view listing, bool big_endian = false);

}  // namespace precompiledseccomp::testing
