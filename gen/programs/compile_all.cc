// SPDX-License-Identifier: Apache-2.0

#include "programs/compile_all.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>
#include <variant>

#include <unistd.h>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/precompile.h>

#include "bpf/acceptance.h"
#include "errors.h"
#include "precompile/deserialize.h"
#include "programs/progress_line.h"
#include "programs/proof.h"

namespace precompiledseccomp::gen {
namespace {

using Clock = std::chrono::steady_clock;

// Each worker takes the next job with its answer while it holds the lock, and compiles it without, unless an
// earlier job had the same one. No more answers exist at a time than there are workers, however many programs
// there are; of those that are done, their content remains.
class Workshop {
 public:
  Workshop(std::span<const ProgramDefinition> definitions, std::span<const Target> targets,
           const ProofSteps& proof_steps, Asker& asker)
      : definitions_(definitions),
        targets_(targets),
        proof_steps_(proof_steps),
        is_watched_(isatty(STDERR_FILENO) == 1),
        asker_(asker),
        progress_(definitions.size() * targets.size(), Clock::now()) {
    results_.resize(targets.size());
    for (std::size_t i = 0; i < targets.size(); ++i) {
      results_[i].target = targets[i];
      results_[i].programs.resize(definitions.size());
    }
    used_syscalls_.resize(targets.size());
  }

  // Throws nothing: it runs in threads.
  void Work() noexcept {
    while (std::optional<Job> job = TakeJob()) {
      try {
        Compile(*job);
      } catch (const Error& error) {
        Fail(job->index, error);
      } catch (const std::exception& exception) {
        Fail(job->index, Error(exception.what()));
      } catch (...) {
        Fail(job->index, Error("compiling threw something that is no std::exception"));
      }
    }
  }

  // After all workers have ended.
  std::vector<CompiledTarget> TakeResults() {
    Print(progress_.End());
    if (!errors_.empty()) {
      std::vector<Error> errors;
      for (const auto& [index, error] : errors_) errors.push_back(error);
      throw Errors(errors);
    }
    for (const auto& [copy, original] : copies_) {
      ProgramOf(copy) = Renamed(ProgramOf(original), NameOf(copy));
      ResultOf(copy).proofs[NameOf(copy)] = ResultOf(original).proofs[NameOf(original)];
      ResultOf(copy).proof_times[NameOf(copy)] = {};
    }
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      CompiledTarget& result = results_[i];
      std::sort(result.programs.begin(), result.programs.end(),
                [](const auto& left, const auto& right) { return left.name < right.name; });
      result.used_syscalls.assign(used_syscalls_[i].begin(), used_syscalls_[i].end());
    }
    return std::move(results_);
  }

 private:
  struct Job {
    std::size_t index;  // job i is the definition i / targets, for the target i % targets
    PolicyBytes policy;
  };

  [[nodiscard]] const ProgramDefinition& DefinitionOf(std::size_t index) const {
    return definitions_[index / targets_.size()];
  }
  [[nodiscard]] const std::string& NameOf(std::size_t index) const { return DefinitionOf(index).name; }
  [[nodiscard]] const Target& TargetOf(std::size_t index) const { return targets_[index % targets_.size()]; }
  CompiledTarget& ResultOf(std::size_t index) { return results_[index % targets_.size()]; }
  PrecompiledProgram& ProgramOf(std::size_t index) {
    return ResultOf(index).programs[index / targets_.size()];
  }

  static PrecompiledProgram Renamed(PrecompiledProgram program, const std::string& name) {
    program.name = name;
    return program;
  }

  static void CheckAcceptance(const PrecompiledProgram& program) {
    if (const auto reason = bpf::ReasonForRefusal(program.instructions))
      throw Error("the kernel would refuse the compiled filter: " + *reason +
                  "; please report this as a bug of precompiledseccomp")
          .InProgram(program.name);
  }

  void Compile(const Job& job) {
    const Clock::time_point begin = Clock::now();
    Policy policy = precompile::DeserializePolicy(job.policy.policy);
    policy.SetLocations(job.policy.locations);
    const DefinitionAnswers answers =
        AnswersWith(DefinitionOf(job.index), TargetOf(job.index), std::move(policy));
    PrecompiledProgram program = CompileTwice(answers);
    CheckAcceptance(program);
    const Clock::time_point compiled = Clock::now();
    ProofRecord proof = proof_steps_ ? ProveProgram(program, answers, *proof_steps_) : ProofTurnedOff();
    const Clock::time_point proved = Clock::now();
    // A proof is for all values of the variables. Where there is none, more of them are tried.
    if (!proof.not_proved.empty()) CompareFurtherRounds(program, answers);
    const Clock::duration compiling = compiled - begin + (Clock::now() - proved);
    Finish(job, std::move(program), compiling, std::move(proof), proved - compiled);
  }

  // The next job that needs compiling; nothing when all are taken, or so many have failed that no more are to
  // be reported. Jobs are taken in order, and those that were taken are finished: which errors are the first
  // ones does not depend on which worker is faster. For the same reason it is always the first one of equal
  // jobs that is compiled.
  std::optional<Job> TakeJob() noexcept {
    const std::lock_guard lock(mutex_);
    while (errors_.size() < Errors::kMost && next_ < definitions_.size() * targets_.size()) {
      const std::size_t index = next_++;
      try {
        if (std::optional<Job> job = Ask(index)) return job;
      } catch (const Error& error) {
        GiveUp(index, error);
      } catch (const std::exception& exception) {
        GiveUp(index, Error(exception.what()));
      } catch (...) {
        GiveUp(index, Error("asking threw something that is no std::exception"));
      }
    }
    return std::nullopt;
  }

  // Nothing for a definition that answers like one before, or with an error. Throws if there are no answers
  // any more.
  std::optional<Job> Ask(std::size_t index) {
    const Clock::time_point begin = Clock::now();
    std::variant<PolicyBytes, Error> answer = asker_.Next();
    ResultOf(index).times[NameOf(index)] += Clock::now() - begin;
    if (const auto* error = std::get_if<Error>(&answer)) {
      errors_.emplace(index, error->InProgram(NameOf(index)));
      return std::nullopt;
    }
    PolicyBytes& policy = std::get<PolicyBytes>(answer);
    const auto [entry, is_new] =
        first_jobs_.emplace(ContentOf(DefinitionOf(index), TargetOf(index), policy.policy), index);
    if (is_new) {
      ++ResultOf(index).distinct_programs;
      return Job{index, std::move(policy)};
    }
    copies_.emplace_back(index, entry->second);
    Print(progress_.Advance(Clock::now()));
    return std::nullopt;
  }

  // There are no answers any more.
  void GiveUp(std::size_t index, const Error& error) {
    errors_.emplace(index, error.InProgram(NameOf(index)));
    next_ = definitions_.size() * targets_.size();
  }

  void Finish(const Job& job, PrecompiledProgram program, Clock::duration time, ProofRecord proof,
              Clock::duration proof_time) {
    const std::lock_guard lock(mutex_);
    // Hundreds of names in each program, the same ones for the most part.
    used_syscalls_[job.index % targets_.size()].insert(program.used_syscalls.begin(),
                                                       program.used_syscalls.end());
    program.used_syscalls = {};
    ProgramOf(job.index) = std::move(program);
    CompiledTarget& result = ResultOf(job.index);
    result.times[NameOf(job.index)] += time;
    result.proofs[NameOf(job.index)] = std::move(proof);
    result.proof_times[NameOf(job.index)] = proof_time;
    Print(progress_.Advance(Clock::now()));
  }

  // For whoever waits at a terminal.
  void Print(const std::string& text) const {
    if (!is_watched_ || text.empty()) return;
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
  }

  void Fail(std::size_t index, const Error& error) {
    const std::lock_guard lock(mutex_);
    errors_.emplace(index, error.InProgram(NameOf(index)));
  }

  const std::span<const ProgramDefinition> definitions_;
  const std::span<const Target> targets_;
  const ProofSteps proof_steps_;
  const bool is_watched_;

  std::mutex mutex_;  // guards what follows
  Asker& asker_;
  ProgressLine progress_;
  std::size_t next_ = 0;
  std::vector<CompiledTarget> results_;
  std::vector<std::set<UsedSyscall>> used_syscalls_;
  std::unordered_map<std::string, std::size_t> first_jobs_;  // by what the definition answered
  std::vector<std::pair<std::size_t, std::size_t>> copies_;  // a job, and the earlier one that is like it
  std::map<std::size_t, Error> errors_;                      // by job
};

}  // namespace

std::vector<CompiledTarget> CompileAll(std::span<const ProgramDefinition> definitions,
                                       std::span<const Target> targets, const ProofSteps& proof_steps,
                                       std::optional<std::size_t> jobs, Asker& asker) {
  Workshop workshop(definitions, targets, proof_steps, asker);
  std::vector<std::thread> helpers;
  const std::size_t wanted = jobs.value_or(std::thread::hardware_concurrency());
  for (std::size_t count = 1; count < std::min(wanted, definitions.size() * targets.size()); ++count) {
    try {
      helpers.emplace_back([&] { workshop.Work(); });
    } catch (const std::system_error&) {
      break;  // no more threads to be had: those that are there do it
    }
  }
  workshop.Work();
  for (std::thread& helper : helpers) helper.join();
  return workshop.TakeResults();
}

}  // namespace precompiledseccomp::gen
