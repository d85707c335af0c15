// SPDX-License-Identifier: Apache-2.0
//
// As many programs as the environment says, 300 if it says nothing: one for each configuration, in no order
// of names. Every third is like the one before it.
#include <cstdlib>
#include <string>

#include <precompiledseccomp/define.h>

namespace {

namespace pcs = precompiledseccomp;

pcs::Policy Configuration(const pcs::Values& v, int number) {
  pcs::Policy policy;
  policy.Allow({"exit_group", "futex", "mmap", "munmap", "rt_sigreturn"});
  policy.Allow("read", pcs::Arg32(0) == v["fd"]);
  policy.Allow("ioctl", pcs::Arg32(0) == v["fd"] && pcs::Arg32(1) == 0x5000 + number);
  return policy;
}

std::vector<pcs::ProgramDefinition> ManyPrograms() {
  const char* const given = std::getenv("PRECOMPILEDSECCOMP_NUMBER_OF_PROGRAMS");
  const int count = given == nullptr ? 300 : std::atoi(given);
  std::vector<pcs::ProgramDefinition> programs;
  for (int i = count - 1; i >= 0; --i) {
    const int number = i % 3 == 2 ? i - 1 : i;
    programs.push_back({"configuration-of-a-machine-with-a-long-name-and-the-number-" + std::to_string(i),
                        {"fd"},
                        [number](const pcs::Values& v) { return Configuration(v, number); }});
  }
  return programs;
}

}  // namespace

PRECOMPILEDSECCOMP_MODULE(ManyPrograms)
