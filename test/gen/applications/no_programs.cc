// SPDX-License-Identifier: Apache-2.0
//
// An application with the sources of a module without programs, or with stubs: nothing is found.
#include "f.h"

int main() {
  const bool nothing = filters::ListPrecompiled().empty() && filters::GetPrecompiled("worker") == nullptr &&
                       filters::GetPrecompiled("") == nullptr;
  return nothing ? 0 : 1;
}
