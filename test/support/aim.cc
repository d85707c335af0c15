// SPDX-License-Identifier: Apache-2.0

#include "support/aim.h"

#include <algorithm>
#include <variant>
#include <vector>

#include <precompiledseccomp/evaluate.h>

#include "support/boundary_values.h"

namespace precompiledseccomp::testing {
namespace {

// To find a value for one test. Of the boundary values of any test, one in twenty or more gives either
// outcome.
constexpr int kAttemptsWithOneTest = 200;

void MakeLeafLikely(const Condition& leaf, bool outcome, Random& random, seccomp_data& call) {
  const Operand* operand = OperandOf(leaf);
  if (operand == nullptr || (Holds(leaf, call) == outcome && random.OneIn(2))) return;
  const std::vector<std::uint64_t> values = BoundaryValues(leaf);
  for (int attempt = 0; attempt < kAttemptsWithOneTest; ++attempt) {
    SetField(call, FieldOf(*operand), random.OneOf(values));
    if (Holds(leaf, call) == outcome) return;
  }
}

bool Contains(const Condition& condition, const Condition& leaf) {
  const std::vector<Condition> leaves = LeavesOf(condition);
  return std::any_of(leaves.begin(), leaves.end(),
                     [&](const Condition& other) { return &other.node() == &leaf.node(); });
}

// Makes all parts `outcome`, leaving alone those that are.
void MakeAllLikely(const std::vector<Condition>& parts, bool outcome, Random& random, seccomp_data& call) {
  for (const Condition& part : parts)
    if (Holds(part, call) != outcome) MakeLikely(part, outcome, random, call);
}

struct Maker {
  const Condition& condition;
  bool outcome;
  Random& random;
  seccomp_data& call;

  void operator()(const Conjunction& node) const { Join(node.conditions(), true); }
  void operator()(const Disjunction& node) const { Join(node.conditions(), false); }
  void operator()(const Negation& node) const { MakeLikely(node.condition.front(), !outcome, random, call); }
  template <typename Leaf>
  void operator()(const Leaf&) const {
    MakeLeafLikely(condition, outcome, random, call);
  }

  // Of a conjunction all parts must be true, of a disjunction all false; for the opposite one part is enough.
  void Join(const std::vector<Condition>& parts, bool all_needed_for) const {
    if (outcome == all_needed_for)
      MakeAllLikely(parts, outcome, random, call);
    else
      MakeLikely(random.OneOf(parts), outcome, random, call);
  }
};

struct Aimer {
  const Condition& leaf;
  bool outcome;
  Random& random;
  seccomp_data& call;

  void operator()(const Conjunction& node) const { Join(node.conditions(), true); }
  void operator()(const Disjunction& node) const { Join(node.conditions(), false); }
  void operator()(const Negation& node) const { std::visit(*this, node.condition.front().node()); }
  template <typename Leaf>
  void operator()(const Leaf&) const {
    MakeLikely(leaf, outcome, random, call);
  }

  // The part with the leaf last: what the others change must not spoil it.
  void Join(const std::vector<Condition>& parts, bool harmless) const {
    const Condition* with_leaf = nullptr;
    for (const Condition& part : parts) {
      if (with_leaf == nullptr && Contains(part, leaf))
        with_leaf = &part;
      else if (Holds(part, call) != harmless)
        MakeLikely(part, harmless, random, call);
    }
    if (with_leaf != nullptr) std::visit(*this, with_leaf->node());
  }
};

}  // namespace

void MakeLikely(const Condition& condition, bool outcome, Random& random, seccomp_data& call) {
  std::visit(Maker{condition, outcome, random, call}, condition.node());
}

void AimAt(const Condition& condition, const Condition& leaf, bool outcome, Random& random,
           seccomp_data& call) {
  std::visit(Aimer{leaf, outcome, random, call}, condition.node());
}

}  // namespace precompiledseccomp::testing
