// SPDX-License-Identifier: Apache-2.0
//
// Programs with optional calls, of which aarch64 lacks some. The tests know the lines.
#include <cerrno>

#include <precompiledseccomp/define.h>

namespace {

namespace pcs = precompiledseccomp;
using pcs::IfAvailable;
using pcs::Policy;

Policy AllowList() {
  return Policy().Allow({"openat", IfAvailable("open")}).Errno(EPERM, IfAvailable({"stat", "statx"}));
}

std::vector<pcs::ProgramDefinition> Programs() {
  return {
      {"allow-list", {}, [](const pcs::Values&) { return AllowList(); }},
      {"deny-list",
       {},
       [](const pcs::Values&) {
         Policy policy;
         policy.Default(pcs::Action::Allow());
         policy.Errno(EPERM, IfAvailable({"open", "openat", "creat"}));
         policy.Log(IfAvailable({"stat", "statx"}));
         return policy;
       }},
      {"deny-list-again",
       {},
       [](const pcs::Values&) {
         Policy policy;
         policy.Default(pcs::Action::Allow());
         policy.Errno(EPERM, IfAvailable({"open", "openat", "creat"}));
         policy.Log(IfAvailable({"stat", "statx"}));
         return policy;
       }},
      {"deny-list-by-rule",
       {},
       [](const pcs::Values&) {
         return Policy().Errno(EPERM, IfAvailable({"open", "openat", "creat"})).Allow(pcs::AnyCall());
       }},
  };
}

}  // namespace

PRECOMPILEDSECCOMP_MODULE(Programs)
