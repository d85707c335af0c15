// SPDX-License-Identifier: Apache-2.0
//
// The whole corpus as a table: how large our filters are, and how many instructions they execute, beside what
// other compilers made of the same policies. These figures do not depend on the machine, so that nothing is
// sampled and nothing is timed; they say why the times of the other benchmarks are as they are.

#include "bench/run.h"
#include "corpus/corpus.h"
#include "corpus/figures.h"

namespace precompiledseccomp::testing {
namespace {

Json ToJson(const Figures& figures) {
  Json json = {{"instructions", figures.instructions},
               {"mean_path", figures.mean_path},
               {"worst_path", figures.worst_path},
               {"cacheable", figures.cacheable}};
  if (figures.mean_hot > 0) json["mean_hot"] = figures.mean_hot;
  if (figures.mean_checked > 0) json["mean_checked"] = figures.mean_checked;
  return json;
}

Json ToJson(const std::vector<ComparedPolicy>& policies) {
  Json json;
  for (const ComparedPolicy& policy : policies) {
    Json& of_policy = json["policies"][policy.name];
    of_policy["ours"] = ToJson(policy.ours);
    for (const auto& [compiler, figures] : policy.references)
      of_policy["references"][compiler] = ToJson(figures);
  }
  for (const GroupRatios& group : RatiosByGroup(policies))
    json["ratios"][group.group] = {{"policies", group.policies},
                                   {"instructions", group.instructions},
                                   {"mean_path", group.mean_path},
                                   {"worst_path", group.worst_path}};
  return json;
}

Json Run(std::size_t) {
  const std::vector<ComparedPolicy> policies = CompareWithReferences(Corpus());
  PrintTable(policies);
  return ToJson(policies);
}

}  // namespace
}  // namespace precompiledseccomp::testing

int main(int argc, char** argv) {
  using namespace precompiledseccomp::testing;
  return RunBenchmark({.name = "corpus_table", .needs_corpus = true, .run = Run}, argc, argv);
}
