// SPDX-License-Identifier: Apache-2.0
//
// A program that does not look where its author thinks, and one that knows. The tests know the lines.
#include <cerrno>

#include <precompiledseccomp/define.h>

namespace {

namespace pcs = precompiledseccomp;
using pcs::Policy;

Policy SmallReads() {
  return Policy().Allow("read", pcs::Arg32(2) <= 4096);
}

std::vector<pcs::ProgramDefinition> Programs() {
  return {
      {"half", {}, [](const pcs::Values&) { return SmallReads(); }},
      {"half-again", {}, [](const pcs::Values&) { return SmallReads(); }},
      {"half-on-purpose",
       {},
       [](const pcs::Values&) {
         return SmallReads().Accept("half-a-parameter", "the caller reads into a buffer of 4096 bytes");
       }},
  };
}

}  // namespace

PRECOMPILEDSECCOMP_MODULE(Programs)
