// SPDX-License-Identifier: Apache-2.0

#include "compile_all.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <optional>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include <precompiledseccomp/error.h>

#include "bpf/acceptance.h"

namespace precompiledseccomp::gen {
namespace {

// Each worker takes the next job, asks the definition while it holds the lock, and compiles the answers
// without it. No more answers exist at a time than there are workers, however many programs there are.
class Workshop {
 public:
  Workshop(std::span<const ProgramDefinition> definitions, std::span<const Target> targets,
           Progress& progress)
      : definitions_(definitions), targets_(targets), progress_(progress) {
    results_.resize(targets.size());
    for (std::size_t i = 0; i < targets.size(); ++i) {
      results_[i].target = targets[i];
      results_[i].programs.resize(definitions.size());
    }
    used_syscalls_.resize(targets.size());
  }

  void Work() {
    while (std::optional<Job> job = TakeJob()) {
      try {
        Finish(job->index, PrecompileAnswers(job->answers));
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
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      auto& [target, programs, used_syscalls] = results_[i];
      std::sort(programs.begin(), programs.end(),
                [](const auto& left, const auto& right) { return left.name < right.name; });
      used_syscalls.assign(used_syscalls_[i].begin(), used_syscalls_[i].end());
    }
    return std::move(results_);
  }

 private:
  struct Job {
    std::size_t index;  // job i is the definition i / targets, for the target i % targets
    DefinitionAnswers answers;
  };

  // Nothing when all jobs are taken. Jobs are taken in order, so when one fails, all before it have been
  // taken and will be finished: the error that counts in the end does not depend on which worker is faster.
  std::optional<Job> TakeJob() {
    const std::lock_guard lock(mutex_);
    if (error_ || next_ == definitions_.size() * targets_.size()) return std::nullopt;
    const std::size_t index = next_++;
    const ProgramDefinition& definition = definitions_[index / targets_.size()];
    progress_.Begin(Progress::Step::kDefining, definition.name);
    try {
      Job job{index, AskDefinition(definition, targets_[index % targets_.size()])};
      progress_.Begin(Progress::Step::kCompiling);
      return job;
    } catch (const Error& error) {
      KeepFirst(index, error);
    } catch (const std::exception& exception) {
      KeepFirst(index, Error(exception.what()).InProgram(definition.name));
    }
    progress_.Begin(Progress::Step::kCompiling);
    return std::nullopt;
  }

  void Finish(std::size_t index, PrecompiledProgram program) {
    if (const auto reason = bpf::ReasonForRefusal(program.instructions))
      throw Error("the kernel would refuse the compiled filter: " + *reason +
                  "; please report this as a bug of precompiledseccomp")
          .InProgram(program.name);
    const std::lock_guard lock(mutex_);
    const std::size_t target = index % targets_.size();
    // Hundreds of names in each program, the same ones for the most part.
    used_syscalls_[target].insert(program.used_syscalls.begin(), program.used_syscalls.end());
    program.used_syscalls = {};
    results_[target].programs[index / targets_.size()] = std::move(program);
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
  Progress& progress_;

  std::mutex mutex_;  // guards what follows, and all calls into the author's module
  std::size_t next_ = 0;
  std::vector<CompiledTarget> results_;
  std::vector<std::set<UsedSyscall>> used_syscalls_;
  std::size_t failed_ = 0;  // the job that error_ is of
  std::optional<Error> error_;
};

}  // namespace

std::vector<CompiledTarget> CompileAll(std::span<const ProgramDefinition> definitions,
                                       std::span<const Target> targets, Progress& progress) {
  Workshop workshop(definitions, targets, progress);
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
