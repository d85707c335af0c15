// SPDX-License-Identifier: Apache-2.0
//
// Two programs that differ in one descriptor: both allow reading from fd1 and fd2; one allows writing only to
// fd1, the other only to fd2.

#include <cerrno>

#include <precompiledseccomp/define.h>

namespace pcs = precompiledseccomp;

namespace {

// What both have in common. Refused calls fail instead of killing, so that one process can show them all.
pcs::Policy ReadFromBoth(const pcs::Values& v) {
  using pcs::Param;
  pcs::Policy policy;
  policy.Default(pcs::Action::Errno(EPERM));
  // The kernel reads descriptors as 32-bit values, and so does the policy.
  policy.Allow("read", Param("fd") == v["fd1"] || Param("fd") == v["fd2"]);
  policy.Allow({"exit_group", "rt_sigreturn"});
  policy.Accept("missing-companion", "the programs call write themselves, and no writev");
  return policy;
}

pcs::Policy WriteToFd1(const pcs::Values& v) {
  return ReadFromBoth(v).Allow("write", pcs::Param("fd") == v["fd1"]);
}

pcs::Policy WriteToFd2(const pcs::Values& v) {
  return ReadFromBoth(v).Allow("write", pcs::Param("fd") == v["fd2"]);
}

std::vector<pcs::ProgramDefinition> PrecompiledPrograms() {
  return {{"write-to-fd1", {pcs::Fd("fd1"), pcs::Fd("fd2")}, WriteToFd1},
          {"write-to-fd2", {pcs::Fd("fd1"), pcs::Fd("fd2")}, WriteToFd2}};
}

}  // namespace

PRECOMPILEDSECCOMP_MODULE(PrecompiledPrograms)
