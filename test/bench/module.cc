// SPDX-License-Identifier: Apache-2.0
#include "bench/container.h"

namespace {

std::vector<precompiledseccomp::ProgramDefinition> PrecompiledPrograms() {
  return {{"container",
           {},
           [](const precompiledseccomp::Values&) { return precompiledseccomp::testing::ContainerProfile(); }},
          {"container_of_300_calls", {}, [](const precompiledseccomp::Values&) {
             return precompiledseccomp::testing::ContainerProfile().CallsPerRun(300);
           }}};
}

}  // namespace

PRECOMPILEDSECCOMP_MODULE(PrecompiledPrograms)
