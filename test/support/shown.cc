// SPDX-License-Identifier: Apache-2.0

#include "support/shown.h"

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <variant>

#include "bpf/interpreter.h"
#include "inspect/path.h"
#include "support/compare.h"
#include "support/condition_text.h"

namespace precompiledseccomp::testing {
namespace {

using inspect::Shown;
using inspect::ShownArchitectures;
using inspect::ShownNumbers;
using verify::Answers;
using verify::Fact;
using verify::Source;

std::uint32_t WordOf(const seccomp_data& call, Source word) {
  if (word == verify::kArchitecture) return call.arch;
  if (word == verify::kNumber) return static_cast<std::uint32_t>(call.nr);
  const std::uint64_t field =
      word < verify::kArguments ? call.instruction_pointer : call.args[(word - verify::kArguments) / 2];
  return static_cast<std::uint32_t>(word % 2 == 0 ? field >> 32 : field);
}

class Walker {
 public:
  Walker(const Answers& answers, const seccomp_data& call, const VariableNumbers& numbers)
      : answers_(answers), call_(call), numbers_(numbers) {}

  std::uint32_t From(Answers::Id id) const {
    if (const auto* leaf = std::get_if<Answers::Answer>(&answers_.nodes[id])) return ValueOf(leaf->term);
    if (const auto* fact = std::get_if<Answers::ByFact>(&answers_.nodes[id])) {
      const std::uint32_t left = ValueOf(fact->fact.left);
      const std::uint32_t right = ValueOf(fact->fact.right);
      const bool holds = fact->fact.relation == Fact::Relation::kEqual ? left == right : left > right;
      return From(holds ? fact->yes : fact->no);
    }
    const auto& by_field = std::get<Answers::ByField>(answers_.nodes[id]);
    const Source field = by_field.field;
    const std::uint64_t value = verify::BitsOfField(field) == 32
                                    ? WordOf(call_, field)
                                    : std::uint64_t{WordOf(call_, field)} << 32 | WordOf(call_, field + 1);
    const Answers::Case* found = nullptr;
    for (const Answers::Case& one : by_field.cases) {
      if (!one.values.Has(value)) continue;
      if (found != nullptr) throw std::logic_error("a value has two cases");
      found = &one;
    }
    if (found == nullptr) throw std::logic_error("a value has no case");
    return From(found->next);
  }

 private:
  [[nodiscard]] std::uint32_t ValueOf(verify::TermId term) const {
    std::uint32_t value = 0;
    for (int bit = 0; bit < 32; ++bit) {
      const auto bit_of = [&](Source source) {
        const std::uint32_t word =
            verify::IsWord(source) ? WordOf(call_, source)
                                   : numbers_.at(answers_.terms.variables()[source - verify::kFirstVariable]);
        return (word >> bit & 1) != 0;
      };
      if (answers_.terms.BitOf(term, bit, bit_of)) value |= std::uint32_t{1} << bit;
    }
    return value;
  }

  const Answers& answers_;
  const seccomp_data& call_;
  const VariableNumbers& numbers_;
};

// The one that has the number.
const ShownNumbers& NumbersWith(const Shown& shown, std::uint32_t number) {
  std::vector<const ShownNumbers*> found;
  for (const ShownNumbers& one : shown.calls)
    if (one.numbers.Has(number)) found.push_back(&one);
  for (const ShownNumbers& one : shown.foreign)
    if (one.numbers.Has(number)) found.push_back(&one);
  if (shown.rest.numbers.Has(number)) found.push_back(&shown.rest);
  if (found.size() != 1) throw std::logic_error("a number is in " + std::to_string(found.size()) + " sets");
  return *found.front();
}

std::string TextFor(const ShownNumbers& shown, const ReadCase& read) {
  return shown.cases.empty() ? AnswerIn(shown.outline, read) : AnswerIn(shown.cases, read);
}

// Text of answers that variables are part of is not evaluated.
bool IsConstant(const std::string& answer) {
  return answer.find('$') == std::string::npos && !answer.starts_with("what ");
}

// Text that says that it does not say it all.
bool IsTooLong(const ShownNumbers& shown) {
  const auto says_so = [](const std::string& text) {
    return text.find("too long to write") != std::string::npos;
  };
  return std::any_of(shown.cases.begin(), shown.cases.end(),
                     [&](const inspect::AnswerCase& one) { return says_so(one.condition); }) ||
         std::any_of(shown.outline.begin(), shown.outline.end(),
                     [&](const inspect::OutlineLine& line) { return says_so(line.text); });
}

}  // namespace

std::uint32_t AnswerShown(const Shown& shown, const Target& target, const seccomp_data& call,
                          const VariableNumbers& numbers) {
  const Walker walker(shown.answers, call, numbers);
  if (call.arch != target.audit_arch && shown.looks_at_architecture) {
    for (const ShownArchitectures& one : shown.architectures)
      if (one.architectures.Has(call.arch)) return walker.From(one.answers);
    throw std::logic_error("an architecture is in no set");
  }
  const ShownNumbers& found = NumbersWith(shown, static_cast<std::uint32_t>(call.nr));
  return walker.From(found.answers);
}

boost::test_tools::assertion_result IsShownRightly(const Shown& shown, const Target& target,
                                                   const std::vector<sock_filter>& instructions,
                                                   const std::vector<seccomp_data>& calls,
                                                   const VariableNumbers& numbers) {
  boost::test_tools::assertion_result result(true);
  const auto differs = [&](const seccomp_data& call, const std::string& what) {
    result = false;
    result.message() << CallText(target, call) << " is shown as " << what;
    return result;
  };
  for (const seccomp_data& call : calls) {
    const std::uint32_t answer = bpf::Run(instructions, call, target.big_endian).result;
    const std::uint32_t shown_answer = AnswerShown(shown, target, call, numbers);
    if (answer != shown_answer)
      return differs(call, inspect::AnswerText(shown_answer) + ", and is " + inspect::AnswerText(answer));
    if (call.arch != target.audit_arch) continue;
    const auto number = static_cast<std::uint32_t>(call.nr);
    const std::string name = SyscallName(target, number);
    const seccomp_data passed = AsPassedByCallers({target, name, call, numbers});
    const ReadCase read{target, name, passed, numbers};
    const ShownNumbers& found = NumbersWith(shown, number);
    if (IsTooLong(found)) continue;
    const std::string text = TextFor(found, read);
    const std::string expected =
        inspect::AnswerText(bpf::Run(instructions, passed, target.big_endian).result);
    if (IsConstant(text) && text != expected) {
      std::string all = inspect::CasesText(found.cases);
      for (const inspect::OutlineLine& line : found.outline) all.append("\n  ").append(line.text);
      return differs(passed,
                     std::string(text).append(", and is ").append(expected).append(", in:\n").append(all));
    }
  }
  return result;
}

}  // namespace precompiledseccomp::testing
