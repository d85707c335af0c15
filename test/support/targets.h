// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <precompiledseccomp/target.h>

// The targets that tests name.
namespace precompiledseccomp::testing {

inline const Target& X86() {
  return *FindTarget("x86_64");
}

inline const Target& Arm() {
  return *FindTarget("aarch64");
}

// A target that differs from `target` in nothing but its byte order.
inline Target BigEndian(Target target) {
  target.big_endian = true;
  return target;
}

}  // namespace precompiledseccomp::testing
