// SPDX-License-Identifier: Apache-2.0
//
// What the libraries of these tests offer, whose filters have one namespace and one name.
#pragma once

#include <cstddef>

struct Library {
  // The instructions of "worker", found by name and rendered as a struct.
  std::size_t (*size_by_name)();
  std::size_t (*size_typed)();

  // Installs "worker" for this `fd`. An errno value, or 0.
  int (*install)(int fd);

  // Does everything there is to do between fork and exec: looks up, renders, also with errors, and installs.
  // 0, or the number of the step that went wrong.
  int (*use_everything)();

  // Calls a function that this library alone uses, and only here.
  void (*call_through_the_dynamic_linker)();
};

// Of each library one of these. Its name is what tells the libraries apart.
extern "C" const Library* LooseLibrary();
extern "C" const Library* StrictLibrary();
