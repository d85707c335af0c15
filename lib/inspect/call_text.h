// SPDX-License-Identifier: Apache-2.0
//
// Calls as people write them, and as answers show them:
//
//   ioctl(3, TIOCSTI, 0)     openat(AT_FDCWD, 0x7f0000001000, O_RDONLY|O_CLOEXEC)     #257(-100)     getpid
//
//   call      = name [ "(" [ argument { "," argument } ] ")" ]
//   name      = a name of the target's calls | [ "#" ] number
//   argument  = part { "|" part }
//   part      = number (number_text.h) | name of a constant (constants.h)
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <linux/seccomp.h>

#include <precompiledseccomp/target.h>

#include "inspect/partly_known_call.h"

namespace precompiledseccomp::inspect {

struct WrittenCall {
  seccomp_data call{};        // of the target; arguments that are not written are 0
  std::size_t arguments = 0;  // how many are written
};

// Throws Error for a text that is no call, for a call that the target does not have, and for constants that
// are not known.
WrittenCall ReadCall(std::string_view text, const Target& target);

// The same, in which an argument may be "_": any value.
struct WrittenPattern {
  PartlyKnownCall call;
  std::size_t arguments = 0;
  [[nodiscard]] bool IsOneCall() const;  // without "_"
};
WrittenPattern ReadPattern(std::string_view text, const Target& target);

// The names of the parameters from the one at place `first` on: the kernel's own, or "arg4" of a call whose
// parameters are not known, which has six.
std::vector<std::string> ParametersFrom(const Target& target, const seccomp_data& call, std::size_t first);

// "fd", or "arg3" where the call has no such parameter, or its parameters are not known.
std::string ParameterName(const Target& target, const seccomp_data& call, int index);

// "ioctl(3, 0x5412, 0)": the arguments that the call has, and further ones up to the last that is not 0.
std::string CallText(const Target& target, const seccomp_data& call);

// "ioctl(1, TCGETS, _)": names of values where there are any, "_" for what is not known, and "-100" where
// only the lower half is. Can be read again. Of another ABI, "#3 of architecture 0x40000003".
std::string CallText(const Target& target, const PartlyKnownCall& call);

}  // namespace precompiledseccomp::inspect
