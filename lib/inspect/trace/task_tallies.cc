// SPDX-License-Identifier: Apache-2.0

#include "inspect/trace/task_tallies.h"

#include <algorithm>
#include <utility>

namespace precompiledseccomp::inspect {

void TaskTallies::AddTask(std::uint32_t task, bool is_first) {
  const auto [place, is_new] = tasks_.try_emplace(task, *looked_at_);
  if (!is_new) return;
  place->second.process = task;
  place->second.is_first = is_first;
}

void TaskTallies::Rename(std::uint32_t task, std::uint32_t name) {
  auto node = tasks_.extract(task);
  node.key() = name;
  const std::uint32_t process = node.mapped().process;
  if (process == task) node.mapped().process = name;
  tasks_.insert(std::move(node));
  if (process != task) {
    std::vector<std::uint32_t>& threads = threads_[process];
    std::replace(threads.begin(), threads.end(), task, name);
    return;
  }
  auto threads = threads_.extract(task);
  if (threads.empty()) return;
  threads.key() = name;
  for (const std::uint32_t thread : threads.mapped()) tasks_.at(thread).process = name;
  threads_.insert(std::move(threads));
}

void TaskTallies::AddChild(std::uint32_t parent, std::uint32_t child, bool is_thread) {
  AddTask(child);
  Task& added = tasks_.at(child);
  const Task& of = tasks_.at(parent);
  added.is_born_filtered = IsFiltered(of);
  if (!is_thread || added.process == of.process) return;
  added.process = of.process;
  threads_[of.process].push_back(child);
}

void TaskTallies::Add(std::uint32_t task, const TalliedCall& call) {
  tasks_.at(task).tally.Add(call);
}

void TaskTallies::AddBefore(std::uint32_t task) {
  ++tasks_.at(task).before;
}

bool TaskTallies::HasNone(std::uint32_t task) const {
  const Task& of = tasks_.at(task);
  return of.before == 0 && of.tally.count() == 0;
}

void TaskTallies::MoveToBefore(Task& task) {
  task.before += task.tally.count();
  task.tally.Clear();
}

void TaskTallies::Install(std::uint32_t task, bool is_for_all_threads) {
  if (!since_filters_) return;
  const auto install = [](Task& each) {
    MoveToBefore(each);
    each.has_installed = true;
  };
  Task& one = tasks_.at(task);
  install(one);
  if (!is_for_all_threads) return;
  install(tasks_.at(one.process));
  for (const std::uint32_t thread : threads_[one.process]) install(tasks_.at(thread));
}

void TaskTallies::StartHere(std::uint32_t process) {
  for (auto& [id, each] : tasks_)
    if (each.process == process) MoveToBefore(each);
}

void TaskTallies::StartHere() {
  for (auto& [id, each] : tasks_) MoveToBefore(each);
}

// Of a task whose birth was not seen nobody knows: its calls are looked at.
bool TaskTallies::IsFiltered(const Task& task) {
  return task.has_installed || task.is_born_filtered.value_or(!task.is_first);
}

TaskTallies::Counted TaskTallies::Count() const {
  const bool is_one_installed =
      std::any_of(tasks_.begin(), tasks_.end(), [](const auto& one) { return one.second.has_installed; });
  Counted counted{CallTally(*looked_at_)};
  for (const auto& [id, task] : tasks_) {
    counted.before_filter += task.before;
    if (since_filters_ && is_one_installed && !IsFiltered(task))
      counted.without_filter += task.tally.count();
    else
      counted.tally.Add(task.tally);
  }
  return counted;
}

}  // namespace precompiledseccomp::inspect
