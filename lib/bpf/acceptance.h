// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>

#include <linux/filter.h>

// The check that seccomp(2) makes before it installs a filter.
namespace precompiledseccomp::bpf {

// Nothing if the kernel accepts the program, otherwise why it answers EINVAL: the first instruction at fault,
// by index and text, and what is wrong with it.
//
//   instruction 3 (div #0x0): divides by the constant 0
//
// The rules are those of bpf_check_classic (net/core/filter.c) and seccomp_check_filter (kernel/seccomp.c),
// compared with the running kernel in the tests. Unreachable instructions must be valid, but may be there.
// The limit of 32768 instructions over all filters of a task is not looked at: it depends on what is
// installed already.
std::optional<std::string> ReasonForRefusal(std::span<const sock_filter> program);

}  // namespace precompiledseccomp::bpf
