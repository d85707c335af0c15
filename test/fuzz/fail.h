// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace precompiledseccomp::fuzz {

// Says what is wrong and ends the process by a signal, so that the fuzzer keeps the input.
[[noreturn]] void Fail(const std::string& text);

}  // namespace precompiledseccomp::fuzz
