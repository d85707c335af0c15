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

RuleSet InstallCalls() {
  RuleSet calls;
  calls.Allow("seccomp",
              Param("op") == kSetModeFilter || (Param("op") == kGetActionAvail && Param("flags") == 0));
  calls.Allow("prctl", (Param("option") == kSetNoNewPrivs && Param("arg2") == 1) ||
                           (Param("option") == kSetSeccomp && Param("arg2") == kModeFilter));
  // Alone, the flag changes nothing: it asks whether there are other threads.
  calls.Allow("unshare", Param("flags") == kCloneThread);
  return calls;
}

}  // namespace precompiledseccomp
