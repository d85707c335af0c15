// SPDX-License-Identifier: Apache-2.0
//
// Whether libraries have the filters that they were built with.
#pragma once

#include "library.h"

// Both, in one process.
void CheckBoth(const Library& loose, const Library& strict);
