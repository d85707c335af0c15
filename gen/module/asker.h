// SPDX-License-Identifier: Apache-2.0
//
// The generator's side of asking.h: starts the asking processes, reads what they tell, and ends them and
// whatever they leave behind.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include <sys/types.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/error.h>

#include "module/asking.h"
#include "module/protocol.h"

namespace precompiledseccomp::gen {

class Asker {
 public:
  // Has the module loaded and its programs listed, twice. Throws Error. The calling process must not have
  // threads, nor start children while this object lives: they would be taken for what the module leaves
  // behind.
  explicit Asker(Request request);
  Asker(const Asker&) = delete;
  Asker& operator=(const Asker&) = delete;
  ~Asker();

  // The module's file, and those of the shared libraries that were loaded because it needs them.
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }
  // What the module defines, in its order. The functions cannot be called here; they are null where the
  // module's are.
  [[nodiscard]] const std::vector<ProgramDefinition>& definitions() const { return definitions_; }

  // The next answer: for each definition that was requested, in their order, for each target. An Error is one
  // of this definition, and the next may be asked for. Throws Error, with the program's name, when there are
  // no more answers to be had.
  std::variant<PolicyBytes, Error> Next();

 private:
  // What the processes are doing, for the message in case they do not.
  enum class Step { kLoading, kListing, kDefining };

  struct Process {
    pid_t id = -1;
    int pipe = -1;
  };

  void Start(World world);
  Record Read(World world, RecordKind wanted);
  // Throws Malformed.
  [[nodiscard]] std::variant<PolicyBytes, Error> Compared(const Record& answer, const Record& other) const;
  [[noreturn]] void ThrowFailure(World world, ReadFailure failure);
  int WaitFor(Process& process);
  void EndAll() noexcept;
  [[nodiscard]] std::string During() const;
  [[nodiscard]] Error Located(World world, const std::string& problem) const;

  Process& In(World world) { return processes_[static_cast<std::size_t>(world)]; }

  const Request request_;
  const std::vector<pid_t> children_of_others_;
  std::array<Process, 2> processes_;
  std::vector<std::string> files_;
  std::vector<ProgramDefinition> definitions_;
  Step step_ = Step::kLoading;
  std::vector<std::string> asked_;  // names of the definitions that were requested
  std::size_t next_ = 0;            // of the answers
};

}  // namespace precompiledseccomp::gen
