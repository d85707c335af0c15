// SPDX-License-Identifier: Apache-2.0
//
// What an argument was, by what strace prints of it.
//
//   3</etc/x>    AT_FDCWD    O_RDONLY|O_CLOEXEC    0x3 /* PROT_READ|PROT_WRITE */    NULL    S_IFREG|0644
//
// Of what a pointer points to ("text", [1, 2], {st_mode=...}) strace does not tell where it was: nothing of
// such an argument is known, nor of one with a name that is not known here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <precompiledseccomp/target.h>

#include "inspect/partly_known_call.h"
#include "target/parameters.h"

namespace precompiledseccomp::inspect {

struct KnownBits {
  std::uint64_t value = 0;
  std::uint64_t known = 0;  // which bits are
};

// Of a negative number only the lower half is known: whether a caller fills the upper half of what the kernel
// reads as an int is up to the caller.
KnownBits StraceArgument(std::string_view text, const Target& target);

// Sets what is known of the arguments of a call of the target, of which `text` is all that stands in the
// brackets. `parameters` is null if they are not known.
void SetStraceArguments(std::string_view text, const std::string& name,
                        const std::vector<Parameter>* parameters, const Target& target,
                        PartlyKnownCall& call);

}  // namespace precompiledseccomp::inspect
