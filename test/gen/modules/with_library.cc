// SPDX-License-Identifier: Apache-2.0
//
// A module that needs a shared library of the same project.
#include "library.h"

namespace {

std::vector<precompiledseccomp::ProgramDefinition> Programs() {
  return {{"reader", {}, [](const precompiledseccomp::Values&) { return PolicyOfLibrary(); }}};
}

}  // namespace

PRECOMPILEDSECCOMP_MODULE(Programs)
