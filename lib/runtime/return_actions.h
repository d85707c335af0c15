// SPDX-License-Identifier: Apache-2.0
//
// The actions that a filter can answer with, and exchanging them for those of another mode.
//
// The compiler makes two kinds of answers, so these are all that is looked at:
//
//     ret #k              action and data stated
//
//     and #0xffff         the data is the value of a variable, cut to 16 bits;
//     or #action          the action stands here
//     ret a
//
// In both, one operand holds the action: the *action operand*. In an instruction sequence from elsewhere, a
// `ret a` that is not the end of this sequence has none; and where a jump leads to the `or` or the `ret a`,
// the answer may come from elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <linux/filter.h>

#include <precompiledseccomp/install.h>
#include <precompiledseccomp/interface.h>

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

// Values of <linux/seccomp.h>, some of which older headers lack.
inline constexpr std::uint32_t kRetKillProcess = 0x80000000U;  // Linux 4.14
inline constexpr std::uint32_t kRetKillThread = 0x00000000U;
inline constexpr std::uint32_t kRetTrap = 0x00030000U;
inline constexpr std::uint32_t kRetErrno = 0x00050000U;
inline constexpr std::uint32_t kRetUserNotify = 0x7fc00000U;  // Linux 5.0
inline constexpr std::uint32_t kRetLog = 0x7ffc0000U;         // Linux 4.14
inline constexpr std::uint32_t kRetActionMask = 0xffff0000U;
inline constexpr std::uint32_t kRetDataMask = 0x0000ffffU;

// An answer (action and data) in this mode. The data of a refusal that becomes a trap stays: it is the error
// number, or 0.
PRECOMPILEDSECCOMP_LOCAL std::uint32_t ChangeAction(std::uint32_t answer, Mode mode);

// Which of the actions that are newer than seccomp filters a program can answer with.
struct NewActions {
  bool kill_process = false;
  bool log = false;
  bool user_notify = false;
};

// In this mode, as far as its answers are stated: what one from elsewhere computes cannot be known, and is
// passed over.
PRECOMPILEDSECCOMP_LOCAL NewActions FindNewActions(std::span<const sock_filter> instructions, Mode mode);

// Whether every return has an action operand, and no jump by-passes it, so that changing those changes all
// answers. Looks at each instruction and the ends of its jumps once.
PRECOMPILEDSECCOMP_LOCAL bool AllAnswersAreStated(std::span<const sock_filter> instructions);

// Changes all action operands of the `count` instructions in place.
PRECOMPILEDSECCOMP_LOCAL void ChangeActions(sock_filter* instructions, std::size_t count, Mode mode);

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
