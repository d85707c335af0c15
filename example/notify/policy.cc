// SPDX-License-Identifier: Apache-2.0
//
// A worker that opens files by asking its supervisor: a filter does not see the path that open() points to.

#include <cerrno>

#include <precompiledseccomp/define.h>

namespace pcs = precompiledseccomp;

namespace {

pcs::Policy Asking(const pcs::Values& v) {
  using pcs::Param;
  pcs::Policy policy;  // default: kill the process
  policy.UserNotify({"openat", pcs::IfAvailable("open")});
  policy.Accept("notified-pointer", "the supervisor reads the path once, and opens the file itself");
  policy.Allow({"read", "close"});
  policy.Allow("write", Param("fd") == v["report"]);
  policy.Allow("exit_group");
  policy.KillProcess("writev");  // it calls write itself
  return policy;
}

std::vector<pcs::ProgramDefinition> Definitions() {
  return {{"asking", {pcs::Fd("report")}, Asking}};
}

}  // namespace

PRECOMPILEDSECCOMP_MODULE(Definitions)
