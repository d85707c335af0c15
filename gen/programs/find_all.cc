// SPDX-License-Identifier: Apache-2.0

#include "programs/find_all.h"

#include <map>
#include <set>
#include <string>
#include <string_view>

#include <precompiledseccomp/evaluate.h>

#include "errors.h"
#include "inspect/findings.h"
#include "programs/crew.h"

namespace precompiledseccomp::gen {
namespace {

// A policy, on one target, and the programs that have it, sorted.
struct Job {
  const CompiledTarget* target;
  const PolicyBytes* policy;
  std::vector<std::string> programs;
};

std::vector<Job> JobsOf(std::span<const CompiledTarget> targets) {
  std::vector<Job> jobs;
  for (const CompiledTarget& target : targets) {
    std::map<const PolicyBytes*, std::size_t> places;
    for (const auto& [program, policy] : target.policies) {
      const auto [known, is_new] = places.emplace(policy.get(), jobs.size());
      if (is_new) jobs.push_back({&target, policy.get(), {}});
      jobs[known->second].programs.push_back(program);
    }
  }
  return jobs;
}

std::vector<inspect::Finding> Find(const Job& job) {
  const Policy policy = PolicyOf(*job.policy);
  return inspect::FindingsOf(Resolve(policy, job.target->target), policy.accepted());
}

// The findings of each job.
std::vector<std::vector<inspect::Finding>> Find(std::span<const Job> jobs,
                                                std::optional<std::size_t> threads) {
  std::vector<std::vector<inspect::Finding>> found(jobs.size());
  Do({.count = jobs.size(),
      .take =
          [&](std::size_t index) {
            return [&, index] {
              try {
                found[index] = Find(jobs[index]);
              } catch (const Error& error) {
                throw error.InProgram(jobs[index].programs.front());
              }
            };
          },
      .name = [&](std::size_t index) { return jobs[index].programs.front(); }},
     threads);
  return found;
}

// A finding, and where it is found.
struct Line {
  inspect::Finding finding;
  std::set<std::string> programs;
  std::set<std::string_view> targets;
};

// What makes two findings one to their reader, who has one line to mend, whatever the constants are in each
// program: the name and the place, and which of several at that place it is. Without a place, the text.
std::string KeyOf(const inspect::Finding& finding, std::map<std::string, std::size_t>& met) {
  if (finding.where.ToString().empty()) return finding.ToString();
  const std::string key = std::string(finding.name) + " " + finding.where.ToString();
  return key + " " + std::to_string(met[key]++);
}

// In the order in which they are met.
std::vector<Line> LinesOf(std::span<const Job> jobs,
                          const std::vector<std::vector<inspect::Finding>>& found) {
  std::vector<Line> lines;
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    std::map<std::string, std::size_t> met;
    for (const inspect::Finding& finding : found[i]) {
      const auto [known, is_new] = places.emplace(KeyOf(finding, met), lines.size());
      if (is_new) lines.push_back({finding, {}, {}});
      Line& line = lines[known->second];
      line.programs.insert(jobs[i].programs.begin(), jobs[i].programs.end());
      line.targets.insert(jobs[i].target->target.name);
    }
  }
  return lines;
}

// Said of the first program that has it, and of its target if not all have it.
Error AsError(const Line& line, bool is_error, std::size_t targets) {
  std::string text = (is_error ? "" : "warning: ") + line.finding.ToString();
  if (line.targets.size() < targets) text += " (for " + std::string(*line.targets.begin()) + ")";
  const std::size_t others = line.programs.size() - 1;
  if (others > 0)
    text += " (and " + std::to_string(others) + (others == 1 ? " other program)" : " other programs)");
  if (is_error)
    text += "; if it is to stay, Accept(\"" + std::string(line.finding.name) + "\", reason) says so";
  return Error(text).InProgram(*line.programs.begin());
}

}  // namespace

std::vector<Error> FindAll(std::span<const CompiledTarget> targets, FindingsMode mode,
                           std::optional<std::size_t> threads) {
  if (mode == FindingsMode::kOff) return {};
  const std::vector<Job> jobs = JobsOf(targets);
  std::vector<Error> errors;
  std::vector<Error> warnings;
  for (const Line& line : LinesOf(jobs, Find(jobs, threads))) {
    const bool is_error = line.finding.severity == inspect::Severity::kError || mode == FindingsMode::kErrors;
    (is_error ? errors : warnings).push_back(AsError(line, is_error, targets.size()));
  }
  if (!errors.empty()) throw Errors(errors);
  return warnings;
}

}  // namespace precompiledseccomp::gen
