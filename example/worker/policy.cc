// SPDX-License-Identifier: Apache-2.0
//
// A worker that may read from one descriptor, write to another, and nothing else. Neither number is known
// before the program runs.

#include <cerrno>

#include <precompiledseccomp/define.h>

#include "policy.h"

namespace pcs = precompiledseccomp;

namespace {

pcs::Policy Worker(const pcs::Values& v) {
  using pcs::Param;
  pcs::Policy policy;  // default: kill the process
  policy.Allow("read", Param("fd") == v["input"]);
  policy.Allow("write", Param("fd") == v["output"]);
  policy.Allow("exit_group");
  // It calls write itself. Libcs have more use for this, and the generator would say that no rule names it.
  policy.KillProcess("writev");
  return policy;
}

}  // namespace

std::vector<pcs::ProgramDefinition> WorkerDefinitions() {
  return {{"worker", {pcs::Fd("input"), pcs::Fd("output")}, Worker}};
}

PRECOMPILEDSECCOMP_MODULE(WorkerDefinitions)
