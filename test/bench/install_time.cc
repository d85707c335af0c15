// SPDX-License-Identifier: Apache-2.0
//
// How long the kernel takes to install each program of the corpus, beside what other compilers made of the
// same policy, and beside one instruction, which is the part that no compiler can take away. This is what is
// left at a start once nothing is compiled there any more, and it depends on the shape of the filter: the
// kernel emulates it once for each call number.
//
// A filter cannot be removed: each sample is taken in a child, which the filter may then well kill. The
// programs of one policy are installed in turn, so that the machine's other work meets all of them alike.

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <precompiledseccomp/evaluate.h>

#include "bench/installing.h"
#include "bench/run.h"
#include "bench/samples.h"
#include "compile/compile.h"
#include "corpus/corpus.h"
#include "corpus/figures.h"

namespace precompiledseccomp::testing {
namespace {

struct Installed {
  std::string compiler;
  std::size_t instructions = 0;
  double median = 0;  // in microseconds
};

Contender<double> Installing(const std::string& name, const std::vector<sock_filter>& program) {
  return {name, name, program.size(), [program] { return TimeToInstall(program); }};
}

// Ours, then the references, then one instruction.
std::vector<Installed> MeasurePolicy(const CorpusPolicy& policy, std::size_t samples) {
  std::vector<Contender<double>> contenders = {
      Installing("ours", Compile(Resolve(policy.policy, *policy.target)))};
  for (const Reference& reference : policy.references)
    contenders.push_back(Installing(reference.compiler, reference.program));
  contenders.push_back(Installing("one instruction", {OneInstruction().begin(), OneInstruction().end()}));

  const std::vector<std::vector<double>> taken = Measure(contenders, samples);
  std::vector<Installed> installed;
  for (std::size_t i = 0; i < contenders.size(); ++i)
    installed.push_back({contenders[i].name, contenders[i].instructions, Median(taken[i])});
  return installed;
}

void Print(const std::string& name, const std::vector<Installed>& installed) {
  for (std::size_t i = 0; i < installed.size(); ++i)
    std::printf("%-40s %-24s %12zu %12.2f %10.2f\n", i == 0 ? name.c_str() : "",
                installed[i].compiler.c_str(), installed[i].instructions, installed[i].median,
                installed[i].median / installed.front().median);
}

Json ToJson(const std::vector<Installed>& installed) {
  Json json;
  for (const Installed& one : installed)
    json[one.compiler] = {{"instructions", one.instructions},
                          {"install_us", one.median},
                          {"ratio", one.median / installed.front().median}};
  return json;
}

// Of each reference's time to ours, over the policies of a folder.
Json PrintRatios(const std::map<std::string, std::vector<double>>& by_group) {
  Json json;
  std::printf("\n%-52s %12s %12s\n", "theirs / ours, geometric means", "policies", "ratio");
  for (const auto& [group, ratios] : by_group) {
    std::printf("%-52s %12zu %12.2f\n", group.c_str(), ratios.size(), GeometricMean(ratios));
    json[group] = {{"policies", ratios.size()}, {"ratio", GeometricMean(ratios)}};
  }
  return json;
}

Json Run(std::size_t samples) {
  Json json;
  std::map<std::string, std::vector<double>> by_group;
  std::printf("%-40s %-24s %12s %12s %10s   %zu samples each\n", "medians in microseconds", "compiler",
              "instructions", "install", "ratio", samples);
  for (const CorpusPolicy& policy : Corpus()) {
    if (policy.target->audit_arch != NativeTarget().audit_arch) {
      std::printf("%-40s skipped: it is for %s\n", policy.name.c_str(),
                  std::string(policy.target->name).c_str());
      continue;
    }
    const std::vector<Installed> installed = MeasurePolicy(policy, samples);
    Print(policy.name, installed);
    json["policies"][policy.name] = ToJson(installed);
    for (std::size_t i = 1; i + 1 < installed.size(); ++i)
      by_group[GroupOf(policy.name, installed[i].compiler)].push_back(installed[i].median /
                                                                      installed.front().median);
  }
  json["ratios"] = PrintRatios(by_group);
  return json;
}

}  // namespace
}  // namespace precompiledseccomp::testing

int main(int argc, char** argv) {
  using namespace precompiledseccomp::testing;
  return RunBenchmark(
      {.name = "install_time", .samples = 100, .needs_corpus = true, .installs_filters = true, .run = Run},
      argc, argv);
}
