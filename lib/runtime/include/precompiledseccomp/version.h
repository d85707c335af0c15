// SPDX-License-Identifier: Apache-2.0
//
// The versions that users of this library go by, as macros, so that the preprocessor can ask for them:
//
//   #include <precompiledseccomp/version.h>
//   #if PRECOMPILEDSECCOMP_VERSION_MAJOR > 0 || PRECOMPILEDSECCOMP_VERSION_MINOR >= 2
//
// What each of them promises stands in the README, under "Versions and changes".
#pragma once

// The version of the whole, that of the Meson project.
#define PRECOMPILEDSECCOMP_VERSION "0.1.0"
#define PRECOMPILEDSECCOMP_VERSION_MAJOR 0
#define PRECOMPILEDSECCOMP_VERSION_MINOR 1
#define PRECOMPILEDSECCOMP_VERSION_PATCH 0

// The format of generated headers and sources: the tables (table_format.h), and all else that is only there
// for generated code to name. Generated code is source code and may be checked in, so it can be older than
// the library that it is compiled with, or newer; it asserts that the major version is the one that it was
// made for. Tables say in which format they are, for those who find them in a program.
//
//   - A new minor version gives a meaning to what had none: a kind, a form, an install option. A library that
//     does not know it refuses to render or to install what has it.
//   - A new major version comes with every other change.
#define PRECOMPILEDSECCOMP_FORMAT_MAJOR 2
#define PRECOMPILEDSECCOMP_FORMAT_MINOR 0
