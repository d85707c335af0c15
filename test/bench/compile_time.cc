// SPDX-License-Identifier: Apache-2.0
//
// How long compiling and proving take, for each policy: of the project's own container profile, and of the
// corpus if there is one. This is what a build pays, and a program that compiles at its start.
//
//   compile/POLICY       resolved policy to instructions, as a rule from the author's code is resolved once
//   precompile/POLICY    of a policy with variables: everything that the generator does to be sure of the
//                        places where they stand, that is, calling the definition and compiling its answer in
//                        all rounds of placeholders
//   prove/POLICY         that the instructions do what the policy says
//
// Ends with how many times as long as compiling proving takes, over all policies.
//
// Compiling is deterministic, allocates, and can be repeated: a loop of Google Benchmark is right for it. All
// its options are there: --benchmark_filter=gvisor, --benchmark_out=FILE --benchmark_out_format=json.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include <benchmark/benchmark.h>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/precompile.h>

#include "bench/container.h"
#include "bench/run.h"
#include "compile/compile.h"
#include "corpus/corpus.h"
#include "verify/verify.h"

namespace precompiledseccomp::testing {
namespace {

void RegisterCompile(const std::string& name, const ResolvedPolicy& policy) {
  const auto compile = [policy](benchmark::State& state) {
    std::size_t instructions = 0;
    for (auto _ : state) instructions = Compile(policy).size();
    state.counters["instructions"] = static_cast<double>(instructions);
  };
  benchmark::RegisterBenchmark(("compile/" + name).c_str(), compile)->Unit(benchmark::kMicrosecond);
}

void RegisterProve(const std::string& name, const ResolvedPolicy& policy) {
  const auto prove = [policy](benchmark::State& state) {
    const bpf::FilterWithHoles filter{Compile(policy), {}};
    verify::Verdict verdict;
    for (auto _ : state) verdict = verify::Prove(policy, filter);
    const auto& proved = std::get<verify::Proved>(verdict);
    state.counters["instructions"] = static_cast<double>(filter.instructions.size());
    state.counters["paths"] = static_cast<double>(proved.paths);
    state.counters["nodes"] = static_cast<double>(proved.nodes);
  };
  benchmark::RegisterBenchmark(("prove/" + name).c_str(), prove)->Unit(benchmark::kMicrosecond);
}

// The shortest of a few times that `work` takes.
template <typename Work>
double BestSeconds(const Work& work) {
  using Clock = std::chrono::steady_clock;
  constexpr int kTimes = 9;
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kTimes; ++i) {
    const Clock::time_point begin = Clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - begin).count());
  }
  return best;
}

double ProvingByCompiling(const ResolvedPolicy& policy) {
  const bpf::FilterWithHoles filter{Compile(policy), {}};
  const double compiling = BestSeconds([&] { benchmark::DoNotOptimize(Compile(policy)); });
  return BestSeconds([&] { benchmark::DoNotOptimize(verify::Prove(policy, filter)); }) / compiling;
}

void PrintProvingByCompiling() {
  std::vector<double> ratios = {ProvingByCompiling(Resolve(ContainerProfile(), NativeTarget()))};
  for (const CorpusPolicy& policy : Corpus())
    ratios.push_back(ProvingByCompiling(Resolve(policy.policy, *policy.target)));
  std::sort(ratios.begin(), ratios.end());
  std::fprintf(stderr,
               "proving takes %.2f times as long as compiling (median of %zu policies; at most %.2f)\n",
               ratios[ratios.size() / 2], ratios.size(), ratios.back());
}

void RegisterPrecompile(const CorpusPolicy& policy) {
  const auto precompile = [&policy](benchmark::State& state) {
    std::size_t instructions = 0;
    for (auto _ : state) instructions = Precompile(policy.definition, *policy.target).instructions.size();
    state.counters["instructions"] = static_cast<double>(instructions);
    state.counters["rounds"] =
        static_cast<double>(AskDefinition(policy.definition, *policy.target).rounds.size());
  };
  benchmark::RegisterBenchmark(("precompile/" + policy.name).c_str(), precompile)
      ->Unit(benchmark::kMicrosecond);
}

void RegisterAll() {
  const ResolvedPolicy container = Resolve(ContainerProfile(), NativeTarget());
  RegisterCompile("own/container", container);
  if (!LoadConfiguredCorpus())
    std::fprintf(stderr, "without a corpus: only the container profile of our own\n");
  for (const CorpusPolicy& policy : Corpus())
    RegisterCompile(policy.name, Resolve(policy.policy, *policy.target));
  for (const CorpusPolicy& policy : Corpus())
    if (!policy.values.empty()) RegisterPrecompile(policy);
  RegisterProve("own/container", container);
  for (const CorpusPolicy& policy : Corpus())
    RegisterProve(policy.name, Resolve(policy.policy, *policy.target));
}

}  // namespace
}  // namespace precompiledseccomp::testing

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  try {
    precompiledseccomp::testing::RegisterAll();
    benchmark::RunSpecifiedBenchmarks();
    precompiledseccomp::testing::PrintProvingByCompiling();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "compile_time: %s\n", error.what());
    return EXIT_FAILURE;
  }
  benchmark::Shutdown();
  return EXIT_SUCCESS;
}
