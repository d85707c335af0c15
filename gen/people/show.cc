// SPDX-License-Identifier: Apache-2.0
//
// show: what a filter allows, and what it answers to everything else.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <precompiledseccomp/error.h>

#include "inspect/number_text.h"
#include "inspect/show.h"
#include "people/command.h"
#include "people/source_options.h"
#include "report/json.h"

namespace precompiledseccomp::gen {
namespace {

using inspect::Shown;
using inspect::ShownArchitectures;
using inspect::ShownNumbers;
using verify::Answers;

// ---- As text.

constexpr std::size_t kWidth = 100;
constexpr std::size_t kMostLines = 8;  // for one call

// Lines that begin with `indent` spaces, and from the second on with two more.
std::vector<std::string> Wrapped(const std::string& text, std::size_t indent) {
  std::vector<std::string> lines;
  std::string line(indent, ' ');
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const bool is_first = line.find_first_not_of(' ') == std::string::npos;
    if (!is_first && line.size() + 1 + (end - begin) > kWidth) {
      lines.push_back(line);
      line.assign(indent + 2, ' ');
    } else if (!is_first) {
      line += ' ';
    }
    line += text.substr(begin, end - begin);
    begin = end + 1;
  }
  lines.push_back(line);
  return lines;
}

std::string Joined(const std::vector<std::string>& texts, std::string_view separator) {
  std::string joined;
  for (const std::string& text : texts) joined.append(joined.empty() ? "" : separator).append(text);
  return joined;
}

std::string Counted(std::size_t count, std::string_view of_one) {
  return std::to_string(count).append(" ").append(of_one).append(count == 1 ? "" : "s");
}

class TextWriter {
 public:
  TextWriter(const Shown& shown, const Target& target, bool is_full)
      : shown_(shown), target_(target), is_full_(is_full) {}

  std::string Text(const std::string& source) {
    text_ = source + " on " + std::string(target_.name) + ": " + Counted(shown_.instructions, "instruction") +
            "\n";
    for (std::size_t begin = 0, end = 0; begin < shown_.calls.size(); begin = end) {
      end = begin + 1;
      while (end < shown_.calls.size() && AreOfOneSection(begin, end)) ++end;
      if (begin != shown_.refused_most || is_full_) WriteSection(begin, end);
    }
    WriteRest();
    WriteForeign();
    WriteArchitectures();
    return text_;
  }

 private:
  [[nodiscard]] bool AreOfOneSection(std::size_t one, std::size_t other) const {
    const ShownNumbers& left = shown_.calls[one];
    const ShownNumbers& right = shown_.calls[other];
    return left.weakest == right.weakest && left.IsUnconditional() == right.IsUnconditional() &&
           one != shown_.refused_most && other != shown_.refused_most;
  }

  void WriteSection(std::size_t begin, std::size_t end) {
    const ShownNumbers& first = shown_.calls[begin];
    std::size_t count = 0;
    for (std::size_t i = begin; i < end; ++i) count += shown_.calls[i].names.size();
    const std::string heading = first.weakest + (first.IsUnconditional() ? "" : " under a condition");
    text_ += heading + (count == 0 ? "" : " (" + Counted(count, "call") + ")") + ":\n";
    for (std::size_t i = begin; i < end; ++i)
      first.IsUnconditional() ? WriteNames(shown_.calls[i]) : WriteConditional(shown_.calls[i]);
  }

  void WriteLines(const std::vector<std::string>& lines) {
    const std::size_t most = is_full_ || lines.size() <= kMostLines + 1 ? lines.size() : kMostLines;
    for (std::size_t i = 0; i < most; ++i) text_ += lines[i] + "\n";
    if (most < lines.size())
      text_ += "      ... and " + Counted(lines.size() - most, "line") + " more, with --full\n";
  }

  static std::string NamesOf(const ShownNumbers& numbers, std::string_view separator) {
    std::vector<std::string> names = numbers.names;
    if (!numbers.without_name.empty()) names.push_back(numbers.without_name);
    return Joined(names, separator);
  }

  void WriteNames(const ShownNumbers& numbers) {
    for (const std::string& line : Wrapped(NamesOf(numbers, " "), 2)) text_ += line + "\n";
  }

  // "  ioctl: cmd == TCGETS, otherwise errno 25 (ENOTTY)"
  void WriteConditional(const ShownNumbers& numbers) {
    std::string names = NamesOf(numbers, ", ") + ":";
    // Under a heading with the first answer.
    if (numbers.cases.size() == 2) {
      WriteLines(
          Wrapped(names + " " + numbers.cases[0].condition + ", otherwise " + numbers.cases[1].answer, 2));
      return;
    }
    if (!numbers.cases.empty()) {
      WriteLines(Wrapped(names + " " + inspect::CasesText(numbers.cases), 2));
      return;
    }
    std::vector<std::string> lines = Wrapped(names, 2);
    for (const inspect::OutlineLine& line : numbers.outline)
      for (std::string& wrapped : Wrapped(line.text, 4 + 2 * static_cast<std::size_t>(line.depth)))
        lines.push_back(std::move(wrapped));
    WriteLines(lines);
  }

  // "everything else: kill_process", or what it depends on below that.
  void WriteLast(const std::string& what, const ShownNumbers& numbers) {
    if (numbers.cases.empty()) {
      std::vector<std::string> lines = {what + ":"};
      for (const inspect::OutlineLine& line : numbers.outline)
        for (std::string& wrapped : Wrapped(line.text, 2 + 2 * static_cast<std::size_t>(line.depth)))
          lines.push_back(std::move(wrapped));
      WriteLines(lines);
    } else {
      WriteLines(Wrapped(what + ": " + inspect::CasesText(numbers.cases), 0));
    }
  }

  void WriteRest() {
    const bool has_most = shown_.refused_most < shown_.calls.size();
    if (has_most && !is_full_) {
      const ShownNumbers& most = shown_.calls[shown_.refused_most];
      WriteLast("all other known calls (" + std::to_string(most.names.size()) + ")", most);
    }
    if (shown_.rest.names.empty()) return WriteLast("unknown numbers", shown_.rest);
    WriteLast("everything else, unknown numbers included", shown_.rest);
    if (is_full_) {
      text_ += "  that is " + Counted(shown_.rest.names.size(), "call") + ":\n";
      for (const std::string& line : Wrapped(Joined(shown_.rest.names, " "), 2)) text_ += line + "\n";
    }
  }

  void WriteForeign() {
    const std::string calls = std::string(target_.foreign_abi) + " calls";
    for (const ShownNumbers& numbers : shown_.foreign)
      WriteLast(&numbers == &shown_.foreign.back() ? calls : calls + " " + numbers.without_name, numbers);
  }

  void WriteArchitectures() {
    if (!shown_.looks_at_architecture)
      text_ += "other architectures: as this one, as the filter does not look at the architecture\n";
    for (const ShownArchitectures& one : shown_.architectures) {
      const std::string which = one.text.empty() ? "other architectures" : "architecture " + one.text;
      const std::string hint = FindTarget(one.text) == nullptr ? "" : ": see --arch " + one.text;
      text_ += which + ": " + (one.answer.empty() ? "depends on the call" + hint : one.answer) + "\n";
    }
  }

  const Shown& shown_;
  const Target& target_;
  bool is_full_;
  std::string text_;
};

// ---- As JSON.

// [first, last] for each range; of too many to list, nothing.
void WriteRanges(std::string_view key, const verify::ValueSet& values, JsonWriter& json) {
  constexpr std::size_t kMost = 1000;
  const auto ranges = values.Ranges(kMost);
  if (!ranges) return;
  json.Key(key).BeginArray();
  for (const verify::ValueRange& range : *ranges) {
    json.BeginArray();
    json.String(inspect::HexNumber(range.first)).String(inspect::HexNumber(range.last));
    json.EndArray();
  }
  json.EndArray();
}

// Of a field of which the filter looks at the lower half, that of the values.
void WriteValues(const verify::ValueSet& values, JsonWriter& json) {
  constexpr int kBitsOfAHalf = 32;
  const bool is_low_half = values.bits() > kBitsOfAHalf && values.BitsThatMatter() >> kBitsOfAHalf == 0;
  if (is_low_half)
    WriteRanges("low_halves", values.LowHalvesAt(0), json);
  else
    WriteRanges("values", values, json);
}

void WriteNumbers(const ShownNumbers& numbers, JsonWriter& json) {
  json.BeginObject();
  json.Key("names").BeginArray();
  for (const std::string& name : numbers.names) json.String(name);
  json.EndArray();
  WriteRanges("numbers", numbers.numbers, json);
  json.Key("then").Number(numbers.answers);
  if (!numbers.cases.empty()) {
    json.Key("cases").BeginArray();
    for (const inspect::AnswerCase& one : numbers.cases) {
      json.BeginObject();
      json.Key("if").String(one.condition);
      json.Key("answer").String(one.answer);
      json.EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
}

void WriteArchitectures(const Shown& shown, JsonWriter& json) {
  json.Line().Key("looks_at_architecture").Boolean(shown.looks_at_architecture);
  json.Line().Key("other_architectures").BeginArray();
  for (const ShownArchitectures& one : shown.architectures) {
    json.Line().BeginObject();
    WriteRanges("architectures", one.architectures, json);
    json.Key("then").Number(one.answers);
    if (!one.answer.empty()) json.Key("answer").String(one.answer);
    json.EndObject();
  }
  json.EndArray();
}

// What leads to what, in full: whole fields, and facts about variables.
class DecisionWriter {
 public:
  DecisionWriter(const Shown& shown, const Target& target, JsonWriter& json)
      : shown_(shown), names_(target, ""), terms_(shown.answers.terms, names_), json_(json) {}

  void Write() {
    json_.Line().Key("decisions").BeginArray();
    for (Answers::Id id = 0; id < shown_.answers.nodes.size(); ++id) {
      json_.Line().BeginObject();
      json_.Key("id").Number(id);
      std::visit([this](const auto& node) { WriteNode(node); }, shown_.answers.nodes[id]);
      json_.EndObject();
    }
    json_.EndArray();
    json_.Line().Key("first").Number(shown_.answers.root);
  }

 private:
  void WriteNode(const Answers::Answer& node) {
    json_.Key("answer").String(terms_.Answer(node.term));
    const verify::Term& term = shown_.answers.terms[node.term];
    if (term.IsConstant()) json_.Key("value").String(inspect::HexNumber(term.flip));
  }

  void WriteNode(const Answers::ByField& node) {
    json_.Key("field").String(names_.Of(node.field).text);
    json_.Key("cases").BeginArray();
    for (const Answers::Case& one : node.cases) {
      json_.BeginObject();
      json_.Key("if").String(inspect::ValuesText(one.values, names_.Of(node.field)));
      WriteValues(one.values, json_);
      json_.Key("then").Number(one.next);
      json_.EndObject();
    }
    json_.EndArray();
  }

  void WriteNode(const Answers::ByFact& node) {
    using Relation = inspect::TermTexts::Relation;
    const bool is_equality = node.fact.relation == verify::Fact::Relation::kEqual;
    json_.Key("if").String(
        terms_.Comparison(node.fact, is_equality ? Relation::kEqual : Relation::kGreater, 0));
    json_.Key("then").Number(node.yes);
    json_.Key("else").Number(node.no);
  }

  const Shown& shown_;
  inspect::FieldNames names_;
  inspect::TermTexts terms_;
  JsonWriter& json_;
};

std::string AsJson(const Shown& shown, const Source& source) {
  JsonWriter json;
  json.BeginObject();
  json.Line().Key("version").Number(1);
  json.Line().Key("source").String(source.name);
  json.Line().Key("arch").String(source.program.target.name);
  json.Line().Key("instructions").Number(shown.instructions);
  json.Line().Key("calls").BeginArray();
  for (const ShownNumbers& numbers : shown.calls) WriteNumbers(numbers, json.Line());
  json.EndArray();
  WriteNumbers(shown.rest, json.Line().Key("default"));
  json.Line().Key("other_abi").BeginArray();
  for (const ShownNumbers& numbers : shown.foreign) WriteNumbers(numbers, json.Line());
  json.EndArray();
  WriteArchitectures(shown, json);
  DecisionWriter(shown, source.program.target, json).Write();
  json.Line().EndObject();
  return json.text() + "\n";
}

// ---- The command.

CommandResult Run(const GivenWords& given) {
  if (given.others.empty()) throw UsageError("show: SOURCE is missing");
  if (given.others.size() > 1) throw UsageError("show: unexpected argument \"" + given.others[1] + "\"");
  const Source source = SourceOf(given, given.others.front());
  const inspect::KnownValues known(source.program, ValuesOf(given, source.program));
  try {
    const Shown shown = inspect::Show(source.program, known);
    const bool is_full = given.options.count("full") != 0;
    CommandResult result;
    result.output.content = given.options.count("json") != 0
                                ? AsJson(shown, source)
                                : TextWriter(shown, source.program.target, is_full).Text(source.name);
    return result;
  } catch (const Error& error) {
    throw error.InModule(source.name);
  }
}

}  // namespace

Command ShowCommand() {
  std::vector<Option> options = SourceOptions();
  options.insert(options.end(), {{"full", OptionKind::kFlag, "",
                                  "long conditions and all names, however many lines it takes"},
                                 {"json", OptionKind::kFlag, "", "answer as one JSON object"}});
  return {.name = "show",
          .words = "SOURCE",
          .summary = "tell what a filter allows, under which conditions, and what it answers to all else",
          .explanation =
              "It is read from the instructions, and exact: for all numbers, architectures and arguments.\n"
              "$fd is the variable fd where it is not set; (u64)cmd are all 64 bits of a parameter of which\n"
              "the kernel looks at 32, and (u32)addr the lower 32 of one of which it looks at all.\n",
          .options = options,
          .run = Run};
}

}  // namespace precompiledseccomp::gen
