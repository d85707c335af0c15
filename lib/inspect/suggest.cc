// SPDX-License-Identifier: Apache-2.0

#include "inspect/suggest.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <sched.h>

#include "inspect/call_text.h"
#include "inspect/constants.h"
#include "inspect/number_text.h"
#include "inspect/suggest_tables.h"
#include "target/parameters.h"
#include "target/syscall_names.h"

namespace precompiledseccomp::inspect {
namespace {

// More values than this make no list that anybody would read.
constexpr std::size_t kMostValues = 16;

// The flags of threads of glibc and musl, whose CLONE_DETACHED the kernel ignores.
constexpr std::uint64_t kThreadFlags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                                       CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID |
                                       CLONE_CHILD_CLEARTID | CLONE_DETACHED;

std::uint64_t Union(const std::set<std::uint64_t>& values) {
  std::uint64_t all = 0;
  for (const std::uint64_t value : values) all |= value;
  return all;
}

std::uint64_t MaskOf(const Parameter& parameter) {
  return UINT64_MAX >> (64 - parameter.bits);
}

bool IsDescriptor(const Parameter& parameter) {
  return parameter.name == "fd" || parameter.name == "oldfd" || parameter.name == "epfd";
}

// ---- What was seen of one number.

// The calls of the trace that have it, and are lacking.
struct Lacking {
  std::string name;
  std::uint64_t count = 0;
  std::uint64_t ended = 0;
  std::vector<TalliedCall> calls;
};

// The values of a parameter; nothing if one of them is not known.
std::optional<std::set<std::uint64_t>> ValuesOf(const Lacking& lacking, const Parameter& parameter) {
  const auto index = static_cast<std::size_t>(parameter.index);
  const std::uint64_t mask = MaskOf(parameter);
  std::set<std::uint64_t> values;
  for (const TalliedCall& call : lacking.calls) {
    // Of a long that strace shows as a negative number, half is not known.
    if ((call.call.known[index] & mask) != mask) return std::nullopt;
    values.insert(call.call.call.args[index] & mask);
  }
  return values;
}

// ---- Conditions as C++.

class Conditions {
 public:
  Conditions(const SuggestRequest& request, Suggestion& suggestion)
      : request_(request), suggestion_(suggestion) {}

  // Adds remarks on what could not be made a condition.
  std::string ConditionFor(const Lacking& lacking, std::vector<std::string>& remarks) {
    std::string condition;
    const auto add = [&](const std::string& part) { condition += (condition.empty() ? "" : " && ") + part; };
    const auto parameters = ParametersOf(request_.target, lacking.name);
    if (!parameters) return condition;
    for (const Parameter& parameter : *parameters)
      if (const auto part = DescriptorCondition(lacking, parameter)) add(*part);
    for (const TellingParameter& telling : TellingParameters()) {
      if (telling.call != lacking.name) continue;
      const auto parameter = FindParameter(request_.target, lacking.name, telling.parameter);
      if (!parameter) continue;
      const auto values = ValuesOf(lacking, *parameter);
      if (!values) {
        remarks.push_back("the trace does not tell " + std::string(telling.parameter) +
                          ": narrow it by hand");
      } else if (telling.kind == TellingParameter::Kind::kCombination) {
        add(CombinationsCondition(telling, *values));
      } else if (telling.kind == TellingParameter::Kind::kBits) {
        add(BitsCondition(telling, *values));
        const std::uint64_t all = Union(*values);
        if (values->count(all) == 0)
          remarks.push_back("not all of these " + std::string(telling.parameter) + " were seen together");
        if (const auto large = LargeFile(telling))
          remarks.push_back(HexNumber(*large) + " is the O_LARGEFILE of musl");
      } else if (values->size() <= kMostValues) {
        add(ValuesCondition(telling, *values));
      } else {
        remarks.push_back(std::to_string(values->size()) + " values of " + std::string(telling.parameter));
      }
    }
    return condition;
  }

  std::string OnlyBits(const std::string& parameter, std::string_view prefix, std::uint64_t bits) {
    const std::string flags = FlagsText(prefix, bits);
    if (flags.find("SIG") != std::string::npos) NeedHeader("<csignal>");
    return Operand(parameter) + ".OnlyBits(" + flags + ")";
  }

  void NeedHeader(std::string_view header) {
    std::vector<std::string>& headers = suggestion_.headers;
    if (header.empty() || std::find(headers.begin(), headers.end(), header) != headers.end()) return;
    headers.emplace_back(header);
  }

 private:
  static std::string Operand(std::string_view parameter) {
    return std::string("pcs::Param(\"").append(parameter).append("\")");
  }

  // musl sets it whenever it opens a file, and it changes nothing where all files are large.
  [[nodiscard]] std::optional<std::uint64_t> LargeFile(const TellingParameter& telling) const {
    return telling.prefix == "O_" ? ConstantNamed(request_.target, "O_LARGEFILE") : std::nullopt;
  }

  // Each combination that was seen, and no other: memory that was written, and memory that was executed, do
  // not make memory that is both.
  std::string CombinationsCondition(const TellingParameter& telling, const std::set<std::uint64_t>& values) {
    NeedHeader(telling.header);
    std::string list;
    for (const std::uint64_t value : values)
      list += (list.empty() ? "" : ", ") + FlagsText(telling.prefix, value);
    return values.size() == 1 ? Operand(telling.parameter) +
                                    " == " + (list.find('|') == std::string::npos ? list : "(" + list + ")")
                              : Operand(telling.parameter) + ".In({" + list + "})";
  }

  std::string BitsCondition(const TellingParameter& telling, const std::set<std::uint64_t>& values) {
    const std::uint64_t all = Union(values) | LargeFile(telling).value_or(0);
    if (all == 0) return Operand(telling.parameter) + " == 0";
    NeedHeader(telling.header);
    return OnlyBits(std::string(telling.parameter), telling.prefix, all);
  }

  std::string ValueText(const TellingParameter& telling, std::uint64_t value) {
    std::string_view name = NameOfValue(telling.call, telling.parameter, value);
    if (name.empty() && !telling.prefix.empty()) name = ConstantWithPrefix(telling.prefix, value);
    if (name.empty()) return ShortNumber(value);
    NeedHeader(telling.header);
    return std::string(name);
  }

  std::string ValuesCondition(const TellingParameter& telling, const std::set<std::uint64_t>& values) {
    const std::string operand = Operand(telling.parameter);
    if (values.size() == 1) return operand + " == " + ValueText(telling, *values.begin());
    std::string list;
    for (const std::uint64_t value : values) list += (list.empty() ? "" : ", ") + ValueText(telling, value);
    return operand + ".In({" + list + "})";
  }

  // Where all descriptors that were used are variables' values.
  std::optional<std::string> DescriptorCondition(const Lacking& lacking, const Parameter& parameter) const {
    if (request_.judge == nullptr || !IsDescriptor(parameter)) return std::nullopt;
    const auto values = ValuesOf(lacking, parameter);
    if (!values) return std::nullopt;
    std::string condition;
    for (const std::uint64_t value : *values) {
      const std::optional<std::string> variable = VariableWith(value);
      if (!variable) return std::nullopt;
      condition +=
          (condition.empty() ? "" : " || ") + Operand(parameter.name) + " == v[\"" + *variable + "\"]";
    }
    return values->size() == 1 ? condition : "(" + condition + ")";
  }

  [[nodiscard]] std::optional<std::string> VariableWith(std::uint64_t value) const {
    const KnownValues& known = request_.judge->known;
    for (const Variable& variable : known.variables()) {
      const auto number = known.numbers().find(variable.name);
      const bool is_descriptor =
          variable.kind == Variable::Kind::kFd || variable.kind == Variable::Kind::kInteger;
      if (is_descriptor && variable.bits == 32 && number != known.numbers().end() && number->second == value)
        return variable.name;
    }
    return std::nullopt;
  }

  const SuggestRequest& request_;
  Suggestion& suggestion_;
};

// ---- From calls to rules.

std::string Quoted(const std::string& name) {
  return std::string("\"").append(name).append("\"");
}

// A name that some target does not have is left out there.
std::string CallAsCode(const std::string& name) {
  if (name.starts_with('#')) return "pcs::Syscall(" + name.substr(1) + ")";
  const bool is_everywhere = std::all_of(Targets().begin(), Targets().end(), [&](const Target& target) {
    return SyscallNumber(target, name).has_value();
  });
  return is_everywhere ? Quoted(name) : "pcs::IfAvailable(" + Quoted(name) + ")";
}

class Suggester {
 public:
  Suggester(const SuggestRequest& request, const Trace& trace)
      : request_(request), trace_(trace), conditions_(request, suggestion_) {}

  Suggestion Run() {
    for (const TalliedCall& call : trace_.calls) Take(call);
    SuggestThreads();
    SuggestFamilies();
    SuggestOthers();
    AddRemarks();
    AddCounts();
    std::sort(suggestion_.headers.begin(), suggestion_.headers.end());
    return std::move(suggestion_);
  }

 private:
  void Take(const TalliedCall& call) {
    const auto number = static_cast<std::uint32_t>(call.call.call.nr);
    if (!request_.target.Owns(call.call.call.arch, number)) {
      foreign_ += call.count;
      return;
    }
    if (number == Target::kSkippedCall) return;  // what it would have been, nobody knows
    const std::string name = SyscallName(request_.target, number);
    counts_[name] += call.count;
    if (!IsLacking(name, call)) return;
    Lacking& lacking = lacking_[name];
    lacking.name = name;
    lacking.count += call.count;
    lacking.ended += call.ended;
    lacking.calls.push_back(call);
  }

  // What a rule refuses by name is refused on purpose.
  bool IsLacking(const std::string& name, const TalliedCall& call) {
    if (request_.judge == nullptr) return true;
    const PossibleAnswers answers = request_.judge->AnswersTo(call.call);
    if (answers.standing == Standing::kAllowed || answers.standing == Standing::kAsked) return false;
    for (const ExplainedCase& one : answers.cases) {
      if (one.decider != Decider::kRule || one.standing != Standing::kRefused) continue;
      by_rule_[name] = {by_rule_[name].count + call.count, one};
      return false;
    }
    if (answers.standing == Standing::kOpen) {
      open_.insert(name);
      return false;
    }
    return true;
  }

  [[nodiscard]] bool IsLacking(std::string_view name) const { return lacking_.count(std::string(name)) != 0; }

  // Whether a call that is not in the trace may be suggested: it is not allowed, nor refused by name.
  [[nodiscard]] bool IsMissing(const std::string& name) const {
    const auto number = SyscallNumber(request_.target, name);
    if (request_.judge == nullptr || !number) return true;
    PartlyKnownCall any;
    any.call.arch = request_.target.audit_arch;
    any.call.nr = static_cast<int>(*number);
    const PossibleAnswers answers = request_.judge->AnswersTo(any);
    return std::all_of(answers.cases.begin(), answers.cases.end(), [](const ExplainedCase& one) {
      return one.decider != Decider::kRule && one.standing == Standing::kRefused;
    });
  }

  void Add(SuggestedRule rule, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const auto found = lacking_.find(name);
      if (found != lacking_.end()) {
        rule.count += found->second.count;
        if (found->second.ended != 0)
          rule.remarks.push_back("a filter ended the program at " + name + " when the trace was made");
        lacking_.erase(found);
      }
      rule.calls.push_back(CallAsCode(name));
    }
    if (!rule.calls.empty()) suggestion_.rules.push_back(std::move(rule));
  }

  // ---- Threads.

  // The flags of clone3 stand in memory, where no filter sees them: at ENOSYS its callers use clone.
  void SuggestThreads() {
    const auto clone = lacking_.find("clone");
    const bool has_clone3 = IsLacking("clone3");
    std::uint64_t flags = 0;
    bool are_known = true;
    if (clone != lacking_.end()) {
      const auto parameter = FindParameter(request_.target, "clone", "clone_flags");
      const auto values = parameter ? ValuesOf(clone->second, *parameter) : std::nullopt;
      are_known = values.has_value();
      for (const std::uint64_t value : values.value_or(std::set<std::uint64_t>())) flags |= value;
    }
    if (!has_clone3 && (flags & CLONE_THREAD) == 0) return;
    std::vector<std::string> of_clone;
    if (has_clone3) AddFlagsOfClone3(flags, of_clone);
    const bool has_threads = (flags & CLONE_THREAD) != 0;
    if (has_threads) flags |= kThreadFlags;
    if (IsMissing("clone3")) {
      SuggestedRule rule{
          .action = "Errno", .error = "ENOSYS", .calls = {}, .condition = {}, .count = 0, .remarks = {}};
      rule.remarks.emplace_back(
          "glibc from 2.34 on calls clone3, whose flags no filter sees, and falls back on clone "
          "at ENOSYS");
      conditions_.NeedHeader("<cerrno>");
      Add(rule, {"clone3"});
    }
    if (clone != lacking_.end() || IsMissing("clone")) {
      SuggestedRule rule;
      rule.remarks = of_clone;
      if (are_known)
        rule.condition = conditions_.OnlyBits("clone_flags", "CLONE_", flags);
      else
        rule.remarks.emplace_back("the trace does not tell clone_flags: narrow it by hand");
      conditions_.NeedHeader("<sched.h>");
      Add(rule, {"clone"});
    }
    if (!has_threads) return;
    std::vector<std::string> companions;
    for (const char* const name : {"exit", "rseq", "set_robust_list"})
      if (IsLacking(name) || IsMissing(name)) companions.emplace_back(name);
    SuggestedRule rule;
    rule.remarks.emplace_back("threads begin and end with these");
    Add(rule, companions);
  }

  // What clone will be called with in its place.
  void AddFlagsOfClone3(std::uint64_t& flags, std::vector<std::string>& remarks) const {
    for (const TalliedCall& call : lacking_.at("clone3").calls) {
      flags |= call.clone3_flags;
      if (call.are_flags_known) continue;
      flags |= kThreadFlags;
      remarks = {"the trace does not tell the flags of clone3: children need others than threads"};
    }
  }

  // ---- Families, and the rest.

  void SuggestFamilies() {
    for (const CallFamily& family : CallFamilies()) {
      std::vector<std::string> names;
      for (const std::string_view name : family.calls)
        if (IsLacking(name)) names.emplace_back(name);
      if (names.empty()) continue;
      SuggestedRule rule;
      rule.condition = CommonCondition(names, rule.remarks);
      for (const std::string_view name : family.calls)
        if (!IsLacking(name) && IsMissing(std::string(name)) && Has(std::string(name), rule.condition))
          names.emplace_back(name);
      rule.remarks.insert(rule.remarks.begin(), std::string(family.why));
      Add(rule, names);
    }
  }

  // One condition for all; where theirs differ, each call of the trace gets a rule of its own afterwards.
  std::string CommonCondition(std::vector<std::string>& names, std::vector<std::string>& remarks) {
    std::string condition;
    std::vector<std::string> kept;
    for (const std::string& name : names) {
      std::vector<std::string> of_name;
      const std::string own = conditions_.ConditionFor(lacking_.at(name), of_name);
      if (!kept.empty() && own != condition) continue;
      condition = own;
      remarks.insert(remarks.end(), of_name.begin(), of_name.end());
      kept.push_back(name);
    }
    names = kept;
    return condition;
  }

  // Whether a call has the parameters of a condition.
  [[nodiscard]] bool Has(const std::string& name, const std::string& condition) const {
    constexpr std::string_view kParameter = "pcs::Param(\"";
    for (std::size_t at = condition.find(kParameter); at != std::string::npos;
         at = condition.find(kParameter, at + 1)) {
      const std::size_t begin = at + kParameter.size();
      const std::string parameter = condition.substr(begin, condition.find('"', begin) - begin);
      const bool is_there = std::any_of(Targets().begin(), Targets().end(), [&](const Target& target) {
        return SyscallNumber(target, name) && FindParameter(target, name, parameter);
      });
      if (!is_there) return false;
    }
    return true;
  }

  void SuggestOthers() {
    SuggestedRule plain;
    std::vector<std::string> names;
    std::vector<std::string> left;
    for (const auto& [name, lacking] : lacking_) left.push_back(name);
    for (const std::string& name : left) {
      SuggestedRule rule;
      rule.condition = conditions_.ConditionFor(lacking_.at(name), rule.remarks);
      const bool is_plain = rule.condition.empty() && rule.remarks.empty() && lacking_.at(name).ended == 0;
      if (is_plain)
        names.push_back(name);
      else
        Add(std::move(rule), {name});
    }
    std::vector<SuggestedRule> conditional = std::move(suggestion_.rules);
    suggestion_.rules.clear();
    Add(std::move(plain), names);
    suggestion_.rules.insert(suggestion_.rules.end(), conditional.begin(), conditional.end());
  }

  // ---- Remarks.

  void AddRemarks() {
    for (const auto& [name, by] : by_rule_)
      suggestion_.remarks.push_back(
          name + " (" + std::to_string(by.count) + ") is refused by the rule \"" + by.decided.rule + "\"" +
          (by.decided.where.ToString().empty() ? "" : " (" + by.decided.where.ToString() + ")"));
    for (const std::string& name : open_)
      suggestion_.remarks.push_back("whether " + name + " is refused depends on what is not known");
    suggestion_.is_open = !open_.empty() || foreign_ != 0;
    if (foreign_ != 0)
      suggestion_.remarks.push_back("of other ABIs: " + std::to_string(foreign_) +
                                    (foreign_ == 1 ? " call" : " calls"));
  }

  void AddCounts() {
    for (const auto& [name, count] : counts_)
      if (!name.starts_with('#')) suggestion_.counts.push_back({name, count});
    std::stable_sort(suggestion_.counts.begin(), suggestion_.counts.end(),
                     [](const SuggestedCount& a, const SuggestedCount& b) { return a.count > b.count; });
  }

  struct RefusedByRule {
    std::uint64_t count = 0;
    ExplainedCase decided;
  };

  const SuggestRequest& request_;
  const Trace& trace_;
  Suggestion suggestion_;
  Conditions conditions_;
  std::map<std::string, Lacking> lacking_;
  std::map<std::string, std::uint64_t> counts_;
  std::map<std::string, RefusedByRule> by_rule_;
  std::set<std::string> open_;
  std::uint64_t foreign_ = 0;
};

}  // namespace

LookedAt LooksAtForSuggestions(const SuggestRequest& request) {
  const LookedAt of_filter = request.judge == nullptr ? LookedAt() : request.judge->LooksAt();
  return [target = request.target, of_filter](std::uint32_t arch, std::uint32_t number) {
    LookedAtBits bits;
    if (of_filter) bits = of_filter(arch, number);
    if (!target.Owns(arch, number)) return bits;
    const auto add = [&](const Parameter& parameter) {
      bits.arguments[static_cast<std::size_t>(parameter.index)] |= MaskOf(parameter);
    };
    const std::string name = SyscallName(target, number);
    for (const TellingParameter& telling : TellingParameters())
      if (telling.call == name)
        if (const auto parameter = FindParameter(target, name, telling.parameter)) add(*parameter);
    for (const Parameter& parameter : ParametersOf(target, name).value_or(std::vector<Parameter>()))
      if (IsDescriptor(parameter)) add(parameter);
    return bits;
  };
}

Suggestion Suggest(const SuggestRequest& request, const Trace& trace) {
  return Suggester(request, trace).Run();
}

}  // namespace precompiledseccomp::inspect
