// SPDX-License-Identifier: Apache-2.0

#include "support/example_policies.h"

// See meson.build.
extern "C" {
extern const precompiledseccomp::Module worker_example;
extern const precompiledseccomp::Module classic_example;
extern const precompiledseccomp::Module sandbox_run_example;
}

namespace precompiledseccomp::testing {

std::vector<ProgramDefinition> ExamplePolicies() {
  std::vector<ProgramDefinition> all;
  for (const Module* module : {&worker_example, &classic_example, &sandbox_run_example})
    for (ProgramDefinition& definition : module->programs()) all.push_back(std::move(definition));
  return all;
}

}  // namespace precompiledseccomp::testing
