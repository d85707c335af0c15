// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "library.h"

// Loads lib<name><variant>.so of this folder with dlopen(3) and calls <name>Library. The library stays.
const Library& Load(const std::string& name, int flags, const std::string& variant = "");
