// SPDX-License-Identifier: Apache-2.0
//
// A program that does not look where its author thinks, and one that knows. The tests know the lines.
#include <cerrno>

#include <precompiledseccomp/define.h>

namespace {

namespace pcs = precompiledseccomp;
using pcs::Policy;

Policy SmallWrites() {
  return Policy().Allow("write", pcs::Arg32(2) <= 4096);
}

std::vector<pcs::ProgramDefinition> Programs() {
  return {
      {"half", {}, [](const pcs::Values&) { return SmallWrites(); }},
      {"half-again", {}, [](const pcs::Values&) { return SmallWrites(); }},
      {"half-on-purpose",
       {},
       [](const pcs::Values&) {
         return SmallWrites().Accept("half-a-parameter", "the caller writes from a buffer of 4096 bytes");
       }},
  };
}

}  // namespace

PRECOMPILEDSECCOMP_MODULE(Programs)
