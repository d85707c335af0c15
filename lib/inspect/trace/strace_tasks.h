// SPDX-License-Identifier: Apache-2.0
//
// What lines of strace's mean one behind the other: which thread of which process they are of, what becomes
// of a call, and since when the process has a filter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "inspect/call_tally.h"
#include "inspect/trace/call_names.h"
#include "inspect/trace/strace_line.h"
#include "inspect/trace/task_tallies.h"

namespace precompiledseccomp::inspect {

class StraceTasks {
 public:
  // Why the line that is being taken cannot be read.
  using TellUnread = std::function<void(const std::string& why)>;

  // With `since_filters`, what a task did before it had a filter does not count, nor what others did that
  // have none, if there are any that have.
  StraceTasks(CallNames& names, const LookedAt& looked_at, bool since_filters, TellUnread tell_unread);

  void Take(const StraceLine& line, std::size_t number);
  // What was taken until now does not count.
  void StartHere();
  // After the last line.
  void Finish();

  [[nodiscard]] TaskTallies::Counted Count() const { return tallies_.Count(); }

 private:
  // What a call's fate will be told of by the next line of its task.
  struct OpenCall {
    std::string name;
    TalliedCall call;
    bool is_unfinished = false;
    bool is_before = false;  // it had begun when StartHere() was called
    std::string text;        // of one that is unfinished: what there is between the brackets
    std::string result;
  };
  struct Task {
    std::uint32_t id = 0;
    const Target* abi = nullptr;
    bool is_first = false;    // that strace started
    bool is_trapped = false;  // its last call was answered by a signal
    std::optional<OpenCall> open;
  };

  Task& TaskOf(const StraceLine& line);
  Task& AddTask(std::uint32_t id, bool is_first = false);
  void TakeCall(Task& task, const StraceLine& line, std::size_t number);
  void TakeResumed(Task& task, const StraceLine& line, std::size_t number);
  void TakeSignal(Task& task, const StraceLine& line, std::size_t number);
  void TakeEnd(Task& task, const StraceLine& line);
  // Looks at a call that has returned.
  void TakeReturned(Task& task);
  void TakeChild(Task& task, const OpenCall& call);
  void TakeInstalled(Task& task, const OpenCall& call);
  std::optional<TalliedCall> CallFrom(Task& task, std::string_view name, const StraceLine& line,
                                      std::size_t number);
  void Close(Task& task, bool was_ended);
  void AddCall(Task& task, const OpenCall& call);
  void SetArguments(std::string_view text, OpenCall& open);
  void Rekey(std::uint32_t id, std::uint32_t name);
  void RetireIfOver(std::uint32_t id);

  CallNames& names_;
  TaskTallies tallies_;
  TellUnread tell_unread_;
  std::map<std::uint32_t, Task> tasks_;
  std::set<std::uint32_t> running_;
  std::uint32_t next_retired_ = UINT32_MAX - 1;
  std::optional<std::uint32_t> first_;  // the task of lines that name none
  std::set<std::uint32_t> attached_;
  // Tasks of which a call was ended for certain; and calls of which it is not known whether they, or another
  // of their process, were the reason that it was killed.
  std::set<std::uint32_t> ended_;
  struct PerhapsEnded {
    std::uint32_t task;
    OpenCall call;
    bool is_own_number = false;
  };
  std::vector<PerhapsEnded> perhaps_ended_;
};

}  // namespace precompiledseccomp::inspect
