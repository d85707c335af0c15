// SPDX-License-Identifier: Apache-2.0
//
// The calls that an installed libseccomp may be too old to know: those that Linux got from 5.1 on, when
// numbers became the same on all architectures. So which names a policy may have does not depend on the
// machine that it is built on.
#pragma once

#include <cstdint>
#include <span>

#include <precompiledseccomp/target.h>

namespace precompiledseccomp {

struct NewerCall {
  const char* name;
  std::uint32_t number;
  KernelVersion since;
  // AUDIT_ARCH_* of the one architecture that has it; 0 if all have.
  std::uint32_t only_on = 0;

  [[nodiscard]] bool IsOn(const Target& target) const { return only_on == 0 || only_on == target.audit_arch; }
};

// The kernel whose calls are all known, by this table or by the oldest libseccomp that will do. To follow a
// newer one: new rows, this version, and Target::numbers.
inline constexpr KernelVersion kNewestKernelWithNames = {6, 18};

// Ascending by number.
std::span<const NewerCall> NewerCalls();

}  // namespace precompiledseccomp
