// SPDX-License-Identifier: Apache-2.0

#include "report/stats.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <linux/seccomp.h>

#include <precompiledseccomp/evaluate.h>

#include "bpf/allow_cache.h"
#include "bpf/interpreter.h"
#include "report/allowed_paths.h"
#include "report/json.h"
#include "report/listing.h"
#include "target/syscall_names.h"
#include "version.h"

namespace precompiledseccomp::gen {
namespace {

// Another one comes with every change that a reader of the format before it would misread. A new key is none.
constexpr std::uint64_t kStatsFormat = 1;

// The names of a target's calls, by number, up to the highest one that has a name; "#7" where there is none.
std::vector<std::string> CallNames(const Target& target) {
  std::vector<std::string> names = SyscallNames(target);
  for (std::uint32_t number = 0; number < names.size(); ++number)
    if (names[number].empty()) names[number] = NumberText(number);
  return names;
}

std::uint64_t PathLength(const PrecompiledProgram& program, std::size_t number) {
  const seccomp_data call = {.nr = static_cast<int>(number),
                             .arch = program.target.audit_arch,
                             .instruction_pointer = 0,
                             .args = {}};
  return bpf::Run(program.instructions, call, program.target.big_endian).executed;
}

void WriteOffsets(const char* key, const std::vector<std::uint32_t>& offsets, JsonWriter& json) {
  json.Key(key).BeginArray();
  for (const std::uint32_t offset : offsets) json.Number(offset);
  json.EndArray();
}

void WriteInstallNeeds(const InstallNeeds& needs, JsonWriter& json) {
  json.Line().Key("install").BeginArray();
  const std::pair<bool, const char*> all[] = {{needs.tsync, "tsync"},
                                              {needs.log, "log"},
                                              {needs.spec_allow, "spec_allow"},
                                              {needs.new_listener, "new_listener"},
                                              {needs.wait_killable_recv, "wait_killable_recv"},
                                              {needs.confirmed_kill_process, "confirmed_kill_process"}};
  for (const auto& [is_needed, name] : all)
    if (is_needed) json.String(name);
  json.EndArray();
}

void WriteVariables(const PrecompiledProgram& program, JsonWriter& json) {
  json.Line().Key("variables").BeginArray();
  for (const PrecompiledVariable& variable : program.variables) {
    json.BeginObject();
    json.Key("name").String(variable.name);
    json.Key("bits").Number(static_cast<std::uint64_t>(variable.bits));
    json.Key("kind").String(KindName(variable.kind));
    WriteOffsets("low_offsets", variable.low_offsets, json);
    WriteOffsets("high_offsets", variable.high_offsets, json);
    WriteOffsets("flipped_offsets", variable.flipped_offsets, json);
    json.EndObject();
  }
  json.EndArray();
}

void WriteLeftOut(const PrecompiledProgram& program, JsonWriter& json) {
  json.Line().Key("left_out").BeginArray();
  for (const RuleWithLeftOutCalls& rule : program.left_out)
    for (const std::string& call : rule.calls) {
      json.BeginObject();
      json.Key("name").String(call);
      json.Key("rule").String(rule.where.ToString());
      json.EndObject();
    }
  json.EndArray();
}

void WriteChecksOfAnyCall(const PrecompiledProgram& program, JsonWriter& json) {
  json.Line().Key("checks_any_call").BeginArray();
  for (const RuleThatChecksAnyCall& rule : program.checks_any_call) json.String(rule.where.ToString());
  json.EndArray();
}

void WriteCacheable(const PrecompiledProgram& program, const std::vector<std::string>& names,
                    JsonWriter& json) {
  json.Line().Key("cacheable").BeginArray();
  for (const std::uint32_t number : bpf::CacheableNumbers(program.instructions, program.target.audit_arch,
                                                          static_cast<std::uint32_t>(names.size()))) {
    json.BeginObject();
    json.Key("number").Number(number);
    json.Key("name").String(names[number]);
    json.EndObject();
  }
  json.EndArray();
}

// Of all numbers that the kernel emulates the filter for when it is installed.
std::uint64_t StepsOf(std::span<const sock_filter> instructions, const Target& target) {
  constexpr std::uint32_t kAnotherArchitecture = 0;
  return bpf::EmulatedSteps(instructions, target.first_number, target.numbers, target.audit_arch) +
         bpf::EmulatedSteps(instructions, 0, target.compat_numbers, kAnotherArchitecture);
}

void WriteShortLife(const PrecompiledProgram& program, const std::vector<std::string>& names,
                    JsonWriter& json) {
  if (!program.short_life) return;
  const auto& [calls_per_run, otherwise] = *program.short_life;
  json.Line().Key("short_life").BeginObject();
  json.Key("calls_per_run").Number(calls_per_run);
  json.Key("steps").Number(StepsOf(program.instructions, program.target));
  if (otherwise.empty()) {
    json.EndObject();
    return;
  }
  json.Key("steps_otherwise").Number(StepsOf(otherwise, program.target));
  json.Key("instructions_otherwise").Number(static_cast<std::uint64_t>(otherwise.size()));
  json.Key("run_for").BeginArray();
  const std::uint32_t arch = program.target.audit_arch;
  for (std::uint32_t number = 0; number < names.size(); ++number) {
    if (bpf::IsCacheable(program.instructions, number, arch) || !bpf::IsCacheable(otherwise, number, arch))
      continue;
    json.BeginObject();
    json.Key("number").Number(number);
    json.Key("name").String(names[number]);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

void WriteAccepted(const PrecompiledProgram& program, JsonWriter& json) {
  json.Line().Key("accepted").BeginArray();
  for (const Acceptance& acceptance : program.accepted) {
    json.BeginObject();
    json.Key("finding").String(acceptance.finding);
    json.Key("reason").String(acceptance.reason);
    json.EndObject();
  }
  json.EndArray();
}

void WritePathLengths(const PrecompiledProgram& program, std::size_t numbers, JsonWriter& json) {
  std::uint64_t sum = 0;
  std::uint64_t maximum = 0;
  json.Line().Key("path_lengths").BeginArray();
  for (std::size_t number = 0; number < numbers; ++number) {
    const std::uint64_t length = PathLength(program, number);
    sum += length;
    maximum = std::max(maximum, length);
    json.Number(length);
  }
  json.EndArray();
  json.Line().Key("mean_path_length").Ratio(sum, numbers);
  json.Key("maximum_path_length").Number(maximum);
}

// ---- Calls that the kernel runs the filter for.

struct CheckedCall {
  std::uint32_t number = 0;
  std::uint64_t weight = 0;
  AllowedPaths paths;
};

std::vector<CheckedCall> CheckedCalls(const PrecompiledProgram& program, std::size_t numbers) {
  std::vector<CheckedCall> calls;
  std::uint64_t largest_weight = 0;
  for (std::uint32_t number = 0; number < numbers; ++number) {
    if (bpf::IsCacheable(program.instructions, number, program.target.audit_arch)) continue;
    const AllowedPaths paths = FindAllowedPaths(program.instructions, number, program.target.audit_arch);
    if (paths.count == 0) continue;
    const auto count = std::find_if(program.counts.begin(), program.counts.end(),
                                    [&](const auto& counted) { return counted.first == number; });
    const std::uint64_t weight = count == program.counts.end() ? 0 : count->second;
    largest_weight = std::max(largest_weight, weight);
    calls.push_back({number, weight, paths});
  }
  if (largest_weight == 0)
    for (CheckedCall& call : calls) call.weight = 1;
  return calls;
}

void WriteMean(const char* key, long double mean, JsonWriter& json) {
  constexpr std::uint64_t kScale = 1000;
  json.Key(key).Ratio(static_cast<std::uint64_t>(std::llround(mean * kScale)), kScale);
}

void WriteChecked(const PrecompiledProgram& program, const std::vector<std::string>& names,
                  JsonWriter& json) {
  long double total_length = 0;
  long double total_weight = 0;
  std::size_t longest = 0;
  json.Line().Key("checked").BeginArray();
  for (const auto& [number, weight, paths] : CheckedCalls(program, names.size())) {
    json.BeginObject();
    json.Key("number").Number(number);
    json.Key("name").String(names[number]);
    json.Key("weight").Number(weight);
    WriteMean("mean_path_length", paths.MeanLength(), json);
    json.Key("maximum_path_length").Number(paths.longest);
    json.EndObject();
    total_length += static_cast<long double>(weight) * paths.MeanLength();
    total_weight += static_cast<long double>(weight);
    longest = std::max(longest, paths.longest);
  }
  json.EndArray();
  json.Line();
  WriteMean("mean_checked_path", total_weight == 0 ? 0 : total_length / total_weight, json);
  json.Key("maximum_checked_path").Number(longest);
}

// ---- Programs.

void WriteTime(const char* key, std::chrono::nanoseconds time, JsonWriter& json) {
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  json.Line().Key(key).Number(static_cast<std::uint64_t>(microseconds));
}

void WriteProof(const ProofRecord& proof, JsonWriter& json) {
  json.Line().Key("proof").BeginObject();
  json.Key("proved").Boolean(proof.not_proved.empty());
  if (proof.not_proved.empty()) {
    json.Key("paths").Number(proof.proved.paths);
    json.Key("nodes").Number(proof.proved.nodes);
    json.Key("steps").Number(proof.proved.steps);
  } else {
    json.Key("reason").String(proof.not_proved);
  }
  json.EndObject();
}

void WriteTargets(std::span<const CompiledTarget> targets, JsonWriter& json) {
  json.Line().Key("targets").BeginArray();
  for (const CompiledTarget& target : targets) {
    json.BeginObject();
    json.Key("arch").String(target.target.name);
    json.Key("programs").Number(target.programs.size());
    json.Key("compiled").Number(target.distinct_programs);
    json.EndObject();
  }
  json.EndArray();
}

void WriteProgram(const PrecompiledProgram& program, const CompiledTarget& target,
                  const std::vector<std::string>& names, bool with_times, JsonWriter& json) {
  json.Line().BeginObject();
  json.Key("name").String(program.name);
  json.Key("arch").String(program.target.name);
  json.Key("instructions").Number(program.instructions.size());
  WriteVariables(program, json);
  WriteInstallNeeds(program.install, json);
  WriteLeftOut(program, json);
  WriteProof(target.proofs.at(program.name), json);
  WriteChecksOfAnyCall(program, json);
  WriteAccepted(program, json);
  WriteCacheable(program, names, json);
  WriteShortLife(program, names, json);
  WritePathLengths(program, names.size(), json);
  WriteChecked(program, names, json);
  if (with_times) {
    WriteTime("microseconds", target.times.at(program.name), json);
    WriteTime("proof_microseconds", target.proof_times.at(program.name), json);
  }
  json.EndObject();
}

}  // namespace

std::string StatsText(std::span<const CompiledTarget> targets,
                      const std::optional<std::chrono::nanoseconds>& time) {
  std::vector<std::vector<std::string>> names;
  for (const CompiledTarget& target : targets) names.push_back(CallNames(target.target));
  JsonWriter json;
  json.BeginObject();
  json.Key("format").Number(kStatsFormat);
  json.Key("generator").String(NameAndVersion());
  WriteTargets(targets, json);
  if (time) WriteTime("microseconds", *time, json);
  json.Line().Key("programs").BeginArray();
  for (std::size_t i = 0; i < targets.front().programs.size(); ++i)
    for (std::size_t t = 0; t < targets.size(); ++t) {
      WriteProgram(targets[t].programs[i], targets[t], names[t], time.has_value(), json);
    }
  json.EndArray();
  json.EndObject();
  return json.text() + "\n";
}

}  // namespace precompiledseccomp::gen
