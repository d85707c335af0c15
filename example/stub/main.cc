// SPDX-License-Identifier: Apache-2.0
//
// The worker again, built with `--stub` tables: they hold nothing, so that a debug build need not wait for
// the generator to compile the policies. The program links the compiler instead and compiles the same
// definition when it runs.

#include <cstdio>
#include <exception>

#include <precompiledseccomp/precompile.h>

#include "../worker/policy.h"
#include "../worker/worker.h"
#include "stub_filters.h"

namespace pcs = precompiledseccomp;

namespace {

pcs::Filter CompileAtRunTime(int input, int output) {
  pcs::Filter filter;
  try {
    const auto instructions = pcs::CompileNow(
        WorkerDefinitions().front(), {static_cast<std::uint32_t>(input), static_cast<std::uint32_t>(output)});
    if (!filter.Assign(instructions)) std::fprintf(stderr, "the filter is too large\n");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
  return filter;  // Install() refuses an empty one
}

}  // namespace

int main() {
  if (!stub::kPrecompilationDisabledAtBuildTime || stub::GetPrecompiled("worker") != nullptr) return 1;
  std::printf("there are no embedded filters; compiling at run time\n");
  return worker::Demonstrate(CompileAtRunTime);
}
