// SPDX-License-Identifier: Apache-2.0
//
// Programs under which test/people/calling.cc is run: all is allowed but what their name says.
#include <cerrno>

#include <precompiledseccomp/define.h>

namespace pcs = precompiledseccomp;

namespace {

pcs::Policy Allowing() {
  return pcs::Policy().Default(pcs::Action::Allow());
}

std::vector<pcs::ProgramDefinition> Programs() {
  return {
      {"all-allowed", {}, [](const pcs::Values&) { return Allowing(); }},
      {"errors", {}, [](const pcs::Values&) { return Allowing().Errno(EACCES, "getppid"); }},
      {"zero", {}, [](const pcs::Values&) { return Allowing().Succeed("getppid"); }},
      {"kill-process", {}, [](const pcs::Values&) { return Allowing().KillProcess("getppid"); }},
      {"kill-thread", {}, [](const pcs::Values&) { return Allowing().KillThread("getppid"); }},
      {"trap", {}, [](const pcs::Values&) { return Allowing().Add(pcs::Action::Trap(7), "getppid"); }},
      {"notify", {}, [](const pcs::Values&) { return Allowing().UserNotify("getppid"); }},
      {"log", {}, [](const pcs::Values&) { return Allowing().Log("getppid"); }},
      {"no-openat", {}, [](const pcs::Values&) { return Allowing().Errno(EPERM, "openat"); }},
      {"descriptor",
       {"fd"},
       [](const pcs::Values& v) { return Allowing().Errno(EPERM, "write", pcs::Param("fd") != v["fd"]); }},
  };
}

}  // namespace

PRECOMPILEDSECCOMP_MODULE(Programs)
