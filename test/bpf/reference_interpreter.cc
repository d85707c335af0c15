// SPDX-License-Identifier: Apache-2.0

#include "reference_interpreter.h"

#include <cstddef>
#include <cstring>
#include <functional>
#include <map>

namespace precompiledseccomp::bpf::testing {
namespace {

struct State {
  const sock_filter* next;
  std::uint64_t a = 0;  // kept below 2^32: every step ends with a cut
  std::uint64_t x = 0;
  std::uint64_t memory[BPF_MEMWORDS] = {};
  bool done = false;
  unsigned char bytes[sizeof(seccomp_data)] = {};
  Execution execution;
};

using Step = std::function<void(State&, const sock_filter&)>;

void Load(State& s, std::uint32_t offset) {
  std::uint32_t word = 0;
  std::memcpy(&word, s.bytes + offset, sizeof(word));
  s.a = word;
  s.execution.words_read |= std::uint64_t{1} << (offset >> 2U);
}

void Finish(State& s, std::uint64_t result) {
  s.execution.result = static_cast<std::uint32_t>(result);
  s.done = true;
}

void Divide(State& s, std::uint64_t divisor) {
  if (divisor == 0) return Finish(s, 0);
  s.a = s.a / divisor;
}

// Codes as numbers, as they are printed in listings of BPF: class in the low three bits, X in 0x08.
const std::map<unsigned, Step>& Steps() {
  static const std::map<unsigned, Step> steps = {
      {0x00, [](State& s, const sock_filter& i) { s.a = i.k; }},
      {0x20, [](State& s, const sock_filter& i) { Load(s, i.k); }},
      {0x60, [](State& s, const sock_filter& i) { s.a = s.memory[i.k]; }},
      {0x80, [](State& s, const sock_filter&) { s.a = 64; }},
      {0x01, [](State& s, const sock_filter& i) { s.x = i.k; }},
      {0x61, [](State& s, const sock_filter& i) { s.x = s.memory[i.k]; }},
      {0x81, [](State& s, const sock_filter&) { s.x = 64; }},
      {0x02, [](State& s, const sock_filter& i) { s.memory[i.k] = s.a; }},
      {0x03, [](State& s, const sock_filter& i) { s.memory[i.k] = s.x; }},
      {0x07, [](State& s, const sock_filter&) { s.x = s.a; }},
      {0x87, [](State& s, const sock_filter&) { s.a = s.x; }},
      {0x04, [](State& s, const sock_filter& i) { s.a = s.a + i.k; }},
      {0x0c, [](State& s, const sock_filter&) { s.a = s.a + s.x; }},
      {0x14, [](State& s, const sock_filter& i) { s.a = s.a - i.k; }},
      {0x1c, [](State& s, const sock_filter&) { s.a = s.a - s.x; }},
      {0x24, [](State& s, const sock_filter& i) { s.a = s.a * i.k; }},
      {0x2c, [](State& s, const sock_filter&) { s.a = s.a * s.x; }},
      {0x34, [](State& s, const sock_filter& i) { Divide(s, i.k); }},
      {0x3c, [](State& s, const sock_filter&) { Divide(s, s.x); }},
      {0x44, [](State& s, const sock_filter& i) { s.a = s.a | i.k; }},
      {0x4c, [](State& s, const sock_filter&) { s.a = s.a | s.x; }},
      {0x54, [](State& s, const sock_filter& i) { s.a = s.a & i.k; }},
      {0x5c, [](State& s, const sock_filter&) { s.a = s.a & s.x; }},
      {0x64, [](State& s, const sock_filter& i) { s.a = s.a << i.k; }},
      {0x6c, [](State& s, const sock_filter&) { s.a = s.a << s.x % 32; }},
      {0x74, [](State& s, const sock_filter& i) { s.a = s.a >> i.k; }},
      {0x7c, [](State& s, const sock_filter&) { s.a = s.a >> s.x % 32; }},
      {0x84, [](State& s, const sock_filter&) { s.a = ~s.a + 1; }},
      {0xa4, [](State& s, const sock_filter& i) { s.a = s.a ^ i.k; }},
      {0xac, [](State& s, const sock_filter&) { s.a = s.a ^ s.x; }},
      {0x05, [](State& s, const sock_filter& i) { s.next += i.k; }},
      {0x15, [](State& s, const sock_filter& i) { s.next += s.a == i.k ? i.jt : i.jf; }},
      {0x1d, [](State& s, const sock_filter& i) { s.next += s.a == s.x ? i.jt : i.jf; }},
      {0x25, [](State& s, const sock_filter& i) { s.next += s.a > i.k ? i.jt : i.jf; }},
      {0x2d, [](State& s, const sock_filter& i) { s.next += s.a > s.x ? i.jt : i.jf; }},
      {0x35, [](State& s, const sock_filter& i) { s.next += s.a >= i.k ? i.jt : i.jf; }},
      {0x3d, [](State& s, const sock_filter& i) { s.next += s.a >= s.x ? i.jt : i.jf; }},
      {0x45, [](State& s, const sock_filter& i) { s.next += (s.a & i.k) != 0 ? i.jt : i.jf; }},
      {0x4d, [](State& s, const sock_filter& i) { s.next += (s.a & s.x) != 0 ? i.jt : i.jf; }},
      {0x06, [](State& s, const sock_filter& i) { Finish(s, i.k); }},
      {0x16, [](State& s, const sock_filter&) { Finish(s, s.a); }},
  };
  return steps;
}

}  // namespace

Execution RunByTable(std::span<const sock_filter> program, const seccomp_data& call) {
  State state{.next = program.data(), .execution = {}};
  std::memcpy(state.bytes, &call, sizeof(call));
  while (!state.done) {
    const sock_filter& instruction = *state.next++;
    ++state.execution.executed;
    Steps().at(instruction.code)(state, instruction);
    state.a %= std::uint64_t{1} << 32U;
  }
  return state.execution;
}

}  // namespace precompiledseccomp::bpf::testing
