// SPDX-License-Identifier: Apache-2.0

#include "programs/compile_all.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include <precompiledseccomp/error.h>

#include "bpf/acceptance.h"
#include "precompile/ask.h"
#include "precompile/compare_rounds.h"
#include "precompile/serialize.h"
#include "programs/crew.h"
#include "programs/proof.h"

namespace precompiledseccomp::gen {
namespace {

using Clock = std::chrono::steady_clock;

// Answers are taken one after the other, and compiled at the same time, unless an earlier one was the same.
// Job i is the definition i / targets, for the target i % targets.
class Workshop {
 public:
  Workshop(std::span<const ProgramDefinition> definitions, std::span<const Target> targets,
           const NextAnswer& next_answer, Rounds rounds, Progress& progress)
      : definitions_(definitions),
        targets_(targets),
        next_answer_(next_answer),
        rounds_(rounds),
        progress_(progress) {
    results_.resize(targets.size());
    for (std::size_t i = 0; i < targets.size(); ++i) {
      results_[i].target = targets[i];
      results_[i].programs.resize(definitions.size());
    }
    used_syscalls_.resize(targets.size());
  }

  [[nodiscard]] std::size_t size() const { return definitions_.size() * targets_.size(); }

  [[nodiscard]] const std::string& NameOf(std::size_t index) const { return DefinitionOf(index).name; }

  // Asks for the next answer; compiles it, unless it is like one before.
  std::function<void()> Take(std::size_t index) {
    if (no_more_answers_) return {};
    const Clock::time_point begin = Clock::now();
    std::variant<PolicyBytes, Error> answer = Next();
    if (auto* const error = std::get_if<Error>(&answer)) throw std::move(*error);
    const std::lock_guard lock(mutex_);
    ResultOf(index).times[NameOf(index)] += Clock::now() - begin;
    const auto policy = std::make_shared<const PolicyBytes>(std::move(std::get<PolicyBytes>(answer)));
    const auto [entry, is_new] = first_jobs_.emplace(
        precompile::ContentOf(DefinitionOf(index), TargetOf(index), policy->policy), index);
    KeepPolicy(index, entry->second, policy);
    if (is_new) {
      ++ResultOf(index).distinct_programs;
      return [this, index, policy] { Compile(index, *policy); };
    }
    copies_.push_back({index, entry->second, policy->locations});
    progress_.Advance();
    return {};
  }

  // After all jobs have been done.
  std::vector<CompiledTarget> TakeResults() {
    for (const Copy& copy : copies_)
      ProgramOf(copy.index) = Renamed(ProgramOf(copy.original), NameOf(copy.index), copy.locations);
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      CompiledTarget& result = results_[i];
      std::sort(result.programs.begin(), result.programs.end(),
                [](const auto& left, const auto& right) { return left.name < right.name; });
      for (const PrecompiledProgram& program : result.programs)
        result.proofs[program.name] = rounds_ == Rounds::kAll ? ProofTurnedOff() : ProofRecord();
      result.used_syscalls.assign(used_syscalls_[i].begin(), used_syscalls_[i].end());
    }
    return std::move(results_);
  }

 private:
  [[nodiscard]] const ProgramDefinition& DefinitionOf(std::size_t index) const {
    return definitions_[index / targets_.size()];
  }
  [[nodiscard]] const Target& TargetOf(std::size_t index) const { return targets_[index % targets_.size()]; }
  CompiledTarget& ResultOf(std::size_t index) { return results_[index % targets_.size()]; }
  PrecompiledProgram& ProgramOf(std::size_t index) {
    return ResultOf(index).programs[index / targets_.size()];
  }

  // A job that an earlier one is like, but for the name and where its rules stand.
  struct Copy {
    std::size_t index;
    std::size_t original;
    std::vector<SourceLocation> locations;
  };

  static PrecompiledProgram Renamed(PrecompiledProgram program, const std::string& name,
                                    const std::vector<SourceLocation>& locations) {
    program.name = name;
    const auto place = [&](auto& rule) {
      rule.where = rule.rule < locations.size() ? locations[rule.rule] : SourceLocation();
    };
    std::for_each(program.left_out.begin(), program.left_out.end(), place);
    std::for_each(program.checks_any_call.begin(), program.checks_any_call.end(), place);
    return program;
  }

  std::variant<PolicyBytes, Error> Next() {
    try {
      return next_answer_();
    } catch (...) {
      no_more_answers_ = true;
      throw;
    }
  }

  // Equal bytes are kept once. Copies are judged by theirs, whatever made them copies.
  void KeepPolicy(std::size_t index, std::size_t first, const std::shared_ptr<const PolicyBytes>& policy) {
    auto& kept = ResultOf(index).policies;
    const auto earlier = kept.find(NameOf(first));
    const bool is_equal = earlier != kept.end() && earlier->second->policy == policy->policy;
    kept[NameOf(index)] = is_equal ? earlier->second : policy;
  }

  static void CheckAcceptance(const PrecompiledProgram& program) {
    if (const auto reason = bpf::ReasonForRefusal(program.instructions))
      throw Error("the kernel would refuse the compiled filter: " + *reason +
                  "; please report this as a bug of precompiledseccomp");
  }

  void Compile(std::size_t index, const PolicyBytes& policy) {
    const Clock::time_point begin = Clock::now();
    const DefinitionAnswers answers =
        precompile::AnswersWith(DefinitionOf(index), TargetOf(index), PolicyOf(policy));
    PrecompiledProgram program = precompile::CompileTwice(answers);
    CheckAcceptance(program);
    if (rounds_ == Rounds::kAll) precompile::CompareFurtherRounds(program, answers);
    Finish(index, std::move(program), Clock::now() - begin);
  }

  void Finish(std::size_t index, PrecompiledProgram program, Clock::duration time) {
    const std::lock_guard lock(mutex_);
    // Hundreds of names in each program, the same ones for the most part.
    used_syscalls_[index % targets_.size()].insert(program.used_syscalls.begin(),
                                                   program.used_syscalls.end());
    program.used_syscalls = {};
    ProgramOf(index) = std::move(program);
    ResultOf(index).times[NameOf(index)] += time;
    progress_.Advance();
  }

  const std::span<const ProgramDefinition> definitions_;
  const std::span<const Target> targets_;
  const NextAnswer& next_answer_;
  const Rounds rounds_;
  bool no_more_answers_ = false;

  Progress& progress_;

  std::mutex mutex_;  // guards what follows
  std::vector<CompiledTarget> results_;
  std::vector<std::set<UsedSyscall>> used_syscalls_;
  std::unordered_map<std::string, std::size_t> first_jobs_;  // by what the definition answered
  std::vector<Copy> copies_;
};

}  // namespace

std::vector<CompiledTarget> CompileAll(std::span<const ProgramDefinition> definitions,
                                       std::span<const Target> targets, const NextAnswer& next_answer,
                                       Rounds rounds, std::optional<std::size_t> threads,
                                       Progress& progress) {
  Workshop workshop(definitions, targets, next_answer, rounds, progress);
  Do({.count = workshop.size(),
      .take = [&](std::size_t index) { return workshop.Take(index); },
      .name = [&](std::size_t index) { return workshop.NameOf(index); }},
     threads);
  return workshop.TakeResults();
}

}  // namespace precompiledseccomp::gen
