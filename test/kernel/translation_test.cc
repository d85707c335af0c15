// SPDX-License-Identifier: Apache-2.0
//
// The model of the kernel's translation (bpf/translation.h) against the kernel. It shows nobody the machine
// code of a filter, but that of an eBPF program to those who may load one: so random programs are loaded as
// the eBPF programs that the kernel would convert them to, and the lengths compared, which are right only if
// each jump is as long as the model says. Programs that are no filters have another beginning, as long for
// all.

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <precompiledseccomp/target.h>

#include "bpf/disassembler.h"
#include "bpf/instructions.h"
#include "bpf/translation.h"
#include "compile/unreachable.h"
#include "support/random.h"
#include "support/seeds.h"

namespace precompiledseccomp::testing {
namespace {

// Where bpf_convert_filter has A, the context, and what immediates with the highest bit go through.
constexpr std::uint8_t kA = BPF_REG_0;
constexpr std::uint8_t kX = BPF_REG_7;
constexpr std::uint8_t kContext = BPF_REG_6;
constexpr std::uint8_t kTemporary = BPF_REG_2;

// Of the instructions that we write.
class Conversion {
 public:
  explicit Conversion(const std::vector<sock_filter>& program) : program_(program), begins_(program.size()) {
    // The second time, all beginnings are known.
    for (int round = 0; round < 2; ++round) Convert();
  }

  [[nodiscard]] const std::vector<bpf_insn>& instructions() const { return converted_; }

 private:
  void Convert() {
    converted_.clear();
    // Not `xor`, which the verifier takes for a use of what was never written; of the same lengths.
    Add(BPF_ALU | BPF_MOV | BPF_K, kA, 0, 0, 0);
    Add(BPF_ALU | BPF_MOV | BPF_K, kX, 0, 0, 0);
    Add(BPF_ALU64 | BPF_MOV | BPF_X, kContext, BPF_REG_1, 0, 0);
    for (std::size_t i = 0; i < program_.size(); ++i) {
      begins_[i] = converted_.size();
      const sock_filter& from = program_[i];
      switch (BPF_CLASS(from.code)) {
        case BPF_LD:
          if (BPF_MODE(from.code) == BPF_IMM)
            Add(BPF_ALU | BPF_MOV | BPF_K, kA, 0, 0, from.k);
          else
            Add(BPF_LDX | BPF_MEM | BPF_W, kA, kContext, static_cast<std::int16_t>(from.k), 0);
          break;
        case BPF_ALU:
          Add(from.code, kA, 0, 0, from.k);
          break;
        case BPF_RET:
          if (BPF_RVAL(from.code) == BPF_K) Add(BPF_ALU | BPF_MOV | BPF_K, kA, 0, 0, from.k);
          Add(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
          break;
        default:
          ConvertJump(from, i + 1);
      }
    }
  }

  void ConvertJump(const sock_filter& from, std::size_t next) {
    if (BPF_OP(from.code) == BPF_JA) return AddJump(BPF_JA, 0, 0, next + from.k);
    const bool is_high = (from.k & 0x80000000) != 0;
    if (is_high) Add(BPF_ALU | BPF_MOV | BPF_K, kTemporary, 0, 0, from.k);
    const std::uint8_t source = is_high ? kTemporary : 0;
    const std::uint32_t immediate = is_high ? 0 : from.k;
    const auto jump_if = [&](int operation, std::size_t to) {
      AddJump(operation | (is_high ? BPF_X : BPF_K), source, immediate, to);
    };
    const int operation = BPF_OP(from.code);
    if (from.jt == 0 && from.jf != 0 && operation != BPF_JSET) {
      jump_if(operation == BPF_JEQ ? BPF_JNE : operation == BPF_JGT ? BPF_JLE : BPF_JLT, next + from.jf);
      return;
    }
    jump_if(operation, next + from.jt);
    if (from.jf != 0) AddJump(BPF_JA, 0, 0, next + from.jf);
  }

  void AddJump(int operation, std::uint8_t source, std::uint32_t immediate, std::size_t to) {
    const auto distance =
        static_cast<std::ptrdiff_t>(begins_[to]) - static_cast<std::ptrdiff_t>(converted_.size()) - 1;
    Add(BPF_JMP | operation, operation == BPF_JA ? std::uint8_t{0} : kA, source,
        static_cast<std::int16_t>(distance), immediate);
  }

  void Add(int code, std::uint8_t to, std::uint8_t from, std::int16_t offset, std::uint32_t immediate) {
    bpf_insn instruction = {};
    instruction.code = static_cast<std::uint8_t>(code);
    instruction.dst_reg = to & 0xf;
    instruction.src_reg = from & 0xf;
    instruction.off = offset;
    instruction.imm = static_cast<std::int32_t>(immediate);
    converted_.push_back(instruction);
  }

  const std::vector<sock_filter>& program_;
  std::vector<std::size_t> begins_;
  std::vector<bpf_insn> converted_;
};

struct Loaded {
  std::size_t ebpf_instructions = 0;
  std::size_t bytes = 0;
};

// Nothing if it cannot be loaded, with errno; bytes are 0 if it was not translated or is not shown.
std::optional<Loaded> Load(const std::vector<sock_filter>& program) {
  const std::vector<bpf_insn> converted = Conversion(program).instructions();
  bpf_attr load = {};
  load.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT;  // reads words of its context, and returns what it likes
  load.insns = reinterpret_cast<std::uintptr_t>(converted.data());
  load.insn_cnt = static_cast<std::uint32_t>(converted.size());
  load.license = reinterpret_cast<std::uintptr_t>("GPL");
  const auto descriptor = static_cast<int>(syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof load));
  if (descriptor < 0) return std::nullopt;
  bpf_prog_info shown = {};
  bpf_attr ask = {};
  ask.info.bpf_fd = static_cast<std::uint32_t>(descriptor);
  ask.info.info = reinterpret_cast<std::uintptr_t>(&shown);
  ask.info.info_len = sizeof shown;
  const bool is_shown = syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &ask, sizeof ask) == 0;
  close(descriptor);
  if (!is_shown) return std::nullopt;
  return Loaded{converted.size(), shown.jited_prog_len};
}

// The longest short jump is another one before.
bool IsAsModelled() {
  utsname kernel;
  int version = 0;
  int patch_level = 0;
  uname(&kernel);
  if (std::sscanf(kernel.release, "%d.%d", &version, &patch_level) != 2) return false;
  return NativeTarget().jit_shortens_jumps && KernelVersion{version, patch_level} >= KernelVersion{6, 12};
}

const std::vector<sock_filter> kOneInstruction = {bpf::Return(SECCOMP_RET_ALLOW)};

std::string ReasonToSkip() {
  if (!IsAsModelled()) return "skipped: the model is of Linux 6.12 and later, on x86-64";
  const std::optional<Loaded> loaded = Load(kOneInstruction);
  if (!loaded) return std::string("skipped: no eBPF program can be loaded: ") + std::strerror(errno);
  return loaded->bytes == 0 ? "skipped: the kernel does not translate, or does not show it" : "";
}

// Each test is of a word that was just loaded, so that the verifier, which drops what cannot be reached, does
// not know an answer.
std::vector<sock_filter> AnyProgram(Random& random) {
  constexpr std::array<std::uint32_t, 4> kOperands = {0, 0x70, 0x1000, 0x80000010};
  const std::size_t tests = random.Between(5, 120);
  const std::size_t answers = random.Between(2, 5);
  std::vector<sock_filter> program;
  // In instructions; answers are one each.
  const auto any_distance = [&](std::size_t test) {
    const std::size_t left = tests - 1 - test;
    if (random.OneIn(3)) return 2 * left + random.Below(answers);
    return 2 * std::min(left, random.OneIn(2) ? std::size_t{0} : random.Below(30));
  };
  for (std::size_t test = 0; test < tests; ++test) {
    program.push_back(bpf::LoadWord(static_cast<std::uint32_t>(16 + 4 * random.Below(12))));
    const std::uint32_t number = kOperands[random.Below(kOperands.size())] + 5;
    const auto no = static_cast<std::uint8_t>(any_distance(test));
    auto yes = static_cast<std::uint8_t>(any_distance(test));
    // Else there was no test.
    if (yes == no) yes = no == 0 ? (test + 1 == tests ? 1 : 2) : 0;
    program.push_back(random.OneIn(3)   ? bpf::JumpIfAnySet(number, yes, no)
                      : random.OneIn(2) ? bpf::JumpIfEqual(number, yes, no)
                                        : bpf::JumpIfGreater(number, yes, no));
  }
  for (std::size_t answer = 0; answer < answers; ++answer)
    program.push_back(bpf::Return(static_cast<std::uint32_t>(SECCOMP_RET_ERRNO + answer)));
  return compile::WithoutUnreachable(program);
}

BOOST_AUTO_TEST_CASE(TheKernelsMachineCodeIsAsLongAsModelled) {
  if (const std::string reason = ReasonToSkip(); !reason.empty()) {
    BOOST_TEST_MESSAGE(reason);
    return;
  }
  bpf::X86Translator translator;
  const std::size_t beginning = Load(kOneInstruction)->bytes - translator.Translate(kOneInstruction).bytes;
  std::size_t late = 0;
  ForEachSeed(20, 300, [&](std::uint64_t seed) {
    Random random(seed);
    const std::vector<sock_filter> program = AnyProgram(random);
    const bpf::Translation translation = translator.Translate(program);
    late += translation.late_bytes > 0 ? 1 : 0;
    const std::optional<Loaded> loaded = Load(program);
    BOOST_REQUIRE(loaded);
    BOOST_TEST(loaded->ebpf_instructions == translation.ebpf_instructions);
    BOOST_TEST(loaded->bytes == translation.bytes + beginning, bpf::Disassemble(program));
  });
  // Else only the simplest were compared.
  BOOST_TEST(late > 0U);
}

}  // namespace
}  // namespace precompiledseccomp::testing
