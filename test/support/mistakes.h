// SPDX-License-Identifier: Apache-2.0
//
// Policies that say what their authors wrote and not what they meant: for each finding of lib/inspect one
// that has it, beside the one that was meant, in which nothing is found. What comes of the first in a running
// program, and not of the second, is shown in kernel: mistakes_test.cc, libc_mistakes_test.cc,
// notified_path_test.cc.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <precompiledseccomp/policy.h>

namespace precompiledseccomp::testing {

struct Mistake {
  std::string_view finding;  // its name
  std::string_view what;     // what goes wrong, or the call that it is about
  Policy mistaken;
  Policy meant;
};

// All that follow.
std::vector<Mistake> Mistakes();

// ---- upper-half-ignored

Mistake ACommandIsRefusedInAllBits();      // ioctl: FIONREAD is refused with EPERM, others are allowed
Mistake AListOfFamiliesIsOpenAboveThem();  // socket: AF_NETLINK is refused with EAFNOSUPPORT
Mistake AModeIsTestedIn32Bits();           // mknodat: S_IFIFO | 0600 is refused with EPERM

// ---- one-libc-only

inline constexpr std::uint32_t kCommandWithBit31 = 0x80045200;  // RNDGETENTCNT
inline constexpr std::uint32_t kAtFdcwd = 0xffffff9c;           // AT_FDCWD, zero-extended

Mistake ACommandIsTakenFromOneLibc();  // ioctl: kCommandWithBit31 is allowed, others get EPERM
Mistake AFolderIsTakenFromOneLibc();   // openat: kAtFdcwd is allowed, others get EPERM

// ---- no-such-argument, half-a-parameter, pointer-compared

Mistake CloseIsAskedForASecondArgument();  // close: 0 in argument 1 is allowed, others get EPERM
Mistake ALengthIsTestedInHalf();           // ftruncate: 4096 and less is allowed, others get EPERM

extern const char kRefusedPath[];
Mistake APathIsRefusedByItsAddress();  // openat: kRefusedPath gets EACCES, others are allowed

// ---- dead-refusal

Mistake ARefusalComesTooLate();  // ioctl: FIONREAD is to be refused with EPERM

// ---- missing-companion

// Calls with which programs come by without knowing of them, by way of libcs and of the kernel.
std::vector<std::string_view> ForgottenCalls();

// All calls of kernel/ordinary_program.c but for this one.
Mistake ACallIsForgotten(std::string_view call);

// ---- sibling-allowed

Mistake OneWayToOpenIsRefused();        // openat gets EPERM
Mistake ARingIsLeft();                  // all calls that open files get EPERM
Mistake OneWayToExecuteIsRefused();     // execve gets EPERM
Mistake OneWayToANamespaceIsRefused();  // clone with CLONE_NEWUSER gets EPERM

// ---- enosys-expected: of kernel/ordinary_program.c

// Calls that libcs try first: where there is no such call they make an older one.
std::vector<std::string_view> NewCalls();

Mistake ANewCallIsForbidden(std::string_view call);
Mistake ANewCallIsForbiddenByDefault(std::string_view call);

// ---- notified-pointer

Mistake APathIsJudgedByASupervisor();  // openat

}  // namespace precompiledseccomp::testing
