// SPDX-License-Identifier: Apache-2.0

#include "inspect/trace/strace_tasks.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>

#include "inspect/line_text.h"
#include "inspect/number_text.h"
#include "inspect/trace/strace_argument.h"

namespace precompiledseccomp::inspect {
namespace {

// Of lines that name no task, until one is known.
constexpr std::uint32_t kUnnamed = 0;
// Of lines that name none of several; and above all numbers of tasks.
constexpr std::uint32_t kNobody = UINT32_MAX;
constexpr std::uint64_t kMostTask = 1 << 22;  // PID_MAX_LIMIT

std::optional<NumberFromText> NumberOfResult(std::string_view result) {
  return ReadNumber(result.substr(0, result.find_first_of(" <")));
}

bool IsZero(std::string_view result) {
  const auto number = NumberOfResult(result);
  return number && number->bits == 0;
}

// "getppid() = 110": a call that a filter answers with a signal leaves its own number where the result is.
bool IsOwnNumber(const TalliedCall& call, std::string_view result) {
  const auto number = NumberOfResult(result);
  return number && number->bits == static_cast<std::uint32_t>(call.call.call.nr);
}

bool MakesTask(std::string_view name) {
  return name == "clone" || name == "clone3" || name == "fork" || name == "vfork";
}

// "flags=CLONE_VM|CLONE_THREAD", "flags=0x3d0f00": the flags of clone and clone3.
bool MakesThread(std::string_view arguments) {
  if (arguments.find("CLONE_THREAD") != std::string_view::npos) return true;
  constexpr std::string_view kFlags = "flags=0x";
  const std::size_t begin = arguments.find(kFlags);
  if (begin == std::string_view::npos) return false;
  arguments.remove_prefix(begin + kFlags.size());
  const auto flags = HexDigits(arguments.substr(0, arguments.find_first_not_of("0123456789abcdef")));
  return flags && (*flags & CLONE_THREAD) != 0;
}

bool IsArgument(const TalliedCall& call, std::size_t index, std::uint64_t value) {
  return (call.call.known[index] & UINT32_MAX) == UINT32_MAX && call.call.call.args[index] == value;
}

}  // namespace

StraceTasks::StraceTasks(CallNames& names, const LookedAt& looked_at, bool since_filters,
                         TellUnread tell_unread)
    : names_(names), tallies_(looked_at, since_filters), tell_unread_(std::move(tell_unread)) {}

// ---- Whose line it is.

// Of a process that has ended the number is free for another one, which has nothing to do with it.
void StraceTasks::Rekey(std::uint32_t id, std::uint32_t name) {
  auto task = tasks_.extract(id);
  task.key() = name;
  task.mapped().id = name;
  tasks_.insert(std::move(task));
  tallies_.Rename(id, name);
  if (running_.erase(id) != 0) running_.insert(name);
  if (ended_.erase(id) != 0) ended_.insert(name);
  for (PerhapsEnded& perhaps : perhaps_ended_)
    if (perhaps.task == id) perhaps.task = name;
  if (first_ == id) first_ = name;
}

void StraceTasks::RetireIfOver(std::uint32_t id) {
  if (tasks_.count(id) != 0 && running_.count(id) == 0) Rekey(id, next_retired_--);
}

void StraceTasks::SetArguments(std::string_view text, OpenCall& open) {
  SetStraceArguments(text, open.name, names_.ParametersOf(open.name), names_.target(), open.call.call);
  if (open.name != "clone3") return;
  // They stand in a structure: what is seen of them is for people.
  open.call.are_flags_known = true;
  for (const std::string_view field : {"flags=", "exit_signal="}) {
    const std::size_t begin = text.find(field);
    if (begin == std::string_view::npos) {
      open.call.are_flags_known = open.call.are_flags_known && field != "flags=";
      continue;
    }
    const std::string_view value = text.substr(begin + field.size());
    const KnownBits bits = StraceArgument(value.substr(0, value.find_first_of(",}")), names_.target());
    open.call.are_flags_known = open.call.are_flags_known && bits.known == UINT64_MAX;
    open.call.clone3_flags |= bits.value;
  }
}

StraceTasks::Task& StraceTasks::AddTask(std::uint32_t id, bool is_first) {
  const auto [place, is_new] = tasks_.try_emplace(id);
  if (is_new) {
    place->second.id = id;
    place->second.abi = &names_.target();
    place->second.is_first = is_first;
    running_.insert(id);
    tallies_.AddTask(id, is_first);
  }
  return place->second;
}

// Lines name their task where there are several. The first one's number is known once another one's line
// has been seen: it is the one that nobody attached to.
StraceTasks::Task& StraceTasks::TaskOf(const StraceLine& line) {
  if (!line.task) {
    if (running_.size() == 1) return tasks_.at(*running_.begin());
    // Of several, nobody knows which: whoever it is, its calls count.
    if (running_.size() > 1) return AddTask(kNobody);
    if (!first_) {
      first_ = kUnnamed;
      AddTask(kUnnamed, true);
    }
    return AddTask(*first_);
  }
  RetireIfOver(*line.task);
  const auto found = tasks_.find(*line.task);
  if (found != tasks_.end()) return found->second;
  if (first_ == kUnnamed && attached_.count(*line.task) == 0) {
    Rekey(kUnnamed, *line.task);
    return tasks_.at(*line.task);
  }
  const bool is_first = !first_;
  if (is_first) first_ = *line.task;
  return AddTask(*line.task, is_first);
}

void StraceTasks::Take(const StraceLine& line, std::size_t number) {
  using Kind = StraceLine::Kind;
  if (line.kind == Kind::kAside) return;
  if (line.kind == Kind::kAttached) {
    if (line.task) attached_.insert(*line.task);
    return;
  }
  Task& task = TaskOf(line);
  switch (line.kind) {
    case Kind::kMode:
      if (const Target* const abi = names_.AbiOfMode(line.result))
        task.abi = abi;
      else
        tell_unread_("this machine's architecture has no calls of that kind");
      return;
    case Kind::kCall:
    case Kind::kUnfinished:
      return TakeCall(task, line, number);
    case Kind::kResumed:
      return TakeResumed(task, line, number);
    case Kind::kSignal:
      return TakeSignal(task, line, number);
    case Kind::kEnd:
      return TakeEnd(task, line);
    default:
      return;
  }
}

// ---- Calls.

std::optional<TalliedCall> StraceTasks::CallFrom(Task& task, std::string_view name, const StraceLine& line,
                                                 std::size_t number) {
  const Target* abi = task.abi;
  bool is_of_other_machine = false;
  std::optional<std::uint32_t> of_call = names_.NumberOf(*abi, name);
  if (line.number) {
    // Without the lines that tell of modes, numbers still do.
    if (!names_.IsNamed(*abi, *line.number, name)) {
      is_of_other_machine = true;
      for (const std::string_view mode : {"64 bit", "32 bit", "x32"}) {
        const Target* const other = names_.AbiOfMode(mode);
        if (other == nullptr || names_.NumberOf(*other, name) != line.number) continue;
        abi = other;
        is_of_other_machine = false;
      }
    }
    of_call = line.number;
  }
  if (is_of_other_machine) {
    tell_unread_("\"" + std::string(name) + "\" is no call #" + std::to_string(*line.number) + " on " +
                 std::string(names_.target().name) + ": is it another machine's? See --arch");
    return std::nullopt;
  }
  if (!of_call) {
    tell_unread_(names_.WhyUnknown(*abi, name));
    return std::nullopt;
  }
  TalliedCall call;
  call.count = 1;
  call.first_line = number;
  call.are_flags_known = false;
  call.call.call.arch = abi->audit_arch;
  call.call.call.nr = static_cast<int>(*of_call);
  if (line.instruction_pointer) {
    call.call.call.instruction_pointer = *line.instruction_pointer;
    call.call.known_pointer = UINT64_MAX;
  }
  return call;
}

void StraceTasks::TakeCall(Task& task, const StraceLine& line, std::size_t number) {
  Close(task, false);
  std::optional<TalliedCall> call = CallFrom(task, line.name, line, number);
  if (!call) return;
  task.is_trapped = false;
  task.open = OpenCall{.name = std::string(line.name),
                       .call = *call,
                       .is_unfinished = line.kind == StraceLine::Kind::kUnfinished,
                       .text = std::string(line.arguments),
                       .result = std::string(line.result)};
  if (!task.open->is_unfinished) TakeReturned(task);
}

void StraceTasks::TakeResumed(Task& task, const StraceLine& line, std::size_t number) {
  const bool is_of_open = task.open && task.open->is_unfinished && task.open->name == line.name;
  if (!is_of_open) {
    // Its beginning is not in the trace: what is left of its arguments cannot be told apart.
    Close(task, false);
    std::optional<TalliedCall> call = CallFrom(task, line.name, line, number);
    if (!call) return;
    const auto rest = ReadStraceCall(line.arguments);
    task.is_trapped = false;
    task.open = OpenCall{.name = std::string(line.name),
                         .call = *call,
                         .text = {},
                         .result = std::string(rest ? rest->result : "?")};
    return;
  }
  OpenCall& open = *task.open;
  open.text += line.arguments;
  const auto call = ReadStraceCall(open.text);
  if (!call) {
    tell_unread_("the end of the call \"" + open.name + "\" cannot be read");
    return Close(task, false);
  }
  open.is_unfinished = false;
  open.result = call->result;
  TakeReturned(task);
}

void StraceTasks::TakeReturned(Task& task) {
  OpenCall& open = *task.open;
  const bool is_native = open.call.call.call.arch == names_.target().audit_arch;
  const auto text = ReadStraceCall(open.text);
  if (is_native && text && text->is_surely_read) SetArguments(text->arguments, open);
  if (MakesTask(open.name)) TakeChild(task, open);
  if (open.name == "seccomp" || open.name == "prctl") TakeInstalled(task, open);
}

void StraceTasks::TakeChild(Task& task, const OpenCall& call) {
  const auto id = NumberOfResult(call.result);
  if (!id || id->is_negative || id->bits == 0 || id->bits > kMostTask) return;
  const auto number = static_cast<std::uint32_t>(id->bits);
  RetireIfOver(number);
  // Its own lines may have come before, with what they say of its mode.
  const bool is_new = tasks_.count(number) == 0;
  Task& child = AddTask(number);
  if (is_new) child.abi = task.abi;
  tallies_.AddChild(task.id, child.id, MakesThread(call.text));
}

// From here on a filter decides what the task does, and with TSYNC what its process does.
void StraceTasks::TakeInstalled(Task& task, const OpenCall& open) {
  const auto result = NumberOfResult(open.result);
  if (!result || result->is_negative) return;
  const TalliedCall& call = open.call;
  const bool is_seccomp = open.name == "seccomp";
  const bool is_filter = is_seccomp ? IsArgument(call, 0, SECCOMP_SET_MODE_FILTER)
                                    : IsArgument(call, 0, PR_SET_SECCOMP) &&
                                          IsArgument(call, 1, SECCOMP_MODE_FILTER) && result->bits == 0;
  if (!is_filter || !tallies_.IsFollowingFilters()) return;
  const std::uint64_t flags = is_seccomp ? call.call.call.args[1] : 0;
  // A thread that could not be synchronised: nothing was installed.
  if (result->bits != 0 && (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) == 0) return;
  const bool is_for_all = (flags & SECCOMP_FILTER_FLAG_TSYNC) != 0;
  if (task.open) task.open->is_before = true;
  for (auto& [id, each] : tasks_) {
    if (!is_for_all) break;
    const bool is_filtered =
        &each == &task || (is_for_all && tallies_.ProcessOf(id) == tallies_.ProcessOf(task.id));
    if (is_filtered && each.open) each.open->is_before = true;
  }
  tallies_.Install(task.id, is_for_all);
}

// ---- What becomes of them.

void StraceTasks::Close(Task& task, bool was_ended) {
  if (!task.open) return;
  OpenCall open = *std::exchange(task.open, std::nullopt);
  if (open.is_unfinished) {
    // It was made: where it ends is cut off, and of the arguments what is written down whole.
    const std::size_t last = open.text.rfind(',');
    if (open.call.call.call.arch == names_.target().audit_arch && last != std::string::npos)
      SetArguments(std::string_view(open.text).substr(0, last), open);
  }
  open.call.ended = was_ended ? 1 : 0;
  AddCall(task, open);
}

void StraceTasks::AddCall(Task& task, const OpenCall& call) {
  // strace itself makes the call that starts the program.
  const bool is_start =
      call.name == "execve" && task.is_first && tallies_.HasNone(task.id) && IsZero(call.result);
  // What it was attached to was not started by it: it may have a filter.
  if (task.is_first && !is_start && tallies_.HasNone(task.id)) tallies_.ForgetBirth(task.id);
  if (call.is_before || is_start)
    tallies_.AddBefore(task.id);
  else
    tallies_.Add(task.id, call.call);
}

void StraceTasks::TakeSignal(Task& task, const StraceLine& line, std::size_t number) {
  const std::string_view told = line.arguments;
  const bool is_of_filter =
      line.name == "SIGSYS" && (told.find("si_code=SYS_SECCOMP") != std::string_view::npos ||
                                told.find("si_code=0x1,") != std::string_view::npos ||
                                told.find("si_code=0x1 ") != std::string_view::npos);
  if (!is_of_filter) return;
  constexpr std::string_view kCall = "si_syscall=";
  const std::size_t begin = told.find(kCall);
  std::string_view name;
  if (begin != std::string_view::npos) {
    name = told.substr(begin + kCall.size());
    name = name.substr(0, name.find_first_of(" ,}"));
    if (name.starts_with("__NR_")) name.remove_prefix(5);
  }
  // Of a call that strace was not asked to show, this is all there is.
  const bool is_shown = task.open && (name.empty() || task.open->name == name || DecimalNumber(name));
  if (!is_shown && !name.empty()) {
    Close(task, false);
    StraceLine of_call;
    if (const auto call = CallFrom(task, name, of_call, number))
      task.open = OpenCall{.name = std::string(name), .call = *call, .text = {}, .result = {}};
  }
  Close(task, true);
  task.is_trapped = true;
}

void StraceTasks::TakeEnd(Task& task, const StraceLine& line) {
  if (line.name == "superseded") {
    // The thread that executed goes on under this number.
    const std::size_t number = line.result.rfind(' ');
    const auto former = DecimalNumber(line.result.substr(number + 1));
    if (former && *former <= kMostTask) running_.erase(static_cast<std::uint32_t>(*former));
  } else {
    running_.erase(task.id);
  }
  const bool is_killed = line.name == "killed" && line.result == "SIGSYS";
  if (is_killed && task.is_trapped) ended_.insert(task.id);
  if (!is_killed || !task.open) return Close(task, false);
  const OpenCall& open = *task.open;
  const bool is_own = !open.is_unfinished && IsOwnNumber(open.call, open.result);
  if (!open.is_unfinished && !is_own && !open.result.starts_with('?')) return Close(task, false);
  // A filter ended this thread; or it ended the process, of which this was another thread.
  perhaps_ended_.push_back({task.id, open, is_own});
  task.open.reset();
}

// Of the threads of a process that were killed together, one made the call that did it: the last one whose
// call shows its own number, if there is one (another one's may by chance); or, of kill-thread, each by
// itself.
void StraceTasks::Finish() {
  for (auto& [id, task] : tasks_) Close(task, false);
  std::map<std::uint32_t, std::size_t> reasons;  // of processes: the line of that call
  for (const std::uint32_t task : ended_) reasons[tallies_.ProcessOf(task)] = SIZE_MAX;
  for (const PerhapsEnded& perhaps : perhaps_ended_) {
    if (!perhaps.is_own_number) continue;
    std::size_t& line = reasons[tallies_.ProcessOf(perhaps.task)];
    line = std::max(line, perhaps.call.call.first_line);
  }
  for (PerhapsEnded& perhaps : perhaps_ended_) {
    const auto reason = reasons.find(tallies_.ProcessOf(perhaps.task));
    const bool is_reason =
        reason == reasons.end() || (perhaps.is_own_number && reason->second == perhaps.call.call.first_line);
    perhaps.call.call.ended = is_reason ? 1 : 0;
    AddCall(tasks_.at(perhaps.task), perhaps.call);
  }
  perhaps_ended_.clear();
}

void StraceTasks::StartHere() {
  for (PerhapsEnded& perhaps : perhaps_ended_) perhaps.call.is_before = true;
  for (auto& [id, task] : tasks_)
    if (task.open) task.open->is_before = true;
  tallies_.StartHere();
}

}  // namespace precompiledseccomp::inspect
