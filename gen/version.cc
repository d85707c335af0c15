// SPDX-License-Identifier: Apache-2.0

#include "version.h"

#include <precompiledseccomp/version.h>

namespace precompiledseccomp::gen {

std::string NameAndVersion() {
  return "precompiledseccomp-gen " PRECOMPILEDSECCOMP_VERSION;
}

}  // namespace precompiledseccomp::gen
