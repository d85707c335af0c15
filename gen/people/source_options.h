// SPDX-License-Identifier: Apache-2.0
//
// The options of every command that is given a SOURCE: for which machine it is, and what its variables are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "option_table.h"
#include "people/source.h"

namespace precompiledseccomp::gen {

std::vector<Option> SourceOptions();

// The machine that is asked for. Throws UsageError.
Target TargetOf(const GivenWords& given);

// Reads what `text` names. Throws UsageError and Error.
Source SourceOf(const GivenWords& given, const std::string& text);

// For each variable of the program, in order: the value that it is set to, checked as rendering checks it.
// Throws UsageError, which names the variable.
std::vector<std::optional<std::uint64_t>> ValuesOf(const GivenWords& given,
                                                   const PrecompiledProgram& program);

// `"fd1", "fd2"`: those that are not set; empty if all are.
std::string UnsetVariables(const PrecompiledProgram& program,
                           const std::vector<std::optional<std::uint64_t>>& values);

}  // namespace precompiledseccomp::gen
