// SPDX-License-Identifier: Apache-2.0

#include "bpf/loaded_words.h"

#include <cstddef>

namespace precompiledseccomp::bpf {
namespace {

// A on the way to an instruction. Jumps lead forward only, so that one walk sees all ways.
struct Accumulator {
  bool is_reached = false;
  std::optional<std::uint32_t> word;  // offset
};

void Arrive(const std::optional<std::uint32_t>& word, Accumulator& at) {
  if (at.is_reached && at.word != word) at.word.reset();
  if (!at.is_reached) at = {true, word};
}

bool ChangesA(std::uint16_t code) {
  const bool is_load = BPF_CLASS(code) == BPF_LD;
  const bool is_copy = BPF_CLASS(code) == BPF_MISC && BPF_MISCOP(code) == BPF_TXA;
  return is_load || is_copy || BPF_CLASS(code) == BPF_ALU;
}

}  // namespace

std::vector<std::optional<std::uint32_t>> LoadedWords(std::span<const sock_filter> program) {
  std::vector<Accumulator> at(program.size());
  const auto arrive = [&](std::uint64_t index, const std::optional<std::uint32_t>& word) {
    if (index < at.size()) Arrive(word, at[static_cast<std::size_t>(index)]);
  };
  arrive(0, std::nullopt);
  for (std::size_t i = 0; i < program.size(); ++i) {
    const sock_filter& instruction = program[i];
    if (!at[i].is_reached || BPF_CLASS(instruction.code) == BPF_RET) continue;
    const std::uint64_t next = i + 1;
    if (BPF_CLASS(instruction.code) == BPF_JMP) {
      const bool is_always = BPF_OP(instruction.code) == BPF_JA;
      arrive(next + (is_always ? instruction.k : instruction.jt), at[i].word);
      if (!is_always) arrive(next + instruction.jf, at[i].word);
    } else if (instruction.code == (BPF_LD | BPF_W | BPF_ABS)) {
      arrive(next, instruction.k);
    } else {
      arrive(next, ChangesA(instruction.code) ? std::nullopt : at[i].word);
    }
  }
  std::vector<std::optional<std::uint32_t>> words;
  words.reserve(at.size());
  for (const Accumulator& accumulator : at) words.push_back(accumulator.word);
  return words;
}

}  // namespace precompiledseccomp::bpf
