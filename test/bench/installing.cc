// SPDX-License-Identifier: Apache-2.0

#include "bench/installing.h"

#include <linux/seccomp.h>

#include <precompiledseccomp/install.h>

#include "bench/samples.h"

namespace precompiledseccomp::testing {

std::optional<double> TimeToInstall(std::span<const sock_filter> program) {
  Filter filter;
  if (!filter.Assign(program)) return std::nullopt;
  // Nobody makes the calls that a filter of another project says user-notify for.
  const InstallOptions options = {.notify_without_listener = true};
  const double start = Now();
  if (!Install(filter, options)) return std::nullopt;
  return Now() - start;
}

std::span<const sock_filter> OneInstruction() {
  static constexpr sock_filter kProgram[] = {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
  return kProgram;
}

bool KernelTakesFilters() {
  try {
    MeasureInChild<double>({"", "", 1, [] { return TimeToInstall(OneInstruction()); }});
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace precompiledseccomp::testing
