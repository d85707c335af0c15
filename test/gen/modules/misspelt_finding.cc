// SPDX-License-Identifier: Apache-2.0
//
// A program that accepts a finding of a name that there is not.
#include <precompiledseccomp/define.h>

namespace {

namespace pcs = precompiledseccomp;

std::vector<pcs::ProgramDefinition> Programs() {
  return {
      {"reader", {}, [](const pcs::Values&) {
         return pcs::Policy().Allow("read", pcs::Arg32(2) <= 4096).Accept("half-parameter", "it is one page");
       }}};
}

}  // namespace

PRECOMPILEDSECCOMP_MODULE(Programs)
