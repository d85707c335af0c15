// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <linux/filter.h>

#include "corpus/corpus.h"

// How good a filter is, in numbers that do not depend on the machine.
namespace precompiledseccomp::testing {

struct Figures {
  std::size_t instructions = 0;
  // Instructions executed, on average over call numbers 0 to 469 with all arguments zero: what installing
  // costs.
  double mean_path = 0;
  // Numbers from 0 to 469 that the kernel caches.
  std::size_t cacheable = 0;
  // Instructions executed, on average over the profiled calls that are allowed but not cacheable, each as
  // often as it is made; 0 without such calls.
  double mean_checked = 0;
};

Figures FiguresOf(std::span<const sock_filter> program, const CorpusPolicy& policy);

}  // namespace precompiledseccomp::testing
