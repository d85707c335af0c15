// SPDX-License-Identifier: Apache-2.0
//
// Bytes as filters: all that looks at a filter must stand any, and those that the kernel accepts must run as
// in the second interpreter.

#include <algorithm>
#include <bit>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "../bpf/reference_interpreter.h"
#include "bpf/acceptance.h"
#include "bpf/allow_cache.h"
#include "bpf/disassembler.h"
#include "bpf/instructions.h"
#include "bpf/interpreter.h"
#include "fuzz/check_proof.h"
#include "fuzz/fail.h"
#include "fuzz/raw_filter.h"

namespace precompiledseccomp::fuzz {
namespace {

std::string Describe(const seccomp_data& call) {
  std::string text = "nr " + std::to_string(static_cast<std::uint32_t>(call.nr)) + ", arch " +
                     std::to_string(call.arch) + ", ip " + std::to_string(call.instruction_pointer);
  for (const auto argument : call.args) text += ", " + std::to_string(argument);
  return text;
}

void Require(bool holds, const char* what, const RawFilter& filter, const seccomp_data& call) {
  if (!holds) Fail(std::string(what) + "\n" + Describe(call) + "\n" + bpf::Disassemble(filter.program));
}

void CheckListing(const RawFilter& filter) {
  const std::string listing = bpf::Disassemble(filter.program, filter.big_endian);
  const bool is_plain =
      std::all_of(listing.begin(), listing.end(), [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); });
  const auto lines = static_cast<std::size_t>(std::count(listing.begin(), listing.end(), '\n'));
  if (!is_plain || lines != filter.program.size()) Fail("not a line for each instruction:\n" + listing);
}

// The call as a machine of this byte order must lay it out for the second interpreter, which reads it as it
// lies in memory, to find the halves where the other byte order has them.
seccomp_data WithHalvesFor(bool big_endian, seccomp_data call) {
  constexpr bool kIsBigEndian = std::endian::native == std::endian::big;
  if (big_endian == kIsBigEndian) return call;
  const auto exchange = [](auto& value) { value = value << 32U | value >> 32U; };
  exchange(call.instruction_pointer);
  for (auto& argument : call.args) exchange(argument);
  return call;
}

// Nothing if the program cannot be run on this call, as the header says of programs that are not accepted.
std::optional<bpf::Execution> RunIfPossible(const RawFilter& filter, const seccomp_data& call) {
  try {
    return bpf::Run(filter.program, call, filter.big_endian);
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

void CheckExecution(const RawFilter& filter, const seccomp_data& call, const bpf::Execution& execution) {
  // Also of a program that is not accepted: what was run of it was.
  const bpf::Execution expected =
      bpf::testing::RunByTable(filter.program, WithHalvesFor(filter.big_endian, call));
  Require(execution.result == expected.result, "the interpreters answer differently", filter, call);
  Require(execution.executed == expected.executed && execution.words_read == expected.words_read,
          "the interpreters take different paths", filter, call);

  std::vector<bool> ran;
  bpf::Run(filter.program, call, ran, filter.big_endian);
  Require(ran.size() == filter.program.size() &&
              static_cast<std::size_t>(std::count(ran.begin(), ran.end(), true)) == execution.executed,
          "not as many instructions are marked as were run", filter, call);
}

// What the kernel's emulation understands.
bool IsUnderstood(const sock_filter& instruction) {
  switch (instruction.code) {
    case BPF_LD | BPF_W | BPF_ABS:
      return instruction.k <= bpf::kArchOffset;
    case BPF_ALU | BPF_AND | BPF_K:
    case BPF_JMP | BPF_JA:
    case BPF_JMP | BPF_JEQ | BPF_K:
    case BPF_JMP | BPF_JGT | BPF_K:
    case BPF_JMP | BPF_JGE | BPF_K:
    case BPF_JMP | BPF_JSET | BPF_K:
    case BPF_RET | BPF_K:
      return true;
    default:
      return false;
  }
}

// What is cached are the calls that are allowed by understood instructions alone. All numbers that the filter
// may compare with are tried.
void CheckCache(const RawFilter& filter, seccomp_data call) {
  constexpr std::size_t kMostNumbers = 32;
  for (std::size_t place = 0; place < std::min(kMostNumbers, filter.program.size()); ++place) {
    call.nr = static_cast<int>(filter.program[place].k);
    std::vector<bool> ran;
    bool expected = bpf::Run(filter.program, call, ran, filter.big_endian).result == SECCOMP_RET_ALLOW;
    for (std::size_t i = 0; i < ran.size(); ++i)
      expected = expected && (!ran[i] || IsUnderstood(filter.program[i]));
    const bool is_cacheable =
        bpf::IsCacheable(filter.program, static_cast<std::uint32_t>(call.nr), call.arch);
    Require(is_cacheable == expected, expected ? "not cacheable" : "cacheable", filter, call);
  }
}

void CheckCall(const RawFilter& filter, bool accepted, const seccomp_data& call) {
  const std::optional<bpf::Execution> execution = RunIfPossible(filter, call);
  if (!execution) {
    Require(!accepted, "accepted, but does not run", filter, call);
    return;
  }
  CheckExecution(filter, call, *execution);
  if (accepted) CheckCache(filter, call);
}

void CheckFilter(const RawFilter& filter) {
  CheckListing(filter);
  const bool accepted = !bpf::ReasonForRefusal(filter.program);
  for (const seccomp_data& call : filter.calls) {
    bpf::IsCacheable(filter.program, static_cast<std::uint32_t>(call.nr), call.arch);
    CheckCall(filter, accepted, call);
  }
  CheckProof(filter);
}

}  // namespace
}  // namespace precompiledseccomp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace fuzz = precompiledseccomp::fuzz;
  fuzz::CheckFilter(fuzz::ReadRawFilter({data, size}));
  return 0;
}
