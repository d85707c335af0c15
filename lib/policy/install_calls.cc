// SPDX-License-Identifier: Apache-2.0
//
// The calls of the runtime library, which tells about them in runtime/install.h.

#include <precompiledseccomp/policy.h>

namespace precompiledseccomp {
namespace {

// The same on every architecture, and newer than some headers.
constexpr unsigned kSetModeFilter = 1;  // operations of seccomp(2)
constexpr unsigned kGetActionAvail = 2;
constexpr int kSetNoNewPrivs = 38;  // options of prctl(2)
constexpr int kSetSeccomp = 22;
constexpr unsigned kModeFilter = 2;
constexpr unsigned kCloneThread = 0x00010000;

}  // namespace

// Width as the kernel reads them: operations, flags and options are 32 bits, what follows an option is 64.
RuleSet InstallCalls() {
  RuleSet calls;
  calls.Allow("seccomp", Arg32(0) == kSetModeFilter || (Arg32(0) == kGetActionAvail && Arg32(1) == 0));
  calls.Allow("prctl", (Arg32(0) == kSetNoNewPrivs && Arg(1) == 1) ||
                           (Arg32(0) == kSetSeccomp && Arg(1) == kModeFilter));
  // Alone, the flag changes nothing: it asks whether there are other threads.
  calls.Allow("unshare", Arg(0) == kCloneThread);
  return calls;
}

}  // namespace precompiledseccomp
