// SPDX-License-Identifier: Apache-2.0
//
// A filter under which getppid() fails with EDOM, installed by one of two libraries that hold different
// versions of the runtime library.
#pragma once

struct Choices {
  bool trap;          // Mode::kTrap
  bool no_new_privs;  // InstallOptions::no_new_privs
  bool new_listener;  // InstallOptions::new_listener
};

struct Installed {
  int error;
  int listener;
};

extern "C" Installed InstallWithOne(const Choices& choices);
extern "C" Installed InstallWithOther(const Choices& choices);
