// SPDX-License-Identifier: Apache-2.0

#include "programs/prove_all.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include <precompiledseccomp/error.h>

#include "bpf/instructions.h"
#include "precompile/ask.h"
#include "precompile/compare_rounds.h"
#include "programs/crew.h"
#include "programs/proof.h"

namespace precompiledseccomp::gen {
namespace {

using Clock = std::chrono::steady_clock;

bool AreEqual(const PrecompiledVariable& left, const PrecompiledVariable& right) {
  return left.name == right.name && left.bits == right.bits && left.kind == right.kind &&
         left.low_offsets == right.low_offsets && left.high_offsets == right.high_offsets &&
         left.flipped_offsets == right.flipped_offsets;
}

// But for the names.
bool AreEqual(const PrecompiledProgram& left, const PrecompiledProgram& right) {
  return std::equal(left.instructions.begin(), left.instructions.end(), right.instructions.begin(),
                    right.instructions.end(), bpf::Equal) &&
         std::equal(left.variables.begin(), left.variables.end(), right.variables.begin(),
                    right.variables.end(), [](const auto& a, const auto& b) { return AreEqual(a, b); });
}

// Job i is the program i % programs of the target i / programs.
class Court {
 public:
  Court(std::span<const ProgramDefinition> definitions,
        std::span<const std::vector<PrecompiledProgram>> written, std::span<CompiledTarget> targets,
        std::uint64_t most_steps, Progress& progress)
      : count_(definitions.size()),
        written_(written),
        targets_(targets),
        most_steps_(most_steps),
        progress_(progress) {
    for (const ProgramDefinition& definition : definitions) definitions_.emplace(definition.name, definition);
    // What was said before the proof is not to be taken for its outcome.
    for (CompiledTarget& target : targets) target.proofs.clear();
  }

  [[nodiscard]] std::size_t size() const { return count_ * targets_.size(); }
  [[nodiscard]] const std::string& NameOf(std::size_t index) const { return WrittenAt(index).name; }

  std::function<void()> Take(std::size_t index) {
    std::vector<std::size_t>& others = with_policy_[{index / count_, &PolicyAt(index)}];
    const auto same = std::find_if(others.begin(), others.end(), [&](std::size_t other) {
      return AreEqual(WrittenAt(other), WrittenAt(index)) &&
             DefinitionAt(other).proof == DefinitionAt(index).proof;
    });
    if (same != others.end()) {
      copies_.emplace_back(index, *same);
      progress_.Advance();
      return {};
    }
    others.push_back(index);
    return [this, index] { Prove(index); };
  }

  // After all jobs have been done.
  void FinishCopies() {
    for (const auto& [copy, original] : copies_) {
      CompiledTarget& target = TargetAt(copy);
      target.proofs[NameOf(copy)] = target.proofs.at(NameOf(original));
      target.proof_times[NameOf(copy)] = {};
    }
  }

 private:
  [[nodiscard]] CompiledTarget& TargetAt(std::size_t index) const { return targets_[index / count_]; }
  [[nodiscard]] const PrecompiledProgram& WrittenAt(std::size_t index) const {
    return written_[index / count_][index % count_];
  }
  [[nodiscard]] const ProgramDefinition& DefinitionAt(std::size_t index) const {
    return definitions_.at(NameOf(index));
  }
  [[nodiscard]] const PolicyBytes& PolicyAt(std::size_t index) const {
    return *TargetAt(index).policies.at(NameOf(index));
  }

  void Prove(std::size_t index) {
    const Clock::time_point begin = Clock::now();
    const PrecompiledProgram& program = WrittenAt(index);
    const DefinitionAnswers answers =
        precompile::AnswersWith(DefinitionAt(index), TargetAt(index).target, PolicyOf(PolicyAt(index)));
    ProofRecord proof = ProveProgram(program, answers, most_steps_);
    const Clock::duration time = Clock::now() - begin;
    // A proof is for all values of the variables. Where there is none, more of them are tried.
    if (!proof.not_proved.empty()) precompile::CompareFurtherRounds(program, answers);
    {
      const std::lock_guard lock(mutex_);
      TargetAt(index).proofs[program.name] = std::move(proof);
      TargetAt(index).proof_times[program.name] = time;
    }
    progress_.Advance();
  }

  const std::size_t count_;  // of the programs
  std::map<std::string, const ProgramDefinition&> definitions_;
  const std::span<const std::vector<PrecompiledProgram>> written_;
  const std::span<CompiledTarget> targets_;
  const std::uint64_t most_steps_;
  Progress& progress_;
  // Jobs of a target that are taken to be done, by their policy.
  std::map<std::pair<std::size_t, const PolicyBytes*>, std::vector<std::size_t>> with_policy_;
  std::vector<std::pair<std::size_t, std::size_t>> copies_;  // a job, and the earlier one that is like it
  std::mutex mutex_;                                         // guards what the targets say of proofs
};

}  // namespace

void ProveAll(std::span<const ProgramDefinition> definitions,
              std::span<const std::vector<PrecompiledProgram>> written, std::span<CompiledTarget> targets,
              std::uint64_t most_steps, std::optional<std::size_t> threads, Progress& progress) {
  Court court(definitions, written, targets, most_steps, progress);
  Do({.count = court.size(),
      .take = [&](std::size_t index) { return court.Take(index); },
      .name = [&](std::size_t index) { return court.NameOf(index); }},
     threads);
  court.FinishCopies();
}

}  // namespace precompiledseccomp::gen
