// SPDX-License-Identifier: Apache-2.0
//
// A shared library like any other.
extern "C" int Answer() {
  return 42;
}
