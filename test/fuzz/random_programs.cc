// SPDX-License-Identifier: Apache-2.0

#include "fuzz/random_programs.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/precompile.h>

#include "programs/proof.h"
#include "write/identifiers.h"

namespace precompiledseccomp::fuzz {
namespace {

using testing::Random;

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kOfIdentifiers = "abcxyzABCXYZ0129_";
constexpr std::string_view kOfPrograms = "abcxyzABCXYZ0129_-./:+";
// What a path may have, but for what the command line refuses.
constexpr std::string_view kOfPaths = "abcABC019/.-_ +#%&'()*,:;<=>?@[]^`{|}~$!";

constexpr std::size_t kLongName = 200;

class Maker {
 public:
  explicit Maker(Random random) : random_(std::move(random)) {}

  RandomModule Make() {
    const bool many = Rarely(250);
    static const std::vector<std::string> name_spaces = {"a", "my_app", "company::app::filters"};
    module_.name_space = random_.OneOf(name_spaces);
    module_.header = Text(kOfPaths, kOfPaths, 12);
    for (std::size_t i = 0, count = random_.Below(7); i < count; ++i) AddDefinition();
    if (many) AddManyDefinitions();
    std::sort(module_.definitions.begin(), module_.definitions.end(),
              [](const auto& left, const auto& right) { return left.name < right.name; });

    const std::size_t targets = random_.Below(Targets().size() + 1);
    const std::size_t first = random_.Below(Targets().size());
    for (std::size_t i = 0; i < targets; ++i) AddTarget(Targets()[(first + i) % Targets().size()]);
    return std::move(module_);
  }

 private:
  // Not where the bytes have come to an end.
  bool Rarely(std::size_t one_in) { return random_.Below(one_in) == one_in - 1; }

  std::string Text(std::string_view first, std::string_view others, std::size_t longest) {
    std::string text(1, first[random_.Below(first.size())]);
    for (std::size_t i = 0, count = random_.Below(longest); i < count; ++i)
      text += others[random_.Below(others.size())];
    return text;
  }

  // ---- Definitions.

  void AddDefinition() {
    ProgramDefinition definition;
    definition.name = Text(kLetters, kOfPrograms, Rarely(20) ? kLongName : 8);
    if (!names_.insert(definition.name).second) return;
    const bool as_before = !module_.definitions.empty() && random_.OneIn(3);
    definition.variables = as_before ? module_.definitions.back().variables : SomeVariables();
    definition.policy = [](const Values&) { return Policy(); };
    definition.install = {.tsync = random_.OneIn(3),
                          .log = random_.OneIn(3),
                          .spec_allow = random_.OneIn(3),
                          .new_listener = random_.OneIn(3),
                          .wait_killable_recv = random_.OneIn(3),
                          .confirmed_kill_process = random_.OneIn(3)};
    module_.definitions.push_back(std::move(definition));
  }

  std::vector<Variable> SomeVariables() {
    std::vector<Variable> variables;
    std::set<std::string> names;
    for (std::size_t i = 0, count = random_.Below(4); i < count; ++i) {
      Variable variable(Text(kLetters, kOfIdentifiers, 6), random_.OneIn(3) ? 64 : 32);
      if (variable.bits == 32) variable.kind = static_cast<Variable::Kind>(random_.Below(5));
      if (names.insert(variable.name).second) variables.push_back(std::move(variable));
    }
    return variables;
  }

  // More, and longer names, than fit into one literal.
  void AddManyDefinitions() {
    if (module_.definitions.empty()) return;
    const std::size_t count = random_.Between(300, 350);
    for (std::size_t i = 0; i < count; ++i) {
      ProgramDefinition copy = module_.definitions.front();
      copy.name = "z" + std::string(kLongName - 10, 'z') + "-" + std::to_string(i);
      module_.definitions.push_back(std::move(copy));
    }
  }

  // ---- What they are compiled to.

  void AddTarget(const Target& target) {
    gen::CompiledTarget compiled;
    compiled.target = target;
    std::set<std::string> calls;
    for (std::size_t i = 0, count = random_.Below(4); i < count; ++i)
      calls.insert(Text(kLetters, kOfIdentifiers, 9));
    for (const std::string& call : calls) compiled.used_syscalls.push_back({call, random_.Word32()});
    for (const ProgramDefinition& definition : module_.definitions) {
      compiled.programs.push_back(ProgramOf(definition, target, compiled.programs));
      ProofRecord& proof = compiled.proofs[definition.name];
      if (random_.OneIn(5)) proof = gen::ProofTurnedOff();
    }
    compiled.distinct_programs = compiled.programs.size();
    module_.targets.push_back(std::move(compiled));
  }

  PrecompiledProgram ProgramOf(const ProgramDefinition& definition, const Target& target,
                               const std::vector<PrecompiledProgram>& before) {
    PrecompiledProgram program{definition.name, target, {}, {}, {}, {}, definition.install};
    if (!before.empty() && random_.OneIn(4)) {
      program.instructions = before.back().instructions;
      if (random_.OneIn(2)) ChangeOne(program.instructions);
    } else {
      AddInstructions(program.instructions);
    }
    // No two variables stand at one place.
    std::vector<std::uint32_t> free(program.instructions.size());
    for (std::size_t i = 0; i < free.size(); ++i) free[i] = static_cast<std::uint32_t>(i);
    for (const Variable& variable : definition.variables) {
      program.variables.push_back({variable.name, variable.bits, variable.kind, TakeOffsets(free), {}});
      PrecompiledVariable& added = program.variables.back();
      if (variable.bits == 64) added.high_offsets = TakeOffsets(free);
      for (const auto* offsets : {&added.low_offsets, &added.high_offsets})
        for (const std::uint32_t offset : *offsets)
          if (random_.OneIn(4)) added.flipped_offsets.push_back(offset);
      std::sort(added.flipped_offsets.begin(), added.flipped_offsets.end());
    }
    for (const PrecompiledVariable& variable : program.variables)
      for (const auto* offsets : {&variable.low_offsets, &variable.high_offsets})
        for (const std::uint32_t offset : *offsets) program.instructions[offset].k = 0;
    return program;
  }

  void AddInstructions(std::vector<sock_filter>& instructions) {
    const std::size_t count = Rarely(200) ? random_.Between(1, BPF_MAXINSNS) : random_.Between(1, 12);
    for (std::size_t i = 0; i < count; ++i) {
      sock_filter& instruction = instructions.emplace_back();
      instruction.code =
          static_cast<std::uint16_t>(random_.OneIn(8) ? random_.Below(0x10000) : random_.Below(0x100));
      instruction.jt = static_cast<std::uint8_t>(random_.Below(0x100));
      instruction.jf = static_cast<std::uint8_t>(random_.Below(0x100));
      instruction.k = random_.Word32();
    }
  }

  // So that it is nearly the same.
  void ChangeOne(std::vector<sock_filter>& instructions) {
    sock_filter& instruction = instructions[random_.Below(instructions.size())];
    switch (random_.Below(4)) {
      case 0:
        instruction.code ^= 1U;
        break;
      case 1:
        ++instruction.jt;
        break;
      case 2:
        ++instruction.jf;
        break;
      default:
        ++instruction.k;
    }
  }

  // Ascending; none for a variable that was optimised away.
  std::vector<std::uint32_t> TakeOffsets(std::vector<std::uint32_t>& free) {
    std::vector<std::uint32_t> offsets;
    for (std::size_t i = 0, count = random_.Below(4); i < count && !free.empty(); ++i) {
      const auto chosen = free.begin() + static_cast<std::ptrdiff_t>(random_.Below(free.size()));
      offsets.push_back(*chosen);
      free.erase(chosen);
    }
    std::sort(offsets.begin(), offsets.end());
    return offsets;
  }

  Random random_;
  RandomModule module_;
  std::set<std::string> names_;
};

}  // namespace

std::optional<RandomModule> MakeRandomModule(Random random) {
  RandomModule module = Maker(std::move(random)).Make();
  try {
    CheckNames(module.definitions);
    gen::CheckGeneratedNames(module.definitions);
    return module;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace precompiledseccomp::fuzz
