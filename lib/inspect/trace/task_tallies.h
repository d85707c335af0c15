// SPDX-License-Identifier: Apache-2.0
//
// The calls of several threads and processes, and since when each of these has a filter: a filter is
// inherited, and with TSYNC becomes that of all threads of a process.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "inspect/call_tally.h"

namespace precompiledseccomp::inspect {

class TaskTallies {
 public:
  // With `since_filters`, what a task did before it had a filter does not count, nor what others did that
  // have none, if there are any that have. `looked_at` must outlive this.
  TaskTallies(const LookedAt& looked_at, bool since_filters)
      : looked_at_(&looked_at), since_filters_(since_filters) {}

  // A task that was not known; of all that is known of others, nothing changes. The first one is what the
  // tracer started: it has no filter when it begins.
  void AddTask(std::uint32_t task, bool is_first = false);
  // The number of a task that was known by another one.
  void Rename(std::uint32_t task, std::uint32_t name);
  // Adds the child if it is not known: its own lines may come before its parent tells of it.
  void AddChild(std::uint32_t parent, std::uint32_t child, bool is_thread);

  void Add(std::uint32_t task, const TalliedCall& call);
  // One that does not count.
  void AddBefore(std::uint32_t task);
  // It may have been born with a filter.
  void ForgetBirth(std::uint32_t task) { tasks_.at(task).is_first = false; }
  [[nodiscard]] bool HasNone(std::uint32_t task) const;

  // From here on a filter decides what the task does, or what its process does.
  void Install(std::uint32_t task, bool is_for_all_threads);
  [[nodiscard]] bool HasFilter(std::uint32_t task) const { return IsFiltered(tasks_.at(task)); }
  [[nodiscard]] bool IsFollowingFilters() const { return since_filters_; }
  // What was added until now does not count.
  void StartHere();
  // Likewise, of one process.
  void StartHere(std::uint32_t process);

  // Its first thread, as far as that was seen.
  [[nodiscard]] std::uint32_t ProcessOf(std::uint32_t task) const { return tasks_.at(task).process; }

  struct Counted {
    CallTally tally;
    std::uint64_t before_filter = 0;
    std::uint64_t without_filter = 0;
  };
  [[nodiscard]] Counted Count() const;

 private:
  struct Task {
    explicit Task(const LookedAt& looked_at) : tally(looked_at) {}
    CallTally tally;
    std::uint64_t before = 0;
    std::uint32_t process = 0;  // its first thread
    bool is_first = false;
    bool has_installed = false;
    std::optional<bool> is_born_filtered;
  };
  [[nodiscard]] static bool IsFiltered(const Task& task);
  static void MoveToBefore(Task& task);

  const LookedAt* looked_at_;
  bool since_filters_;
  std::map<std::uint32_t, Task> tasks_;
  // Of each process with several threads, those besides the first.
  std::map<std::uint32_t, std::vector<std::uint32_t>> threads_;
};

}  // namespace precompiledseccomp::inspect
