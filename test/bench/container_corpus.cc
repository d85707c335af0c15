// SPDX-License-Identifier: Apache-2.0
//
// The profile of a container engine, from the corpus.

#include "bench/container.h"
#include "corpus/corpus.h"

namespace precompiledseccomp::testing {

Policy ContainerProfile() {
  return LoadPolicy(CORPUS "/container/container_default.json").policy;
}

}  // namespace precompiledseccomp::testing
