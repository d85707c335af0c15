// SPDX-License-Identifier: Apache-2.0

#include "libseccomp/by_libseccomp.h"

#include <algorithm>
#include <cstddef>

#include <sys/resource.h>

#include "support/child.h"

namespace precompiledseccomp::testing {

std::optional<std::vector<sock_filter>> ByLibseccomp(const ResolvedPolicy& policy, LibseccompShape shape) {
  const SharedArray<sock_filter> instructions(BPF_MAXINSNS);
  const SharedArray<std::size_t> count(1);
  const bool came_to_an_end = RunInChild([&] {
    const rlimit one_second = {1, 1};
    setrlimit(RLIMIT_CPU, &one_second);
    const std::vector<sock_filter> filter = Export(Build(ForLibseccomp(policy), shape));
    std::copy(filter.begin(), filter.end(), instructions.begin());
    count[0] = filter.size();
  });
  if (!came_to_an_end) return std::nullopt;
  return std::vector<sock_filter>(instructions.begin(), instructions.begin() + count[0]);
}

}  // namespace precompiledseccomp::testing
