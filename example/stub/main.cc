// SPDX-License-Identifier: Apache-2.0
//
// The worker again, built with `--stub` tables: they hold nothing, so that a debug build need not wait for
// the generator to compile the policies. The program links the compiler instead and compiles the same
// definition when it runs.

#include <cstdio>
#include <exception>
#include <vector>

#include <precompiledseccomp/precompile.h>

#include "../worker/policy.h"
#include "../worker/worker.h"
#include "stub_filters.h"

namespace pcs = precompiledseccomp;

namespace {

// Nothing, which Install() refuses, if it cannot be compiled.
std::vector<sock_filter> CompileAtRunTime(int input, int output) {
  try {
    return pcs::CompileNow(WorkerDefinitions().front(),
                           {static_cast<std::uint32_t>(input), static_cast<std::uint32_t>(output)});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return {};
  }
}

}  // namespace

int main() {
  if (!stub::kPrecompilationDisabledAtBuildTime || stub::GetPrecompiled("worker") != nullptr) return 1;
  std::printf("there are no embedded filters; compiling at run time\n");
  return worker::Demonstrate(CompileAtRunTime);
}
