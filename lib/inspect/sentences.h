// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include <precompiledseccomp/evaluate.h>

#include "inspect/checks.h"
#include "inspect/subject.h"

namespace precompiledseccomp::inspect {

// For checks that have several things to tell of one rule, each of another call: they become one text.
class Sentences {
 public:
  explicit Sentences(const Subject& subject) : subject_(subject) {}

  void Add(const ResolvedRule& rule, const std::string& sentence) {
    OfRule& of_rule = of_rules_[subject_.PlaceOf(rule).place];
    if (of_rule.rule == nullptr) of_rule.rule = &rule;
    of_rule.text += (of_rule.text.empty() ? "" : "; ") + sentence;
  }
  void TellAll(const Tell& tell) const {
    for (const auto& [place, of_rule] : of_rules_) tell(*of_rule.rule, of_rule.text);
  }

 private:
  struct OfRule {
    const ResolvedRule* rule = nullptr;
    std::string text;
  };

  const Subject& subject_;
  std::map<std::size_t, OfRule> of_rules_;
};

}  // namespace precompiledseccomp::inspect
