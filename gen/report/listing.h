// SPDX-License-Identifier: Apache-2.0
//
// Programs as text for people.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/error.h>
#include <precompiledseccomp/precompile.h>

#include "programs/compiled_target.h"

namespace precompiledseccomp::gen {

// For each instruction the variable whose value is its operand: "$fd1", "$address.low" for the half of a
// 64-bit variable, "" where the operand is a constant.
std::vector<std::string> OperandVariables(const PrecompiledProgram& program);

// For each instruction that compares the call's number, or its architecture, with a constant: the name of
// what it compares with. "exit_group" for jeq, "from exit_group" for jge, "above exit_group" for jgt; "" for
// other instructions, and where there is no name.
std::vector<std::string> NamesOfComparisons(const PrecompiledProgram& program);

// An instruction as bpf::Disassemble() writes it, with `operand` in place of the number, unless it is empty:
// "jeq $fd1  true: 12  false: 5".
std::string Disassemble(const sock_filter& instruction, std::size_t index, bool big_endian,
                        const std::string& operand);

// A heading and all instructions, with names.
std::string ProgramText(const PrecompiledProgram& program);

// The same for each of the programs and in it for each of the targets, which all hold the same programs.
std::string DisassemblyText(std::span<const CompiledTarget> targets);

// "integer", "fd", "pid", "errno" or "data".
const char* KindName(Variable::Kind kind);

// A line for each program: its name and its variables, as "address:64" and "input:fd" if they are no integers
// of 32 bits; sorted by name.
std::string ListText(std::span<const ProgramDefinition> definitions);

// `there is no program "wroker"; did you mean "worker"?`
Error UnknownProgram(const std::string& name, std::span<const ProgramDefinition> definitions);

}  // namespace precompiledseccomp::gen
