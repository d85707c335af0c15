// SPDX-License-Identifier: Apache-2.0
//
// A privilege-separated worker under an embedded filter. What it does is in worker.h; this is all that
// concerns the filter.

#include "worker.h"
#include "worker_filters.h"

int main() {
  return worker::Demonstrate(
      [](int input, int output) { return worker::Worker{.input = input, .output = output}.Render(); });
}
