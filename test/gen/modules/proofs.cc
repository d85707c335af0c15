// SPDX-License-Identifier: Apache-2.0
//
// A program that takes next to no work to prove, one that takes some and may be written without, and its
// twin, which may not be.
#include <precompiledseccomp/define.h>

namespace pcs = precompiledseccomp;

namespace {

pcs::Policy Small(const pcs::Values&) {
  return pcs::Policy().Default(pcs::Action::Allow());
}

pcs::Policy Large(const pcs::Values& v) {
  pcs::Policy policy;
  for (std::uint32_t number = 0; number < 100; number += 5)
    policy.Allow(pcs::Syscall(number), pcs::Arg(0) == v["fd"] || pcs::Arg(1) <= number);
  return policy;
}

}  // namespace

std::vector<pcs::ProgramDefinition> Programs() {
  return {{"small", {}, Small},
          {"large", {"fd"}, Large, pcs::Proof::kUnlessTooLarge},
          {"large-twin", {"fd"}, Large, pcs::Proof::kUnlessTooLarge}};
}
PRECOMPILEDSECCOMP_MODULE(Programs)
