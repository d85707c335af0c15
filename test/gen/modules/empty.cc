// SPDX-License-Identifier: Apache-2.0
//
// A module without programs.
#include <precompiledseccomp/define.h>

namespace {

std::vector<precompiledseccomp::ProgramDefinition> NoPrograms() {
  return {};
}

}  // namespace

PRECOMPILEDSECCOMP_MODULE(NoPrograms)
