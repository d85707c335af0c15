// SPDX-License-Identifier: Apache-2.0

#include "random_program.h"

#include <algorithm>
#include <utility>

#include "bpf/acceptance.h"

namespace precompiledseccomp::bpf::testing {
namespace {

constexpr std::uint32_t kAuditArchX86_64 = 0xc000003e;

std::uint32_t RandomReturnValue(Random& random) {
  return random.OneOf<std::uint32_t>({SECCOMP_RET_ALLOW, SECCOMP_RET_ALLOW, SECCOMP_RET_ALLOW | 1,
                                      SECCOMP_RET_LOG, SECCOMP_RET_ERRNO | 38, SECCOMP_RET_TRAP | 7,
                                      SECCOMP_RET_TRACE | 1, SECCOMP_RET_KILL_PROCESS, 0, 0x12340000});
}

// `room` is the largest number of instructions to skip.
sock_filter RandomJump(Random& random, std::size_t room) {
  const auto skip = [&] {
    return static_cast<std::uint8_t>(
        random.Below(std::min<std::uint64_t>({room, random.OneIn(4) ? 255U : 5U}) + 1));
  };
  const std::uint32_t k = random.Word();
  switch (random.Below(9)) {
    case 0:
      return JumpIfEqual(k, skip(), skip());
    case 1:
      return JumpIfGreater(k, skip(), skip());
    case 2:
      return JumpIfGreaterOrEqual(k, skip(), skip());
    case 3:
      return JumpIfAnySet(k, skip(), skip());
    case 4:
      return JumpIfEqualX(skip(), skip());
    case 5:
      return JumpIfGreaterX(skip(), skip());
    case 6:
      return JumpIfGreaterOrEqualX(skip(), skip());
    case 7:
      return JumpIfAnySetX(skip(), skip());
    default:
      return Jump(skip());
  }
}

sock_filter RandomArithmetic(Random& random) {
  const std::uint32_t k = random.Word();
  const auto operation = random.OneOf<std::uint16_t>(
      {BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_AND, BPF_OR, BPF_XOR, BPF_LSH, BPF_RSH});
  if (random.OneIn(10)) return Negate();
  if (random.OneIn(2)) return CalculateX(operation);
  if (operation == BPF_LSH || operation == BPF_RSH) return Calculate(operation, k % 32);
  return Calculate(operation, operation == BPF_DIV ? std::max(k, 1U) : k);
}

// Slots 0 to 3, so that what is read was often written.
sock_filter RandomMove(Random& random, bool with_instruction_pointer) {
  const std::uint32_t slot = random.Below(4);
  switch (random.Below(12)) {
    case 0:
      return LoadImmediate(random.Word());
    case 1:
      return LoadLength();
    case 2:
      return LoadScratch(slot);
    case 3:
      return StoreScratch(slot);
    case 4:
      return LoadImmediateX(random.Word());
    case 5:
      return LoadLengthX();
    case 6:
      return LoadScratchX(slot);
    case 7:
      return StoreScratchX(slot);
    case 8:
      return Tax();
    case 9:
      return Txa();
    default:
      break;
  }
  const std::uint32_t word = random.Below(16);
  const bool is_instruction_pointer = word == 2 || word == 3;
  return LoadWord(is_instruction_pointer && !with_instruction_pointer ? kNumberOffset : 4 * word);
}

sock_filter RandomStep(Random& random, bool with_instruction_pointer) {
  return random.OneIn(2) ? RandomArithmetic(random) : RandomMove(random, with_instruction_pointer);
}

// Half of the programs write all slots that they use first: in the others a read of scratch memory is rarely
// accepted.
Program RandomStart(Random& random, std::size_t length) {
  if (length < 10 || random.OneIn(2)) return {};
  return {LoadWord(kNumberOffset), StoreScratch(0), StoreScratchX(1), LoadWord(20),
          StoreScratch(2),         Tax(),           StoreScratchX(3)};
}

// Any code that means something in some dialect of BPF, and now and then one that does not.
std::uint16_t RandomCode(Random& random) {
  if (random.OneIn(10)) return static_cast<std::uint16_t>(random.Below(0x10000));
  return static_cast<std::uint16_t>(random.Below(0x100));
}

std::uint32_t RandomOperand(Random& random) {
  return random.OneOf<std::uint32_t>({0,
                                      1,
                                      2,
                                      3,
                                      4,
                                      15,
                                      16,
                                      31,
                                      32,
                                      40,
                                      60,
                                      62,
                                      64,
                                      68,
                                      0xfffff000,
                                      0xfffff004,
                                      0xffffffff,
                                      random.Below(20),
                                      4 * random.Below(16),
                                      random.Word()});
}

}  // namespace

std::uint32_t Random::Word() {
  switch (Below(5)) {
    case 0:
      return Below(4);
    case 1:
      return Below(64);
    case 2:
      return (1U << Below(32)) - Below(2);
    case 3:
      return 0U - Below(3);
    default:
      return static_cast<std::uint32_t>(engine_());
  }
}

seccomp_data RandomCall(Random& random) {
  seccomp_data call = {};
  call.nr = static_cast<int>(random.Below(64));
  call.arch = random.OneIn(4) ? random.Word() : kAuditArchX86_64;
  const auto wide = [&] { return static_cast<std::uint64_t>(random.Word()) << 32U | random.Word(); };
  call.instruction_pointer = wide();
  for (auto& argument : call.args) argument = wide();
  return call;
}

Program RandomBody(Random& random, std::size_t length) {
  for (;;) {
    Program body = RandomStart(random, length);
    while (body.size() < length) {
      const std::size_t room = length - body.size() - 1;
      body.push_back(random.OneIn(4) ? RandomJump(random, room) : RandomStep(random, false));
    }
    Program with_return = body;
    with_return.push_back(ReturnA());
    if (!ReasonForRefusal(with_return)) return body;
  }
}

Program RandomAcceptedProgram(Random& random, std::size_t length) {
  for (;;) {
    Program program = RandomStart(random, length);
    while (program.size() + 1 < length) {
      const std::size_t room = length - program.size() - 2;
      if (random.OneIn(4))
        program.push_back(RandomJump(random, room));
      else if (random.OneIn(10))
        program.push_back(random.OneIn(3) ? ReturnA() : Return(RandomReturnValue(random)));
      else
        program.push_back(RandomStep(random, true));
    }
    program.push_back(random.OneIn(2) ? ReturnA() : Return(RandomReturnValue(random)));
    if (!ReasonForRefusal(program)) return program;
  }
}

Program RandomCacheableProgram(Random& random, std::size_t length) {
  Program program;
  while (program.size() + 1 < length) {
    const std::size_t room = length - program.size() - 2;
    switch (random.Below(6)) {
      case 0:
        program.push_back(LoadWord(random.OneIn(4) ? kArchOffset : kNumberOffset));
        break;
      case 1:
        program.push_back(And(random.Word()));
        break;
      case 2:
        program.push_back(Return(RandomReturnValue(random)));
        break;
      default: {
        sock_filter jump = RandomJump(random, room);
        if (BPF_OP(jump.code) != BPF_JA) {
          jump.code = static_cast<std::uint16_t>(jump.code & ~BPF_X);
          jump.k = random.OneIn(4) ? kAuditArchX86_64 : random.Below(64);
        }
        program.push_back(jump);
      }
    }
  }
  program.push_back(Return(RandomReturnValue(random)));
  return program;
}

void Mutate(Random& random, Program& program) {
  const auto any = [&] { return static_cast<std::ptrdiff_t>(random.Below(program.size())); };
  const auto place = program.begin() + any();
  switch (random.Below(9)) {
    case 0:
      place->code = RandomCode(random);
      break;
    case 1:
      place->code = static_cast<std::uint16_t>(place->code ^ 1U << random.Below(9));
      break;
    case 2:
    case 3:
      place->k = RandomOperand(random);
      break;
    case 4:
      place->jt = static_cast<std::uint8_t>(random.Below(12));
      break;
    case 5:
      place->jf = static_cast<std::uint8_t>(random.Below(12));
      break;
    case 6:
      program.insert(place, {RandomCode(random), 0, 0, RandomOperand(random)});
      break;
    case 7:
      std::swap(*place, program[static_cast<std::size_t>(any())]);
      break;
    default:
      if (program.size() > 1) program.erase(place);
  }
}

}  // namespace precompiledseccomp::bpf::testing
