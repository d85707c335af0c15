// SPDX-License-Identifier: Apache-2.0
//
// Names in the generated sources.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <precompiledseccomp/define.h>

namespace precompiledseccomp::gen {

// Whether the text is one C++ identifier or several joined by `::`, and names a namespace that generated code
// may use.
bool IsUsableNamespace(std::string_view name_space);

// The name of a program's typed struct, in CamelCase: "sentry_kvm-directfs" is SentryKvmDirectfs. What
// separates two digits remains as an underscore, so that "v1.12" (V1_12) and "v11.2" (V11_2) stay different.
std::string StructName(std::string_view program);

// Throws Error when two programs have one struct name, or a name is taken by another part of the generated
// sources. The names have passed CheckNames().
void CheckGeneratedNames(std::span<const ProgramDefinition> definitions);

}  // namespace precompiledseccomp::gen
