// SPDX-License-Identifier: Apache-2.0

#include "inspect/show.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>

#include <precompiledseccomp/error.h>

#include "bpf/filter_with_holes.h"
#include "inspect/number_text.h"
#include "precompile/template.h"
#include "target/syscall_names.h"

namespace precompiledseccomp::inspect {
namespace {

using verify::Answers;
using verify::ValueSet;

constexpr int kBitsOfANumber = 32;
constexpr std::size_t kMostLines = 500;  // of an outline
constexpr std::size_t kManyCalls = 40;   // too many to be read one by one

// With the values that are known written in.
bpf::FilterWithHoles FilterOf(const PrecompiledProgram& program, const KnownValues& known) {
  bpf::FilterWithHoles filter = TemplateOf(program);
  std::vector<bpf::Hole> unknown;
  for (const bpf::Hole& hole : filter.holes) {
    const auto value = known.numbers().find(hole.variable);
    if (value == known.numbers().end())
      unknown.push_back(hole);
    else
      filter.instructions[hole.index].k = hole.OperandFor(value->second);
  }
  filter.holes = std::move(unknown);
  return filter;
}

Answers AnswersOrError(const PrecompiledProgram& program, const KnownValues& known) {
  auto answers = verify::AnswersOf(FilterOf(program, known), program.target.big_endian);
  if (const auto* undecided = std::get_if<verify::Undecided>(&answers))
    throw Error("what the filter answers is not known: " + undecided->text);
  return std::get<Answers>(std::move(answers));
}

// Where a node leads: itself, if it does not look at this field.
std::vector<Answers::Case> CasesOf(const Answers& answers, Answers::Id node, verify::Source field) {
  const auto* by_field = std::get_if<Answers::ByField>(&answers.nodes[node]);
  if (by_field != nullptr && by_field->field == field) return by_field->cases;
  return {{ValueSet::All(verify::BitsOfField(field)), node}};
}

// Of another ABI (Target::Owns).
ValueSet ForeignNumbers(const Target& target) {
  const ValueSet skipped = ValueSet::Range(kBitsOfANumber, {Target::kSkippedCall, Target::kSkippedCall});
  ValueSet foreign = ValueSet::None(kBitsOfANumber);
  if (target.foreign_abi_bits != 0)
    foreign = ValueSet::Masked(kBitsOfANumber, target.foreign_abi_bits, 0).Complement();
  if (target.foreign_numbers.first <= target.foreign_numbers.last)
    foreign = foreign.Or(
        ValueSet::Range(kBitsOfANumber, {target.foreign_numbers.first, target.foreign_numbers.last}));
  return foreign.And(skipped.Complement());
}

// ---- The numbers of one architecture.

class NumbersReader {
 public:
  NumbersReader(const Answers& answers, const Target& target)
      : answers_(answers), target_(target), named_(ValueSet::None(kBitsOfANumber)) {
    const std::vector<std::string> names = SyscallNames(target);
    for (std::uint32_t number = 0; number < names.size(); ++number)
      if (!names[number].empty()) calls_.emplace_back(number, names[number]);
    for (std::size_t begin = 0, end = 0; begin < calls_.size(); begin = end) {
      end = begin + 1;
      while (end < calls_.size() && calls_[end].first == calls_[end - 1].first + 1) ++end;
      named_ = named_.Or(ValueSet::Range(kBitsOfANumber, {calls_[begin].first, calls_[end - 1].first}));
    }
  }

  // Those numbers that are answered by this node. What is written of it may depend on the names of
  // parameters: then there are several.
  std::vector<ShownNumbers> Read(const ValueSet& numbers, Answers::Id node) {
    if (numbers.IsEmpty()) return {};
    std::vector<ShownNumbers> all;
    const bool is_same_for_all = std::holds_alternative<Answers::Answer>(answers_.nodes[node]);
    if (is_same_for_all) {
      all.push_back(Written(numbers, node, ""));
      for (const auto& [number, name] : calls_)
        if (numbers.Has(number)) all.front().names.push_back(name);
    } else {
      for (const auto& [number, name] : calls_)
        if (numbers.Has(number)) AddCall(number, name, node, all);
    }
    const ValueSet without_name = numbers.And(named_.Complement());
    if (!is_same_for_all && !without_name.IsEmpty()) all.push_back(Written(without_name, node, ""));
    if (!without_name.IsEmpty()) all.back().without_name = NumberSetText(without_name, "#");
    for (ShownNumbers& one : all) std::sort(one.names.begin(), one.names.end());
    return all;
  }

  // What the next kernel's first new call may be.
  [[nodiscard]] std::uint32_t AfterLastCall() const { return calls_.empty() ? 0 : calls_.back().first + 1; }

 private:
  ShownNumbers Written(const ValueSet& numbers, Answers::Id node, const std::string& name) const {
    const FieldNames names(target_, name);
    Conditions conditions(answers_, names);
    ShownNumbers shown{numbers, {}, "", node, {}, {}, conditions.WeakestOf(node)};
    if (auto cases = conditions.CasesOf(node))
      shown.cases = std::move(*cases);
    else
      shown.outline = conditions.OutlineOf(node, kMostLines);
    return shown;
  }

  void AddCall(std::uint32_t number, const std::string& name, Answers::Id node,
               std::vector<ShownNumbers>& all) const {
    const ValueSet numbers = ValueSet::Range(kBitsOfANumber, {number, number});
    ShownNumbers shown = Written(numbers, node, name);
    const auto is_same = [&](const ShownNumbers& other) {
      const auto same_case = [](const AnswerCase& left, const AnswerCase& right) {
        return left.answer == right.answer && left.condition == right.condition;
      };
      const auto same_line = [](const OutlineLine& left, const OutlineLine& right) {
        return left.depth == right.depth && left.text == right.text;
      };
      return std::equal(shown.cases.begin(), shown.cases.end(), other.cases.begin(), other.cases.end(),
                        same_case) &&
             std::equal(shown.outline.begin(), shown.outline.end(), other.outline.begin(),
                        other.outline.end(), same_line);
    };
    const auto found = std::find_if(all.begin(), all.end(), is_same);
    if (found == all.end()) {
      all.push_back(std::move(shown));
      all.back().names.push_back(name);
    } else {
      found->numbers = found->numbers.Or(numbers);
      found->names.push_back(name);
    }
  }

  const Answers& answers_;
  const Target& target_;
  std::vector<std::pair<std::uint32_t, std::string>> calls_;
  ValueSet named_;
};

// ---- The order in which people read.

// The weakest answer below a node comes first; of those with the same, what does not depend on anything.
class Order {
 public:
  explicit Order(const Answers& answers) : answers_(answers) {}

  void Sort(std::vector<ShownNumbers>& all) {
    const auto key = [&](const ShownNumbers& one) {
      return std::tuple(-WeakestBelow(one.answers), !one.IsUnconditional(), one.weakest,
                        one.names.empty() ? one.without_name : one.names.front());
    };
    std::stable_sort(all.begin(), all.end(), [&](const ShownNumbers& left, const ShownNumbers& right) {
      return key(left) < key(right);
    });
  }

  int WeakestBelow(Answers::Id node) {
    const auto known = known_.find(node);
    if (known != known_.end()) return known->second;
    int weakest = -1;
    if (const auto* leaf = std::get_if<Answers::Answer>(&answers_.nodes[node])) {
      weakest = WeaknessOfTerm(leaf->term, answers_.terms);
    } else if (const auto* by_field = std::get_if<Answers::ByField>(&answers_.nodes[node])) {
      for (const Answers::Case& one : by_field->cases) weakest = std::max(weakest, WeakestBelow(one.next));
    } else {
      const auto& by_fact = std::get<Answers::ByFact>(answers_.nodes[node]);
      weakest = std::max(WeakestBelow(by_fact.yes), WeakestBelow(by_fact.no));
    }
    return known_[node] = weakest;
  }

 private:
  const Answers& answers_;
  std::map<Answers::Id, int> known_;
};

// ---- All of it.

class Reader {
 public:
  Reader(Shown& shown, const Target& target)
      : shown_(shown), target_(target), numbers_(shown.answers, target), order_(shown.answers) {}

  void Read() {
    Answers::Id own = shown_.answers.root;
    const std::vector<Answers::Case> cases =
        CasesOf(shown_.answers, shown_.answers.root, verify::kArchitecture);
    for (const Answers::Case& one : cases)
      if (one.values.Has(target_.audit_arch)) own = one.next;
    shown_.looks_at_architecture = cases.size() > 1;
    if (shown_.looks_at_architecture) ReadArchitectures(cases);
    ReadNumbers(CasesOf(shown_.answers, own, verify::kNumber));
  }

 private:
  void ReadNumbers(const std::vector<Answers::Case>& cases) {
    const ValueSet foreign = ForeignNumbers(target_);
    const ValueSet own = foreign.Complement();
    const std::uint32_t next_call = numbers_.AfterLastCall();
    for (const Answers::Case& one : cases) {
      for (ShownNumbers& numbers : numbers_.Read(one.values.And(own), one.next)) {
        if (numbers.numbers.Has(next_call))
          shown_.rest = std::move(numbers);
        else
          shown_.calls.push_back(std::move(numbers));
      }
      for (ShownNumbers& numbers : numbers_.Read(one.values.And(foreign), one.next))
        shown_.foreign.push_back(std::move(numbers));
    }
    order_.Sort(shown_.calls);
    SortBySize(shown_.foreign);
    shown_.refused_most = RefusedMost();
  }

  // What most numbers are answered comes last.
  static void SortBySize(std::vector<ShownNumbers>& all) {
    std::stable_sort(all.begin(), all.end(), [](const ShownNumbers& left, const ShownNumbers& right) {
      return left.numbers.Count() < right.numbers.Count();
    });
  }

  std::size_t RefusedMost() {
    const auto most = std::max_element(shown_.calls.begin(), shown_.calls.end(),
                                       [](const ShownNumbers& left, const ShownNumbers& right) {
                                         return left.names.size() < right.names.size();
                                       });
    const bool is_it = most != shown_.calls.end() && most->IsUnconditional() &&
                       most->names.size() >= kManyCalls && most->without_name.empty() &&
                       most->cases.front().answer != "allow" && most->cases.front().answer != "log" &&
                       most->names.size() > shown_.rest.names.size();
    return is_it ? static_cast<std::size_t>(most - shown_.calls.begin()) : shown_.calls.size();
  }

  void ReadArchitectures(const std::vector<Answers::Case>& cases) {
    const ValueSet own = ValueSet::Range(kBitsOfANumber, {target_.audit_arch, target_.audit_arch});
    for (const Answers::Case& one : cases) {
      const ValueSet others = one.values.And(own.Complement());
      if (others.IsEmpty()) continue;
      ShownArchitectures shown{others, ArchitecturesText(others), one.next, ""};
      const FieldNames names(target_, "");
      const auto cases_of_others = Conditions(shown_.answers, names).CasesOf(one.next);
      if (std::holds_alternative<Answers::Answer>(shown_.answers.nodes[one.next]))
        shown.answer = cases_of_others->front().answer;
      shown_.architectures.push_back(std::move(shown));
    }
    std::stable_sort(shown_.architectures.begin(), shown_.architectures.end(),
                     [](const ShownArchitectures& left, const ShownArchitectures& right) {
                       return left.architectures.Count() < right.architectures.Count();
                     });
    if (!shown_.architectures.empty()) shown_.architectures.back().text.clear();
  }

  static std::string ArchitecturesText(const ValueSet& architectures) {
    ValueSet others = architectures;
    std::string text;
    for (const Target& target : Targets()) {
      if (!architectures.Has(target.audit_arch)) continue;
      text += (text.empty() ? "" : ", ") + std::string(target.name);
      others =
          others.And(ValueSet::Range(kBitsOfANumber, {target.audit_arch, target.audit_arch}).Complement());
    }
    if (others.IsEmpty()) return text;
    return text + (text.empty() ? "" : ", ") + NumberSetText(others);
  }

  Shown& shown_;
  const Target& target_;
  NumbersReader numbers_;
  Order order_;
};

}  // namespace

Shown Show(const PrecompiledProgram& program, const KnownValues& known) {
  const ShownNumbers none{ValueSet::None(kBitsOfANumber), {}, "", 0, {}, {}, ""};
  Shown shown{.answers = AnswersOrError(program, known),
              .instructions = program.instructions.size(),
              .calls = {},
              .rest = none,
              .foreign = {},
              .architectures = {}};
  Reader(shown, program.target).Read();
  return shown;
}

}  // namespace precompiledseccomp::inspect
