// SPDX-License-Identifier: Apache-2.0
//
// What a program pays at its start for a container profile: with an embedded program, with libseccomp, and
// for no more than the kernel's part of it.
//
// A filter cannot be removed, so that every sample is taken in a child of its own; and what is measured
// happens once in a process, cold, as it does in real programs. That is why this is no loop of a benchmark
// library.

#include <cstdio>
#include <optional>
#include <span>
#include <vector>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/install.h>

#include "bench/container.h"
#include "bench/installing.h"
#include "bench/run.h"
#include "bench/samples.h"
#include "bench_filters.h"
#include "libseccomp/libseccomp_filter.h"

namespace precompiledseccomp::testing {
namespace {

// In microseconds.
struct Start {
  double prepare = 0;
  double install = 0;
};

// It has no variables, so that the table itself is installed.
std::optional<Start> StartWithEmbeddedProgram(const char* name) {
  const double start = Now();
  const Program* program = bench::GetPrecompiled(name);
  if (program == nullptr) return std::nullopt;
  const double found = Now();
  if (!Install(*program)) return std::nullopt;
  return Start{found - start, Now() - found};
}

std::optional<Start> StartWithLibseccomp(const LibseccompPolicy& policy, LibseccompShape shape) {
  const double start = Now();
  const Context context = Build(policy, shape);
  if (context == nullptr) return std::nullopt;
  const double built = Now();
  if (seccomp_load(context.get()) != 0) return std::nullopt;
  return Start{built - start, Now() - built};
}

std::optional<Start> InstallOnly(std::span<const sock_filter> program) {
  const std::optional<double> install = TimeToInstall(program);
  if (!install) return std::nullopt;
  return Start{0, *install};
}

struct Result {
  double prepare = 0;  // medians
  double install = 0;
  double total = 0;
};

enum Place : std::size_t {
  kOurs,
  kLinear,
  kTree,
  kOurArray,
  kLinearArray,
  kTreeArray,
  kFewCalls,
  kOneInstruction
};

std::vector<Contender<Start>> Contenders(const LibseccompPolicy& policy) {
  const std::vector<sock_filter> linear = Export(Build(policy, LibseccompShape::kLinear));
  const std::vector<sock_filter> tree = Export(Build(policy, LibseccompShape::kTree));
  const auto embedded = bench::GetPrecompiled("container")->instructions();
  const std::vector<sock_filter> ours(embedded.begin(), embedded.end());
  return {
      {"precompiled", "look up, install", bench::GetPrecompiled("container")->instructions().size(),
       [] { return StartWithEmbeddedProgram("container"); }},
      {"libseccomp_linear", "libseccomp: build, load", linear.size(),
       [policy] { return StartWithLibseccomp(policy, LibseccompShape::kLinear); }},
      {"libseccomp_tree", "libseccomp, as a tree: build, load", tree.size(),
       [policy] { return StartWithLibseccomp(policy, LibseccompShape::kTree); }},
      // From memory that was touched before, as the other arrays.
      {"precompiled_array", "our array: install", ours.size(), [ours] { return InstallOnly(ours); }},
      {"libseccomp_linear_array", "libseccomp's array: install", linear.size(),
       [linear] { return InstallOnly(linear); }},
      {"libseccomp_tree_array", "libseccomp's tree: install", tree.size(),
       [tree] { return InstallOnly(tree); }},
      {"precompiled_for_300_calls", "CallsPerRun(300): look up, install",
       bench::GetPrecompiled("container_of_300_calls")->instructions().size(),
       [] { return StartWithEmbeddedProgram("container_of_300_calls"); }},
      {"one_instruction", "one instruction: install", OneInstruction().size(),
       [] { return InstallOnly(OneInstruction()); }},
  };
}

std::vector<Result> Medians(const std::vector<std::vector<Start>>& taken) {
  std::vector<Result> results;
  for (const std::vector<Start>& starts : taken)
    results.push_back({Median(starts, [](const Start& s) { return s.prepare; }),
                       Median(starts, [](const Start& s) { return s.install; }),
                       Median(starts, [](const Start& s) { return s.prepare + s.install; })});
  return results;
}

void Print(const std::vector<Contender<Start>>& contenders, const std::vector<Result>& results) {
  std::printf("%-36s %12s %12s %12s %12s %10s\n", "medians in microseconds", "instructions", "prepare",
              "install", "together", "ratio");
  for (std::size_t i = 0; i < contenders.size(); ++i)
    std::printf("%-36s %12zu %12.2f %12.2f %12.2f %10.2f\n", contenders[i].name.c_str(),
                contenders[i].instructions, results[i].prepare, results[i].install, results[i].total,
                results[i].total / results[kOurs].total);
  const double theirs = results[kLinear].total;
  std::printf("\nlibseccomp's build and load takes %.1f times as long as look up and install\n",
              theirs / results[kOurs].total);
  std::printf("its tree's takes %.1f times as long; and %.1f times as long as with CallsPerRun(300)\n",
              results[kTree].total / results[kOurs].total, results[kTree].total / results[kFewCalls].total);
  std::printf("our array takes %.2f times as long to install as one instruction\n",
              results[kOurArray].install / results[kOneInstruction].install);
  std::printf("look up takes %.3f %% of libseccomp's build and load\n",
              100 * results[kOurs].prepare / theirs);
}

Json ToJson(const std::vector<Contender<Start>>& contenders, const std::vector<Result>& results) {
  Json json;
  for (std::size_t i = 0; i < contenders.size(); ++i)
    json[contenders[i].key] = {{"instructions", contenders[i].instructions},
                               {"prepare_us", results[i].prepare},
                               {"install_us", results[i].install},
                               {"total_us", results[i].total}};
  json["ratio"] = results[kLinear].total / results[kOurs].total;
  json["look_up_and_render_share"] = results[kOurs].prepare / results[kLinear].total;
  return json;
}

Json Run(std::size_t samples) {
  const LibseccompPolicy policy = ForLibseccomp(Resolve(ContainerProfile(), NativeTarget()));
  std::printf("container profile, %zu rules for libseccomp, %zu samples each\n\n", policy.rules.size(),
              samples);
  const std::vector<Contender<Start>> contenders = Contenders(policy);
  const std::vector<Result> results = Medians(Measure(contenders, samples));
  Print(contenders, results);
  return ToJson(contenders, results);
}

}  // namespace
}  // namespace precompiledseccomp::testing

int main(int argc, char** argv) {
  using namespace precompiledseccomp::testing;
  return RunBenchmark({.name = "startup", .samples = 300, .installs_filters = true, .run = Run}, argc, argv);
}
