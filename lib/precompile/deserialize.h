// SPDX-License-Identifier: Apache-2.0
//
// Policies from bytes that another process has written with Serialize(), or with malice: it has run the
// author's module, and nothing that it sends is trusted.
//
// What comes back is written as exactly these bytes; everything else is an Error: "the bytes of a policy are
// malformed: ...". Takes time and memory in proportion to the bytes, at most some fifty times as much memory,
// so that whoever bounds them has bounded all. Nothing else is thrown as long as there is that much.
#pragma once

#include <string_view>
#include <vector>

#include <precompiledseccomp/define.h>

namespace precompiledseccomp::precompile {

// The names of calls and variables are any bytes but none: whether a target has them, or a definition
// declares them, is for later checks. What Serialize() does not tell apart is lost: a default action that is
// set to kill the process, and one that is not set. So Policy::IsEmpty() is to be asked of the original. An
// errno that only Action::With() can give, 0 or more than 4095, is refused.
Policy DeserializePolicy(std::string_view bytes);

// Any names, widths and kinds, also those that CheckNames() refuses.
std::vector<Variable> DeserializeVariables(std::string_view bytes);

InstallNeeds DeserializeInstallNeeds(std::string_view bytes);

// The bytes of a policy for another process, of which is made sure that DeserializePolicy() gives that policy
// back, and no other (policy/same.h): what is compiled there, and proved, is what the author wrote. Throws
// Error if it does not, which is a bug of this library.
std::string SerializeToHandOver(const Policy& policy);

}  // namespace precompiledseccomp::precompile
