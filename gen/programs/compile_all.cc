// SPDX-License-Identifier: Apache-2.0

#include "programs/compile_all.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/precompile.h>

#include "bpf/acceptance.h"
#include "programs/proof.h"

namespace precompiledseccomp::gen {
namespace {

using Clock = std::chrono::steady_clock;

// Each worker takes the next job, asks the definition while it holds the lock, and compiles the answers
// without it, unless an earlier job had the same ones. No more answers exist at a time than there are
// workers, however many programs there are; of those that are done, their content remains.
class Workshop {
 public:
  Workshop(std::span<const ProgramDefinition> definitions, std::span<const Target> targets,
           const ProofSteps& proof_steps, Progress& progress)
      : definitions_(definitions), targets_(targets), proof_steps_(proof_steps), progress_(progress) {
    results_.resize(targets.size());
    for (std::size_t i = 0; i < targets.size(); ++i) {
      results_[i].target = targets[i];
      results_[i].programs.resize(definitions.size());
    }
    used_syscalls_.resize(targets.size());
  }

  void Work() {
    while (std::optional<Job> job = TakeJob()) {
      const Clock::time_point begin = Clock::now();
      try {
        PrecompiledProgram program = CompileTwice(job->answers);
        CheckAcceptance(program);
        const Clock::time_point compiled = Clock::now();
        ProofRecord proof =
            proof_steps_ ? ProveProgram(program, job->answers, *proof_steps_) : ProofTurnedOff();
        const Clock::time_point proved = Clock::now();
        // A proof is for all values of the variables. Where there is none, more of them are tried.
        if (!proof.not_proved.empty()) CompareFurtherRounds(program, job->answers);
        const Clock::duration compiling = compiled - begin + (Clock::now() - proved);
        Finish(*job, std::move(program), compiling, std::move(proof), proved - compiled);
      } catch (const Error& error) {
        Fail(job->index, error);
      } catch (const std::exception& exception) {
        Fail(job->index, Error(exception.what()).InProgram(job->answers.name));
      }
    }
  }

  // After all workers have ended.
  std::vector<CompiledTarget> TakeResults() {
    if (error_) throw Error(*error_);
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
    DefinitionAnswers answers;
  };

  [[nodiscard]] const std::string& NameOf(std::size_t index) const {
    return definitions_[index / targets_.size()].name;
  }
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

  // The next job that needs compiling; nothing when all are taken. Jobs are taken in order, so when one
  // fails, all before it have been taken and will be finished: the error that counts in the end does not
  // depend on which worker is faster. For the same reason it is always the first one of equal jobs that is
  // compiled.
  std::optional<Job> TakeJob() {
    const std::lock_guard lock(mutex_);
    while (!error_ && next_ != definitions_.size() * targets_.size()) {
      const std::size_t index = next_++;
      std::optional<DefinitionAnswers> answers = Ask(index);
      if (!answers) break;
      const auto [entry, is_new] = first_jobs_.emplace(std::move(answers->content), index);
      if (is_new) {
        ++ResultOf(index).distinct_programs;
        return Job{index, std::move(*answers)};
      }
      copies_.emplace_back(index, entry->second);
    }
    return std::nullopt;
  }

  // Nothing after an error.
  std::optional<DefinitionAnswers> Ask(std::size_t index) {
    const Clock::time_point begin = Clock::now();
    std::optional<DefinitionAnswers> answers;
    progress_.Begin(Progress::Step::kDefining, NameOf(index));
    try {
      answers = AskDefinition(definitions_[index / targets_.size()], targets_[index % targets_.size()]);
    } catch (const Error& error) {
      KeepFirst(index, error);
    } catch (const std::exception& exception) {
      KeepFirst(index, Error(exception.what()).InProgram(NameOf(index)));
    }
    progress_.Begin(Progress::Step::kCompiling);
    ResultOf(index).times[NameOf(index)] += Clock::now() - begin;
    return answers;
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
  }

  void Fail(std::size_t index, const Error& error) {
    const std::lock_guard lock(mutex_);
    KeepFirst(index, error);
  }

  void KeepFirst(std::size_t index, const Error& error) {
    if (error_ && failed_ < index) return;
    failed_ = index;
    error_ = error;
  }

  const std::span<const ProgramDefinition> definitions_;
  const std::span<const Target> targets_;
  const ProofSteps proof_steps_;
  Progress& progress_;

  std::mutex mutex_;  // guards what follows, and all calls into the author's module
  std::size_t next_ = 0;
  std::vector<CompiledTarget> results_;
  std::vector<std::set<UsedSyscall>> used_syscalls_;
  std::unordered_map<std::string, std::size_t> first_jobs_;  // by what the definition answered
  std::vector<std::pair<std::size_t, std::size_t>> copies_;  // a job, and the earlier one that is like it
  std::size_t failed_ = 0;                                   // the job that error_ is of
  std::optional<Error> error_;
};

}  // namespace

std::vector<CompiledTarget> CompileAll(std::span<const ProgramDefinition> definitions,
                                       std::span<const Target> targets, const ProofSteps& proof_steps,
                                       Progress& progress) {
  Workshop workshop(definitions, targets, proof_steps, progress);
  std::vector<std::thread> helpers;
  const std::size_t jobs = definitions.size() * targets.size();
  for (std::size_t count = 1; count < std::min<std::size_t>(std::thread::hardware_concurrency(), jobs);
       ++count) {
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
