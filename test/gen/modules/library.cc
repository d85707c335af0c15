// SPDX-License-Identifier: Apache-2.0
//
// A part of a module's policy in a shared library of its own.
#include "library.h"

precompiledseccomp::Policy PolicyOfLibrary() {
  return precompiledseccomp::Policy().Allow("read");
}
