// SPDX-License-Identifier: Apache-2.0
//
// What a decision consists of: guards that all have to be passed, and questions of any other kind.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "compile/graph.h"
#include "compile/order/cofactors.h"
#include "compile/order/guards.h"
#include "compile/search_tree.h"

namespace precompiledseccomp::compile {

// A question, and what is left to decide behind it.
struct Split {
  Question question;
  std::vector<Cofactor> cofactors;
};

// The distinct nodes of a split, in the order of their values.
std::vector<NodeId> NodesOf(const std::vector<Cofactor>& cofactors);

// The branches that answer a question: `ranges` lead to the cofactors, or to what is to take their place.
NodeId BranchesFor(const Question& question, const std::vector<ValueRange>& ranges, double cost_of_a_test,
                   Graph& graph);

struct Parts {
  struct GuardSplit {
    Split split;
    NodeId beyond;  // what is left to decide when this guard alone is passed
  };

  std::size_t branches = 0;  // that there are in the decision
  // Whether there is nothing but the guards, each of them of a word of its own. If not, `passed` says
  // nothing, and guards may look at the same word.
  bool has_only_guards = false;
  GuardedDecision guarded;
  std::vector<GuardSplit> guard_splits;  // for each guard
  std::vector<Split> core;               // the other questions
};

// Takes decisions apart, each once.
class Dissection {
 public:
  Dissection(Guards& guards, Graph& graph) : guards_(guards), graph_(graph), cofactoring_(graph) {}

  // Null if that takes too much work, or did so before. Takes its work from `work_left`, see Cofactoring.
  std::shared_ptr<const Parts> PartsOf(NodeId id, std::size_t& work_left);

 private:
  std::shared_ptr<const Parts> Dissect(NodeId id, std::size_t& work_left);
  // The leaf that most questions can lead to at once: the answer for calls that fail a guard.
  [[nodiscard]] std::optional<NodeId> FindFailed(
      const std::vector<std::vector<NodeId>>& nodes_of_splits) const;
  void AddGuard(Split split, NodeId beyond, Parts& parts);
  [[nodiscard]] std::optional<NodeId> PassedBy(NodeId id, const Parts& parts) const;

  Guards& guards_;
  Graph& graph_;
  Cofactoring cofactoring_;
  std::unordered_map<NodeId, std::shared_ptr<const Parts>> parts_;
};

}  // namespace precompiledseccomp::compile
