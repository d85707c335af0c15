// SPDX-License-Identifier: Apache-2.0

#include "compile/rules.h"

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <precompiledseccomp/error.h>

#include "compile/lower_condition.h"
#include "compile/path_facts.h"
#include "policy/same.h"

namespace precompiledseccomp::compile {
namespace {

// A rule's place in its policy.
struct RulePlace {
  std::size_t set;
  std::size_t rule;
  friend auto operator<=>(const RulePlace&, const RulePlace&) = default;  // NOLINT: clang-tidy 14 errs
};

using Places = std::vector<RulePlace>;

const ResolvedRule& RuleAt(const ResolvedPolicy& policy, const RulePlace& place) {
  return policy.rule_sets[place.set].rules[place.rule];
}

bool IsUnconditional(const ResolvedRule& rule) {
  return std::holds_alternative<AlwaysTrue>(rule.condition.node());
}

// For each call number, the rules that name it, in order.
std::map<std::uint32_t, Places> RulesByNumber(const ResolvedPolicy& policy) {
  std::map<std::uint32_t, Places> by_number;
  for (std::size_t set = 0; set < policy.rule_sets.size(); ++set)
    for (std::size_t rule = 0; rule < policy.rule_sets[set].rules.size(); ++rule)
      for (const std::uint32_t number : policy.rule_sets[set].rules[rule].numbers)
        by_number[number].push_back({set, rule});
  return by_number;
}

// Neighbouring rules with the same action are one rule whose conditions are joined by or; this is what lets
// the conditions of a call that an author listed one by one be searched as a set.
NodeId DecideByRules(const ResolvedPolicy& policy, const Places& places, NodeId otherwise, Graph& graph) {
  NodeId decision = otherwise;
  for (std::size_t end = places.size(); end > 0;) {
    const ResolvedRule& last = RuleAt(policy, places[end - 1]);
    const bool only_vsyscall = policy.rule_sets[places[end - 1].set].only_vsyscall;
    std::size_t begin = end;
    while (begin > 0 && AreSame(RuleAt(policy, places[begin - 1]).action, last.action) &&
           policy.rule_sets[places[begin - 1].set].only_vsyscall == only_vsyscall)
      --begin;
    std::vector<Condition> conditions;
    for (std::size_t i = begin; i < end; ++i) conditions.push_back(RuleAt(policy, places[i]).condition);
    const NodeId matched =
        Lower(AnyOf(conditions), graph.AddAction(last.action), decision, policy.target, graph);
    decision = only_vsyscall ? LowerIsVsyscall(matched, decision, policy.target, graph) : matched;
    end = begin;
  }
  return decision;
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

std::map<std::uint32_t, NodeId> DecisionsOfCalls(const ResolvedPolicy& policy, Graph& graph) {
  std::map<std::uint32_t, NodeId> decisions;
  // Calls that the same rules name, which is most of them, are decided alike.
  std::map<std::pair<Places, NodeId>, NodeId> known;
  for (const auto& [number, places] : RulesByNumber(policy)) {
    const NodeId otherwise = DecisionOfUnnamed(policy, number, graph);
    const auto [entry, is_new] = known.emplace(std::pair(places, otherwise), otherwise);
    if (is_new) entry->second = DecideByRules(policy, places, otherwise, graph);
    decisions[number] = entry->second;
  }
  return decisions;
}

NodeId DecisionOfUnnamed(const ResolvedPolicy& policy, std::uint32_t number, Graph& graph) {
  const bool is_unknown = policy.baseline && number > policy.baseline->newest_known;
  return graph.AddAction(is_unknown ? policy.baseline->unknown_action : policy.default_action);
}

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
