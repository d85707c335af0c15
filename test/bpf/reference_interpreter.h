// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "bpf/interpreter.h"

// A second interpreter, for obviousness and nothing else: a table with a function for each code. It looks at
// the bytes of seccomp_data where bpf::Run looks at its fields, and shares no code with it.
namespace precompiledseccomp::bpf::testing {

// `program` must be accepted and for a machine with the byte order of this one.
Execution RunByTable(std::span<const sock_filter> program, const seccomp_data& call);

}  // namespace precompiledseccomp::bpf::testing
