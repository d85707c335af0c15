// SPDX-License-Identifier: Apache-2.0

#include "inspect/standing.h"

#include <linux/seccomp.h>

namespace precompiledseccomp::inspect {

Standing StandingOf(const Action& action) {
  switch (action.kind()) {
    case Action::Kind::kAllow:
    case Action::Kind::kLog:
      return Standing::kAllowed;
    case Action::Kind::kUserNotify:
    case Action::Kind::kTrace:
      return Standing::kAsked;
    default:
      return Standing::kRefused;
  }
}

Standing StandingOf(std::uint32_t answer) {
  switch (answer & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW:
    case SECCOMP_RET_LOG:
      return Standing::kAllowed;
    case SECCOMP_RET_TRACE:
    case SECCOMP_RET_USER_NOTIF:
      return Standing::kAsked;
    default:
      return Standing::kRefused;
  }
}

const char* WordFor(Standing standing) {
  switch (standing) {
    case Standing::kAllowed:
      return "allowed";
    case Standing::kRefused:
      return "refused";
    case Standing::kAsked:
      return "asked";
    case Standing::kOpen:
      return "open";
  }
  return "";
}

}  // namespace precompiledseccomp::inspect
