// SPDX-License-Identifier: Apache-2.0
//
// The filters of two libraries that know nothing of each other: both have a program "worker", one is
// stricter.
#include <cerrno>

#include <precompiledseccomp/define.h>

namespace {

namespace pcs = precompiledseccomp;

pcs::Policy Worker(const pcs::Values& v) {
  pcs::Policy policy;
  policy.Default(pcs::Action::Allow());
#ifdef STRICT
  policy.Errno(ERANGE, {"getppid", "geteuid", "getegid"});
#else
  policy.Errno(EDOM, "getppid");
#endif
  policy.Errno(ENOTNAM, "dup", pcs::Arg32(0) == v["fd"]);
  return policy;
}

std::vector<pcs::ProgramDefinition> Programs() {
  return {{"worker", {"fd"}, Worker}};
}

}  // namespace

PRECOMPILEDSECCOMP_MODULE(Programs)
