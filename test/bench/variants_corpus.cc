// SPDX-License-Identifier: Apache-2.0
//
// The policy of a sandbox's supervisor, from the corpus.

#include "bench/variants.h"
#include "corpus/corpus.h"

namespace precompiledseccomp::testing {

ProgramDefinition CommonOfVariants() {
  return LoadPolicy(CORPUS "/gvisor/sentry_systrap.json").definition;
}

}  // namespace precompiledseccomp::testing
