// SPDX-License-Identifier: Apache-2.0
//
// The version of the interface between applications and this library, and what keeps copies of the library
// apart that happen to be in one process: in the program, in a shared library that sandboxes its worker, in a
// plugin. The dynamic linker would give all of them the functions of the copy that it finds first, and one
// would read the options of another in a layout that they were not written in. Therefore:
//
//   - The version is part of every name, as an inline namespace. Callers write precompiledseccomp::Filter;
//     what linkers see is precompiledseccomp::v2::Filter.
//   - Every function is local to the program or shared library that it is linked into. It is not exported,
//     and its callers are bound when that is linked. Others are looked up by the dynamic linker when they are
//     first called, and it writes down where they are: not in a signal handler then, nor in a child of vfork,
//     whose memory is its parent's.
#pragma once

// The inline namespace of everything in this library. Another version, and another name, comes with every
// change after which headers of one version and objects of another would misunderstand each other: of the
// layout of a type or of the generated tables, or of what a function makes of its arguments. To be forward
// declared, a type has to be declared in this namespace, too:
//
//   namespace precompiledseccomp {
//   inline namespace PRECOMPILEDSECCOMP_INTERFACE {
//   class Filter;
//   }
//   }
#define PRECOMPILEDSECCOMP_INTERFACE v2

// For every function and variable that has a symbol, in generated sources too: those that are defined in a
// header as well, for each user's object has a copy, which would be exported. Not for types: GCC warns about
// a user's class that has a member of a hidden type.
#define PRECOMPILEDSECCOMP_LOCAL [[gnu::visibility("hidden")]]

// For a type with a constructor that only the compiler can declare, which Clang does not always inline. It
// has no such warning.
#ifdef __clang__
#define PRECOMPILEDSECCOMP_LOCAL_CONSTRUCTOR PRECOMPILEDSECCOMP_LOCAL
#else
#define PRECOMPILEDSECCOMP_LOCAL_CONSTRUCTOR
#endif
