// SPDX-License-Identifier: Apache-2.0

#include "stats.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <linux/seccomp.h>

#include <precompiledseccomp/evaluate.h>

#include "bpf/allow_cache.h"
#include "bpf/interpreter.h"
#include "json.h"
#include "options.h"

namespace precompiledseccomp::gen {
namespace {

// The names of a target's calls, by number, up to the highest one that has a name.
std::vector<std::string> CallNames(const Target& target) {
  constexpr std::uint32_t kNumbersToTry = 1024;  // more than any architecture has
  std::vector<std::string> names;
  std::size_t count = 0;
  for (std::uint32_t number = 0; number < kNumbersToTry; ++number) {
    names.push_back(SyscallName(target, number));
    if (names.back().front() != '#') count = names.size();
  }
  names.resize(count);
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

void WriteVariables(const PrecompiledProgram& program, JsonWriter& json) {
  json.Line().Key("variables").BeginArray();
  for (const PrecompiledVariable& variable : program.variables) {
    json.BeginObject();
    json.Key("name").String(variable.name);
    json.Key("bits").Number(static_cast<std::uint64_t>(variable.bits));
    WriteOffsets("low_offsets", variable.low_offsets, json);
    WriteOffsets("high_offsets", variable.high_offsets, json);
    json.EndObject();
  }
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

void WriteProgram(const PrecompiledProgram& program, const std::vector<std::string>& names,
                  JsonWriter& json) {
  json.Line().BeginObject();
  json.Key("name").String(program.name);
  json.Key("arch").String(program.target.name);
  json.Key("instructions").Number(program.instructions.size());
  WriteVariables(program, json);
  WriteCacheable(program, names, json);
  WritePathLengths(program, names.size(), json);
  json.EndObject();
}

}  // namespace

std::string StatsText(std::span<const CompiledTarget> targets) {
  std::vector<std::vector<std::string>> names;
  for (const CompiledTarget& target : targets) names.push_back(CallNames(target.target));
  JsonWriter json;
  json.BeginObject();
  json.Key("generator").String(NameAndVersion());
  json.Line().Key("programs").BeginArray();
  for (std::size_t i = 0; i < targets.front().programs.size(); ++i)
    for (std::size_t t = 0; t < targets.size(); ++t) WriteProgram(targets[t].programs[i], names[t], json);
  json.EndArray();
  json.EndObject();
  return json.text() + "\n";
}

}  // namespace precompiledseccomp::gen
