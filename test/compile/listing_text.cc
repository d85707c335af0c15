// SPDX-License-Identifier: Apache-2.0

#include "compile/listing_text.h"

#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "compile/scanner.h"

namespace precompiledseccomp::testing {
namespace {

constexpr std::array kJumps = {
    std::pair<std::string_view, std::uint16_t>("jeq", BPF_JEQ),
    std::pair<std::string_view, std::uint16_t>("jgt", BPF_JGT),
    std::pair<std::string_view, std::uint16_t>("jge", BPF_JGE),
    std::pair<std::string_view, std::uint16_t>("jset", BPF_JSET),
};

std::uint32_t ImmediateOperand(Scanner& text) {
  text.Expect("#");
  return text.Number();
}

// How far a jump from `index` has to go.
std::uint32_t Offset(Scanner& text, std::size_t index) {
  const std::uint32_t target = text.Number();
  if (target <= index) text.Fail("jumps go forward");
  return target - static_cast<std::uint32_t>(index) - 1;
}

std::uint8_t NearOffset(Scanner& text, std::size_t index) {
  const std::uint32_t offset = Offset(text, index);
  if (offset > UINT8_MAX) text.Fail("the jump is too long");
  return static_cast<std::uint8_t>(offset);
}

sock_filter ReturnOf(Scanner& text) {
  if (text.Takes("a")) return bpf::ReturnA();
  const std::string action = text.Name();
  const auto value = ReturnValueOf(action, TakesData(action) ? text.Number() : 0);
  if (!value) text.Fail("there is no action \"" + action + "\"");
  return bpf::Return(*value);
}

sock_filter InstructionAt(std::size_t index, Scanner& text) {
  if (text.Takes("ret")) return ReturnOf(text);
  if (text.Takes("and")) return bpf::And(ImmediateOperand(text));
  if (text.Takes("or")) return bpf::Or(ImmediateOperand(text));
  if (text.Takes("ja")) return bpf::Jump(Offset(text, index));
  if (text.Takes("ld")) {
    if (const auto word = text.Word()) return bpf::LoadWord(*word);
    return bpf::LoadImmediate(ImmediateOperand(text));
  }
  for (const auto& [name, operation] : kJumps) {
    if (!text.Takes(name)) continue;
    const std::uint32_t operand = ImmediateOperand(text);
    text.Expect("true:");
    const std::uint8_t jt = NearOffset(text, index);
    text.Expect("false:");
    const std::uint8_t jf = NearOffset(text, index);
    return {static_cast<std::uint16_t>(BPF_JMP | operation | BPF_K), jt, jf, operand};
  }
  text.Fail("an instruction is missing");
}

}  // namespace

bpf::Program Assemble(std::string_view listing, bool big_endian) {
  Scanner text(listing, big_endian);
  bpf::Program program;
  while (!text.IsAtEnd()) {
    if (text.Number() != program.size()) text.Fail("lines are to be numbered from 0");
    text.Expect(":");
    program.push_back(InstructionAt(program.size(), text));
  }
  return program;
}

}  // namespace precompiledseccomp::testing
