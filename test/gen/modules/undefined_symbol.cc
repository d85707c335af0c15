// SPDX-License-Identifier: Apache-2.0
//
// A module that lacks a part of itself.
extern "C" int ThisIsDefinedNowhere();

extern "C" int Answer() {
  return ThisIsDefinedNowhere();
}
