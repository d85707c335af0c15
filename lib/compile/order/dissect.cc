// SPDX-License-Identifier: Apache-2.0

#include "compile/order/dissect.h"

#include <algorithm>
#include <utility>

#include "compile/order/costs.h"
#include "compile/order/mask_patterns.h"

namespace precompiledseccomp::compile {
namespace {

constexpr double kCostOfATestOfAGuard = 1;

}  // namespace

std::vector<NodeId> NodesOf(const std::vector<Cofactor>& cofactors) {
  std::vector<NodeId> nodes;
  for (const Cofactor& cofactor : cofactors)
    if (std::find(nodes.begin(), nodes.end(), cofactor.node) == nodes.end()) nodes.push_back(cofactor.node);
  return nodes;
}

NodeId BranchesFor(const Question& question, const std::vector<ValueRange>& ranges, double cost_of_a_test,
                   Graph& graph) {
  if (question.is_of_range)
    return BuildValueSearch(question.test.subject, ranges, cost_of_a_test, graph).root;
  return graph.AddBranch(question.test, ranges.back().node, ranges.front().node);
}

std::shared_ptr<const Parts> Dissection::PartsOf(NodeId id, std::size_t& work_left) {
  if (const auto found = parts_.find(id); found != parts_.end()) return found->second;
  if (work_left == 0) return nullptr;
  return parts_[id] = Dissect(id, work_left);
}

std::shared_ptr<const Parts> Dissection::Dissect(NodeId id, std::size_t& work_left) {
  cofactoring_.Begin(id);
  const auto questions = cofactoring_.Questions(work_left);
  if (!questions) return nullptr;
  std::vector<Split> splits;
  for (const Question& question : *questions) {
    splits.push_back({question, cofactoring_.Split(question, work_left)});
    if (splits.back().cofactors.empty()) return nullptr;
  }
  const auto parts = std::make_shared<Parts>();
  parts->branches = cofactoring_.branches().size();
  std::vector<std::vector<NodeId>> nodes_of_splits;
  nodes_of_splits.reserve(splits.size());
  for (const Split& split : splits) nodes_of_splits.push_back(NodesOf(split.cofactors));
  const std::optional<NodeId> failed = FindFailed(nodes_of_splits);
  for (std::size_t i = 0; i < splits.size(); ++i) {
    Split& split = splits[i];
    const std::vector<NodeId>& nodes = nodes_of_splits[i];
    if (!failed || nodes.size() != 2 || (nodes.front() != *failed && nodes.back() != *failed)) {
      parts->core.push_back(std::move(split));
      continue;
    }
    parts->guarded.failed = *failed;
    AddGuard(std::move(split), nodes.front() == *failed ? nodes.back() : nodes.front(), *parts);
  }
  if (const auto passed = PassedBy(id, *parts)) {
    parts->has_only_guards = true;
    parts->guarded.passed = *passed;
  }
  return parts;
}

std::optional<NodeId> Dissection::FindFailed(const std::vector<std::vector<NodeId>>& nodes_of_splits) const {
  // Of leaves that as many questions lead to, one that refuses.
  constexpr int kVotes = 2;
  constexpr int kVotesOfRefusal = 3;
  std::vector<std::pair<NodeId, int>> votes;
  for (const std::vector<NodeId>& nodes : nodes_of_splits) {
    if (nodes.size() != 2) continue;
    for (const NodeId node : nodes) {
      if (!graph_[node].is_leaf) continue;
      auto entry = std::find_if(votes.begin(), votes.end(), [&](const auto& e) { return e.first == node; });
      if (entry == votes.end()) entry = votes.insert(votes.end(), {node, 0});
      entry->second += Refuses(graph_[node].leaf) ? kVotesOfRefusal : kVotes;
    }
  }
  const auto most = std::max_element(votes.begin(), votes.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == votes.end()) return std::nullopt;
  return most->first;
}

void Dissection::AddGuard(Split split, NodeId beyond, Parts& parts) {
  const NodeId failed = parts.guarded.failed;
  std::vector<ValueRange> ranges;
  for (const Cofactor& cofactor : split.cofactors) {
    const bool fails = cofactor.node == failed;
    ranges.push_back({cofactor.first, fails ? failed : guards_.Pass(), fails ? kCountOfARefusal : 1});
  }
  parts.guarded.guards.push_back({BranchesFor(split.question, ranges, kCostOfATestOfAGuard, graph_),
                                  split.question.test.subject.offset});
  parts.guard_splits.push_back({std::move(split), beyond});
}

// The leaf for calls that pass all guards, if the decision consists of nothing else. A guard lets all values
// through alike, so that one of each stands for all; but only if no two guards look at the same word.
std::optional<NodeId> Dissection::PassedBy(NodeId id, const Parts& parts) const {
  if (!parts.core.empty()) return std::nullopt;
  const std::vector<Guard>& guards = parts.guarded.guards;
  for (std::size_t i = 0; i < guards.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (guards[i].offset == guards[j].offset) return std::nullopt;
  while (!graph_[id].is_leaf) {
    const Test& test = graph_[id].test;
    const auto guard = std::find_if(
        parts.guard_splits.begin(), parts.guard_splits.end(),
        [&](const Parts::GuardSplit& candidate) { return candidate.split.question == QuestionOf(test); });
    const std::vector<Cofactor>& cofactors = guard->split.cofactors;
    const auto passing = std::find_if(cofactors.begin(), cofactors.end(),
                                      [&](const Cofactor& c) { return c.node != parts.guarded.failed; });
    id = Answer(test, passing->first) ? graph_[id].yes : graph_[id].no;
  }
  return id;
}

}  // namespace precompiledseccomp::compile
