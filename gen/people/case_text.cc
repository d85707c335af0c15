// SPDX-License-Identifier: Apache-2.0

#include "people/case_text.h"

#include <cstdint>

#include "inspect/number_text.h"

namespace precompiledseccomp::gen {
namespace {

using inspect::Decider;
using inspect::ExplainedCase;

// Rules may name hundreds of calls and constants: where they stand, people find the rest.
std::string Shortened(const std::string& rule) {
  constexpr std::size_t kMost = 200;
  return rule.size() <= kMost ? rule : rule.substr(0, kMost) + "...";
}

const char* NameOf(Decider decider) {
  switch (decider) {
    case Decider::kRule:
      return "rule";
    case Decider::kDefaultAction:
      return "default";
    case Decider::kUnknownAction:
      return "unknown-call";
    case Decider::kBadArchitectureAction:
      return "bad-architecture";
    case Decider::kInstructions:
      return "instructions";
  }
  return "";
}

}  // namespace

std::string DeciderText(const ExplainedCase& one) {
  const std::string place = one.where.ToString();
  switch (one.decider) {
    case Decider::kRule:
      return "by the rule \"" + Shortened(one.rule) + "\"" + (place.empty() ? "" : " (" + place + ")");
    case Decider::kDefaultAction:
      return "by the default action, as no rule decides it";
    case Decider::kUnknownAction:
      return "by the action for unknown calls, as no rule decides it, and it is none that the policy knows";
    case Decider::kBadArchitectureAction:
      return "by the action for other architectures, as the number is another ABI's";
    case Decider::kInstructions:
      return "";
  }
  return "";
}

void WriteTexts(const std::vector<std::string>& texts, JsonWriter& json) {
  json.BeginArray();
  for (const std::string& text : texts) json.String(text);
  json.EndArray();
}

void WriteCase(const ExplainedCase& one, JsonWriter& json) {
  json.Line().BeginObject();
  json.Key("if").String(one.condition);
  json.Key("answer").String(one.answer);
  json.Key("verdict").String(WordFor(one.standing));
  json.Key("by").String(NameOf(one.decider));
  if (one.decider == Decider::kRule) {
    json.Key("rule").String(one.rule);
    json.Key("file").String(one.where.file);
    json.Key("line").Number(static_cast<std::uint64_t>(one.where.line));
  }
  if (!one.example.empty()) {
    json.Key("example").BeginObject();
    for (const auto& [variable, value] : one.example) json.Key(variable).String(inspect::HexNumber(value));
    json.EndObject();
  }
  json.EndObject();
}

}  // namespace precompiledseccomp::gen
