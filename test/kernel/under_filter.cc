// SPDX-License-Identifier: Apache-2.0

#include "kernel/under_filter.h"

#include <stdexcept>
#include <string>

#include <precompiledseccomp/filter.h>
#include <precompiledseccomp/install.h>

#include "support/child.h"

namespace precompiledseccomp::testing {

bool RunUnder(std::span<const sock_filter> program, const std::function<void()>& work) {
  Filter filter;
  if (!filter.Assign(program)) throw std::runtime_error("the filter is too large");
  const SharedArray<int> install_error(1);
  const bool finished = RunInChild([&] {
    const InstallResult result = Install(filter, {.spec_allow = true});
    install_error[0] = result.error();
    if (result) work();
  });
  if (install_error[0] != 0)
    throw std::runtime_error("the kernel refuses the filter: errno " + std::to_string(install_error[0]));
  return finished;
}

}  // namespace precompiledseccomp::testing
