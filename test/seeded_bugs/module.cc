// SPDX-License-Identifier: Apache-2.0
//
// The door of a module: linked with the source that has the bug, and with the library for all others.

#include "seeded_bugs/compiler.h"

extern "C" {
extern __attribute__((visibility("default")))
const precompiledseccomp::testing::CompilerFunction seeded_compiler = &precompiledseccomp::PrecompileAnswers;
extern __attribute__((visibility("default")))
const precompiledseccomp::testing::CompileNowFunction seeded_compile_now = &precompiledseccomp::CompileNow;
}
