// SPDX-License-Identifier: Apache-2.0

#include "compile/check_rules.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include <precompiledseccomp/error.h>

#include "compile/graph.h"
#include "compile/lower_condition.h"
#include "compile/path_facts.h"
#include "compile/rules.h"

namespace precompiledseccomp::compile {
namespace {

bool IsUnconditional(const ResolvedRule& rule) {
  return std::holds_alternative<AlwaysTrue>(rule.condition.node());
}

// Which leaves of a decision can be reached, by walking all ways that do not contradict themselves.
class LeafFinder {
 public:
  explicit LeafFinder(const Graph& graph) : graph_(graph) {}

  // Nothing if there are too many ways to walk. What is left to walk waits on a stack of its own: decisions
  // may be many thousand tests deep.
  std::optional<std::set<NodeId>> Find(NodeId root, std::size_t leaves_wanted) {
    std::set<NodeId> found;
    std::vector<Way> ways = {{root, Knowledge()}};
    for (std::size_t steps = 0; !ways.empty() && found.size() < leaves_wanted; ++steps) {
      if (steps == kMostSteps) return std::nullopt;
      Way way = std::move(ways.back());
      ways.pop_back();
      const Node& node = graph_[way.id];
      if (node.is_leaf) {
        found.insert(way.id);
        continue;
      }
      Way if_no = {node.no, way.known};
      if (if_no.known.Assume(node.test, false)) ways.push_back(std::move(if_no));
      way.id = node.yes;
      if (way.known.Assume(node.test, true)) ways.push_back(std::move(way));
    }
    return found;
  }

 private:
  static constexpr std::size_t kMostSteps = 20000;

  // What is known on the way to a node.
  struct Way {
    NodeId id;
    Knowledge known;
  };

  const Graph& graph_;
};

// A leaf that stands for a place rather than an action.
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
    throw Error("the condition of the rule \"" + rule.description + "\" is never true");
}

// The rules of `places`, all of one set, that some call can reach; all of them if that is too much to find
// out.
std::set<RulePlace> ReachableRules(const ResolvedPolicy& policy, const Places& places,
                                   const VariableNumbers& numbers) {
  // The usual case.
  if (places.size() == 1 && IsUnconditional(RuleAt(policy, places.front()))) return {places.front()};
  Graph graph(numbers);
  const NodeId none = Marker(places.size(), graph);
  std::vector<NodeId> markers;
  for (std::size_t i = 0; i < places.size(); ++i) markers.push_back(Marker(i, graph));
  NodeId decision = none;
  for (std::size_t i = places.size(); i-- > 0;)
    decision = Lower(RuleAt(policy, places[i]).condition, markers[i], decision, policy.target, graph);
  const auto leaves = LeafFinder(graph).Find(decision, places.size() + 1);
  std::set<RulePlace> reachable;
  for (std::size_t i = 0; i < places.size(); ++i)
    if (!leaves || leaves->count(markers[i]) != 0) reachable.insert(places[i]);
  return reachable;
}

}  // namespace

void CheckThatRulesCanMatch(const ResolvedPolicy& policy, const VariableNumbers& numbers) {
  std::set<RulePlace> reachable;
  std::set<Places> checked;
  for (const auto& [number, places] : RulesByNumber(policy)) {
    for (std::size_t begin = 0; begin < places.size();) {
      std::size_t end = begin;
      while (end < places.size() && places[end].set == places[begin].set) ++end;
      const Places of_one_set(places.begin() + static_cast<std::ptrdiff_t>(begin),
                              places.begin() + static_cast<std::ptrdiff_t>(end));
      if (checked.insert(of_one_set).second) reachable.merge(ReachableRules(policy, of_one_set, numbers));
      begin = end;
    }
  }
  for (std::size_t set = 0; set < policy.rule_sets.size(); ++set)
    for (std::size_t index = 0; index < policy.rule_sets[set].rules.size(); ++index) {
      const ResolvedRule& rule = policy.rule_sets[set].rules[index];
      if (rule.numbers.empty() || reachable.count({set, index}) != 0) continue;
      CheckCondition(rule, policy.target, numbers);
      throw Error("the rule \"" + rule.description +
                  "\" can never match: earlier rules of the same rule set decide all of its calls");
    }
}

}  // namespace precompiledseccomp::compile
