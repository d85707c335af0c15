// SPDX-License-Identifier: Apache-2.0

#include "corpus/corpus.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

namespace precompiledseccomp::testing {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kArguments = 6;  // of a call; the instruction pointer is the seventh test of a rule

std::vector<CorpusPolicy>& Loaded() {
  static std::vector<CorpusPolicy> policies;
  return policies;
}

// ---- Rules.

// Numbers above 2^53 are decimal strings.
std::uint64_t Number(const Json& json) {
  return json.is_string() ? std::stoull(json.get<std::string>()) : json.get<std::uint64_t>();
}

Value ValueFrom(const Json& json, const Values& values) {
  if (!json.is_object()) return Number(json);
  if (json.contains("var")) return values[json["var"].get<std::string>()];
  return values.Uint64(json.at("var64").get<std::string>());
}

Condition TestFrom(const Operand& operand, const Json& json, const Values& values) {
  const std::string kind = json.begin().key();
  const Json& data = json.begin().value();
  const auto value = [&](const Json& number) { return ValueFrom(number, values); };
  if (kind == "any") return Always();
  if (kind == "eq") return operand == value(data);
  if (kind == "ne") return operand != value(data);
  if (kind == "lt") return operand < value(data);
  if (kind == "le") return operand <= value(data);
  if (kind == "gt") return operand > value(data);
  if (kind == "ge") return operand >= value(data);
  if (kind == "masked") return (operand & value(data.at(0))) == value(data.at(1));
  if (kind == "bits_allowlist") return operand.OnlyBits(value(data));
  if (kind == "nonneg_fd") return operand.NonNegativeFd();
  throw std::runtime_error("unknown test \"" + kind + "\"");
}

Condition ArgumentsFrom(const Json& tests, const Values& values) {
  std::vector<Condition> conditions;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    if (tests[i].is_null() || tests[i].contains("any")) continue;
    const Operand operand = i < kArguments ? Arg(static_cast<int>(i)) : InstructionPointer();
    conditions.push_back(TestFrom(operand, tests[i], values));
  }
  return conditions.empty() ? Always() : AllOf(conditions);
}

Condition ConditionFrom(const Json& rule, const Values& values) {
  const std::string kind = rule.begin().key();
  const Json& data = rule.begin().value();
  if (kind == "all") return Always();
  if (kind == "args") return ArgumentsFrom(data, values);
  if (kind == "not") return !ConditionFrom(data, values);
  std::vector<Condition> parts;
  for (const Json& part : data) parts.push_back(ConditionFrom(part, values));
  if (kind == "and") return AllOf(parts);
  if (kind == "or") return AnyOf(parts);
  throw std::runtime_error("unknown rule \"" + kind + "\"");
}

Action ActionFrom(const std::string& text) {
  if (text.rfind("errno:", 0) == 0) return Action::Errno(std::stoi(text.substr(6)));
  static const std::array<std::pair<const char*, Action>, 7> actions = {{
      {"allow", Action::Allow()},
      {"kill_process", Action::KillProcess()},
      {"kill_thread", Action::KillThread()},
      {"trap", Action::Trap()},
      {"log", Action::Log()},
      {"trace", Action::Trace()},
      {"user_notify", Action::UserNotify()},
  }};
  for (const auto& [name, action] : actions)
    if (text == name) return action;
  throw std::runtime_error("unknown action \"" + text + "\"");
}

std::vector<SyscallCount> CountsFrom(const Json& frequency) {
  std::vector<SyscallCount> counts;
  for (const Json& call : frequency)
    counts.push_back({Syscall(call.at("nr").get<std::uint32_t>()), call.at("count").get<std::uint64_t>()});
  return counts;
}

// The rules of a set, with the calls they are for. All do the same, so that several for one call are
// alternatives; one that adds nothing to those before it is no error then, as it would be as a rule of its
// own.
std::vector<std::pair<std::uint32_t, Condition>> RulesFrom(const Json& rules, const Values& values) {
  std::vector<std::pair<std::uint32_t, Condition>> by_call;
  for (const Json& rule : rules) {
    const auto number = rule.at("nr").get<std::uint32_t>();
    const Condition condition = ConditionFrom(rule.at("rule"), values);
    const auto known = std::find_if(by_call.begin(), by_call.end(),
                                    [&](const auto& entry) { return entry.first == number; });
    if (known == by_call.end())
      by_call.emplace_back(number, condition);
    else
      known->second = known->second || condition;
  }
  return by_call;
}

Policy PolicyFrom(const Json& json, const Json& rule_sets, const Values& values) {
  Policy policy;
  for (const Json& set_json : rule_sets) {
    RuleSet set = set_json.at("vsyscall").get<bool>() ? RuleSet::OnlyVsyscall() : RuleSet();
    const Action action = ActionFrom(set_json.at("action"));
    for (const auto& [number, condition] : RulesFrom(set_json.at("rules"), values))
      set.Add(action, number == Target::kSkippedCall ? Syscall::Skipped() : Syscall(number), condition);
    policy.Add(set);
  }
  policy.Default(ActionFrom(json.at("default_action")));
  policy.BadArchitecture(ActionFrom(json.at("bad_arch_action")));
  if (json.contains("frequency")) policy.SyscallCounts(CountsFrom(json["frequency"]));
  if (json.contains("hot_syscalls")) {
    std::vector<Syscall> hot;
    for (const Json& call : json["hot_syscalls"]) hot.emplace_back(call.at("nr").get<std::uint32_t>());
    policy.HotSyscalls(hot);
  }
  return policy;
}

// ---- Variables. Their compiler has 32-bit ones only; pairs of them are 64-bit ones of ours.

bool EndsWith(const std::string& text, const std::string& end) {
  return text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

void AddVariables(const Json& variables, CorpusPolicy& policy) {
  const std::string high = "_high32bits";
  const std::string low = "_low32bits";
  const auto dumped = [&](const std::string& name) {
    for (const Json& variable : variables)
      if (variable.at("name") == name) return variable.at("dump_value").get<std::uint64_t>();
    throw std::runtime_error("half a variable: " + name);
  };
  for (const Json& variable : variables) {
    const auto name = variable.at("name").get<std::string>();
    if (EndsWith(name, low)) continue;
    if (EndsWith(name, high)) {
      const std::string base = name.substr(0, name.size() - high.size());
      policy.definition.variables.push_back(Uint64(base));
      policy.values.push_back(dumped(name) << 32 | dumped(base + low));
    } else {
      policy.definition.variables.emplace_back(name);
      policy.values.push_back(dumped(name));
    }
  }
}

// ---- The rest.

std::vector<sock_filter> ProgramFrom(const Json& instructions) {
  std::vector<sock_filter> program;
  for (const Json& i : instructions)
    program.push_back({i.at(0).get<std::uint16_t>(), i.at(1).get<std::uint8_t>(), i.at(2).get<std::uint8_t>(),
                       i.at(3).get<std::uint32_t>()});
  return program;
}

std::vector<Reference> ReferencesFrom(const Json& json) {
  const Json& bytecode = json.at("bytecode");
  if (bytecode.is_array()) {
    const std::string compiler = json.at("reference").value("compiler", "gVisor");
    return {{compiler, ProgramFrom(bytecode)}};
  }
  std::vector<Reference> references;
  for (const auto& [compiler, program] : bytecode.items())
    references.push_back({compiler, ProgramFrom(program)});
  return references;
}

std::vector<ProfiledCall> ProfileFrom(const Json& json, const Target& target) {
  constexpr std::uint64_t kOrdinaryCode = 0x7f0011223344;
  std::vector<ProfiledCall> profile;
  if (!json.contains("profile")) return profile;
  for (const Json& row : json["profile"].at("rows")) {
    ProfiledCall profiled;
    profiled.name = row.at("syscall");
    profiled.call.nr = row.at("nr").get<int>();
    profiled.call.arch = target.audit_arch;
    profiled.call.instruction_pointer = kOrdinaryCode;
    for (std::size_t i = 0; i < kArguments; ++i) profiled.call.args[i] = Number(row.at("args").at(i));
    profiled.answer = ActionFrom(row.at("result")).ReturnValue();
    profiled.count = row.at("count").get<std::uint64_t>();
    profiled.cacheable = row.at("cacheable").get<bool>();
    profile.push_back(std::move(profiled));
  }
  return profile;
}

CorpusPolicy ReadPolicy(const std::filesystem::path& path) {
  std::ifstream file(path);
  const auto json = std::make_shared<const Json>(Json::parse(file));
  CorpusPolicy policy;
  policy.name = path.parent_path().filename() / path.stem();
  policy.target = FindTarget(json->at("arch").get<std::string>());
  policy.policy = PolicyFrom(*json, json->at("rule_sets"), Values(*policy.target, {}));
  policy.definition.name = policy.name;
  const bool has_variables = json->contains("variables");
  if (has_variables) AddVariables(json->at("variables"), policy);
  policy.definition.policy = [json, has_variables](const Values& values) {
    return PolicyFrom(*json, json->at(has_variables ? "rule_sets_with_standins" : "rule_sets"), values);
  };
  policy.references = ReferencesFrom(*json);
  policy.profile = ProfileFrom(*json, *policy.target);
  return policy;
}

bool IsPolicy(const std::filesystem::path& path) {
  std::ifstream file(path);
  return Json::parse(file).contains("rule_sets");
}

}  // namespace

CorpusPolicy LoadPolicy(const std::filesystem::path& file) {
  try {
    return ReadPolicy(file);
  } catch (const std::exception& error) {
    throw std::runtime_error(file.string() + ": " + error.what());
  }
}

void LoadCorpus(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".json" && IsPolicy(entry.path()))
      Loaded().push_back(LoadPolicy(entry.path()));
  std::sort(Loaded().begin(), Loaded().end(),
            [](const CorpusPolicy& a, const CorpusPolicy& b) { return a.name < b.name; });
}

const std::vector<CorpusPolicy>& Corpus() {
  return Loaded();
}

}  // namespace precompiledseccomp::testing
