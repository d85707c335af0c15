// SPDX-License-Identifier: Apache-2.0

#include "programs/find_all.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include <precompiledseccomp/evaluate.h>

#include "base/mistakes.h"
#include "inspect/findings.h"
#include "programs/crew.h"

namespace precompiledseccomp::gen {
namespace {

// A policy, on one target, and the first program that has it.
struct Job {
  const CompiledTarget* target;
  const PolicyBytes* policy;
  std::string program;
};

std::vector<Job> JobsOf(std::span<const CompiledTarget> targets) {
  std::vector<Job> jobs;
  for (const CompiledTarget& target : targets) {
    std::set<const PolicyBytes*> met;
    for (const auto& [program, policy] : target.policies)
      if (met.insert(policy.get()).second) jobs.push_back({&target, policy.get(), program});
  }
  return jobs;
}

Error AsError(const inspect::Finding& finding) {
  return Error(finding.ToString() + "; if it is to stay, Accept(\"" + std::string(finding.name) +
               "\", reason) says so");
}

// The warnings. Throws Error for what is an error, with all of them.
std::vector<Error> Find(const Job& job, FindingsMode mode) {
  const Policy policy = PolicyOf(*job.policy);
  std::vector<Error> warnings;
  Mistakes mistakes;
  for (const inspect::Finding& finding :
       inspect::FindingsOf(Resolve(policy, job.target->target), policy.accepted())) {
    const bool is_error = finding.severity == inspect::Severity::kError || mode == FindingsMode::kErrors;
    if (is_error)
      mistakes.Add(AsError(finding));
    else
      warnings.push_back(Error("warning: " + finding.ToString()).InProgram(job.program));
  }
  mistakes.ThrowIfThereAreAny();
  return warnings;
}

}  // namespace

std::vector<Error> FindAll(std::span<const CompiledTarget> targets, FindingsMode mode,
                           std::optional<std::size_t> threads) {
  if (mode == FindingsMode::kOff) return {};
  const std::vector<Job> jobs = JobsOf(targets);
  std::vector<std::vector<Error>> found(jobs.size());
  Do({.count = jobs.size(),
      .take =
          [&](std::size_t index) {
            return [&, index] {
              try {
                found[index] = Find(jobs[index], mode);
              } catch (const Error& error) {
                throw error.InProgram(jobs[index].program);
              }
            };
          },
      .name = [&](std::size_t index) { return jobs[index].program; }},
     threads);
  std::vector<Error> all;
  for (const std::vector<Error>& of_job : found)
    for (const Error& warning : of_job) {
      const bool is_new = std::none_of(all.begin(), all.end(), [&](const Error& known) {
        return known.problem() == warning.problem() && known.program() == warning.program();
      });
      if (is_new) all.push_back(warning);
    }
  return all;
}

}  // namespace precompiledseccomp::gen
