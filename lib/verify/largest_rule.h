// SPDX-License-Identifier: Apache-2.0
//
// The rule that makes a proof large, for the message if it is too large.
#pragma once

#include <cstddef>
#include <string>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/target.h>

#include "verify/diagrams.h"

namespace precompiledseccomp::verify {

struct LargestRule {
  const ResolvedRule* rule = nullptr;
  std::size_t nodes = 0;  // that were added for it

  // `; the largest rule is that for "mmap" (policy.cc:17)`; empty if no rule took any nodes. Of several
  // calls, the first is named.
  [[nodiscard]] std::string Text(const Target& target) const {
    if (rule == nullptr || rule->numbers.empty()) return "";
    const std::string where = rule->where.ToString();
    return "; the largest rule is that for \"" + SyscallName(target, rule->numbers.front()) + "\"" +
           (where.empty() ? "" : " (" + where + ")");
  }
};

// As long as it lives, nodes that are added are those of a rule; also if there are too many in the end.
class RuleInWork {
 public:
  RuleInWork(const ResolvedRule& rule, const Diagrams& diagrams, LargestRule& largest)
      : rule_(rule), diagrams_(diagrams), largest_(largest), before_(diagrams.size()) {}
  RuleInWork(const RuleInWork&) = delete;
  RuleInWork& operator=(const RuleInWork&) = delete;
  ~RuleInWork() {
    const std::size_t nodes = diagrams_.size() - before_;
    if (nodes > largest_.nodes) largest_ = {&rule_, nodes};
  }

 private:
  const ResolvedRule& rule_;
  const Diagrams& diagrams_;
  LargestRule& largest_;
  std::size_t before_;
};

}  // namespace precompiledseccomp::verify
