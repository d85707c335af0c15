// SPDX-License-Identifier: Apache-2.0
//
// A refusal that a caller gets past. The tests know the line.
#include <cerrno>

#include <precompiledseccomp/define.h>

namespace {

namespace pcs = precompiledseccomp;

std::vector<pcs::ProgramDefinition> Programs() {
  return {{"no-typing", {}, [](const pcs::Values&) {
             pcs::Policy policy;
             policy.Errno(EPERM, "ioctl", pcs::Arg(1) == 0x5412);  // TIOCSTI
             policy.Allow("ioctl");
             return policy;
           }}};
}

}  // namespace

PRECOMPILEDSECCOMP_MODULE(Programs)
