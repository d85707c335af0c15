// SPDX-License-Identifier: Apache-2.0

#include "compile/check_rules.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <precompiledseccomp/error.h>

#include "base/mistakes.h"
#include "compile/graph.h"
#include "compile/lower_condition.h"
#include "compile/path_facts.h"
#include "compile/rules.h"

namespace precompiledseccomp::compile {
namespace {

bool IsUnconditional(const ResolvedRule& rule) {
  return std::holds_alternative<AlwaysTrue>(rule.condition.node());
}

// Which leaves of a decision can be reached, by walking all paths that do not contradict themselves.
class LeafFinder {
 public:
  explicit LeafFinder(const Graph& graph) : graph_(graph) {}

  // Nothing if there are too many paths to walk. What is left to walk waits on a stack of its own: decisions
  // may be many thousand tests deep.
  std::optional<std::set<NodeId>> Find(NodeId root, std::size_t leaves_wanted) {
    std::set<NodeId> found;
    std::vector<Path> paths = {{root, Knowledge()}};
    for (std::size_t steps = 0; !paths.empty() && found.size() < leaves_wanted; ++steps) {
      if (steps == kMostSteps) return std::nullopt;
      Path path = std::move(paths.back());
      paths.pop_back();
      const Node& node = graph_[path.id];
      if (node.is_leaf) {
        found.insert(path.id);
        continue;
      }
      Path if_no = {node.no, path.known};
      if (if_no.known.Assume(node.test, false)) paths.push_back(std::move(if_no));
      path.id = node.yes;
      if (path.known.Assume(node.test, true)) paths.push_back(std::move(path));
    }
    return found;
  }

 private:
  static constexpr std::size_t kMostSteps = 20000;

  // What is known on the path to a node.
  struct Path {
    NodeId id;
    Knowledge known;
  };

  const Graph& graph_;
};

// A leaf that stands for a rule rather than an action.
NodeId Marker(std::size_t number, Graph& graph) {
  return graph.AddLeaf({static_cast<std::uint32_t>(number), {}});
}

void CheckCondition(const ResolvedRule& rule, const Target& target, const VariableNumbers& numbers) {
  Graph graph(numbers);
  const NodeId yes = Marker(1, graph);
  const NodeId no = Marker(0, graph);
  const NodeId root = Lower(rule.condition, yes, no, target, graph);
  const auto leaves = LeafFinder(graph).Find(root, 2);
  if (leaves && leaves->count(yes) == 0)
    throw Error("the condition of the rule " + rule.ToString() + " is never true");
}

// The rules of `indices`, all of one set, that some call can reach; all of them if that is too much to find
// out.
std::set<RuleIndex> ReachableRules(const ResolvedPolicy& policy, const RuleIndices& indices,
                                   const VariableNumbers& numbers) {
  // The usual case.
  if (indices.size() == 1 && IsUnconditional(RuleAt(policy, indices.front()))) return {indices.front()};
  Graph graph(numbers);
  const NodeId none = Marker(indices.size(), graph);
  std::vector<NodeId> markers;
  for (std::size_t i = 0; i < indices.size(); ++i) markers.push_back(Marker(i, graph));
  NodeId decision = none;
  for (std::size_t i = indices.size(); i-- > 0;)
    decision = Lower(RuleAt(policy, indices[i]).condition, markers[i], decision, policy.target, graph);
  const auto leaves = LeafFinder(graph).Find(decision, indices.size() + 1);
  std::set<RuleIndex> reachable;
  for (std::size_t i = 0; i < indices.size(); ++i)
    if (!leaves || leaves->count(markers[i]) != 0) reachable.insert(indices[i]);
  return reachable;
}

bool ShareACall(const ResolvedRule& left, const ResolvedRule& right) {
  if (left.any_call && right.any_call) return true;
  if (left.any_call) return ShareACall(right, left);
  return std::any_of(left.numbers.begin(), left.numbers.end(),
                     [&](std::uint32_t number) { return right.IsFor(number); });
}

// The rules before the one at `index` that are for one of its calls, the nearest first; of many, some.
std::string EarlierRules(const ResolvedRuleSet& set, std::size_t index) {
  constexpr std::size_t kMostShown = 3;
  std::string text;
  std::size_t count = 0;
  for (std::size_t i = index; i-- > 0;) {
    if (!ShareACall(set.rules[index], set.rules[i]) || ++count > kMostShown) continue;
    text += (text.empty() ? "" : ", ") + set.rules[i].ToString();
  }
  if (count > kMostShown) text += " and " + std::to_string(count - kMostShown) + " more";
  return text;
}

}  // namespace

void CheckThatRulesCanMatch(const ResolvedPolicy& policy, const VariableNumbers& numbers) {
  std::set<RuleIndex> reachable;
  std::set<RuleIndices> checked;
  std::vector<RuleIndices> of_calls = {RulesForAnyCall(policy)};
  for (auto& [number, indices] : RulesByNumber(policy)) of_calls.push_back(std::move(indices));
  for (const RuleIndices& indices : of_calls) {
    for (std::size_t begin = 0; begin < indices.size();) {
      std::size_t end = begin;
      while (end < indices.size() && indices[end].set == indices[begin].set) ++end;
      const RuleIndices of_one_set(indices.begin() + static_cast<std::ptrdiff_t>(begin),
                                   indices.begin() + static_cast<std::ptrdiff_t>(end));
      if (checked.insert(of_one_set).second) reachable.merge(ReachableRules(policy, of_one_set, numbers));
      begin = end;
    }
  }
  Mistakes mistakes;
  for (std::size_t set = 0; set < policy.rule_sets.size(); ++set) {
    const std::vector<ResolvedRule>& rules = policy.rule_sets[set].rules;
    for (std::size_t index = 0, end = 0; index < rules.size(); index = end) {
      // All parts of one rule of the policy.
      bool can_match = false;
      for (end = index; end == index || (end < rules.size() && rules[end].continues_rule); ++end)
        can_match = can_match || reachable.count({set, end}) != 0;
      const ResolvedRule& rule = rules[index];
      const bool is_for_none = rule.numbers.empty() && !rule.any_call;
      if (is_for_none || can_match) continue;
      mistakes.Try([&] {
        CheckCondition(rule, policy.target, numbers);
        throw Error("the rule " + rule.ToString() +
                    " can never match: earlier rules of the same rule set decide all of its calls: " +
                    EarlierRules(policy.rule_sets[set], index));
      });
    }
  }
  mistakes.ThrowIfThereAreAny();
}

}  // namespace precompiledseccomp::compile
