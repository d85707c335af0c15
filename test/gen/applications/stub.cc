// SPDX-License-Identifier: Apache-2.0
//
// An application with stubs in place of the good programs: it compiles as it would with the real ones, but
// nothing is found, and renderings are empty.
#include "f.h"

int main() {
  static_assert(filters::kPrecompilationDisabledAtBuildTime);
  const bool nothing = filters::ListPrecompiled().empty() && filters::GetPrecompiled("worker") == nullptr &&
                       filters::Worker{.fd1 = 1, .fd2 = 2}.Render().empty() &&
                       filters::OnlyAt{.address = 1, .size = 2}.Render().empty() &&
                       filters::Everything{}.Render().empty();
  return nothing ? 0 : 1;
}
