// SPDX-License-Identifier: Apache-2.0

#include "fuzz/fail.h"

#include <cstdio>
#include <cstdlib>

namespace precompiledseccomp::fuzz {

void Fail(const std::string& text) {
  std::fprintf(stderr, "FAILED: %s\n", text.c_str());
  std::abort();
}

}  // namespace precompiledseccomp::fuzz
