// SPDX-License-Identifier: Apache-2.0
//
// How long compiling takes, for each policy: of the project's own container profile, and of the corpus if
// there is one. This is what a build pays, and a program that compiles at its start.
//
//   compile/POLICY       resolved policy to instructions, as a rule from the author's code is resolved once
//   precompile/POLICY    of a policy with variables: everything that the generator does to be sure of the
//                        places where they stand, that is, calling the definition and compiling its answer in
//                        all rounds of stand-ins
//
// Compiling is deterministic, allocates, and can be repeated: a loop of Google Benchmark is right for it. All
// its options are there: --benchmark_filter=gvisor, --benchmark_out=FILE --benchmark_out_format=json.

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include <benchmark/benchmark.h>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/precompile.h>

#include "bench/container.h"
#include "bench/run.h"
#include "compile/compile.h"
#include "corpus/corpus.h"

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
  RegisterCompile("own/container", Resolve(ContainerProfile(), NativeTarget()));
  if (!LoadConfiguredCorpus())
    std::fprintf(stderr, "without a corpus: only the container profile of our own\n");
  for (const CorpusPolicy& policy : Corpus())
    RegisterCompile(policy.name, Resolve(policy.policy, *policy.target));
  for (const CorpusPolicy& policy : Corpus())
    if (!policy.values.empty()) RegisterPrecompile(policy);
}

}  // namespace
}  // namespace precompiledseccomp::testing

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  try {
    precompiledseccomp::testing::RegisterAll();
    benchmark::RunSpecifiedBenchmarks();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "compile_time: %s\n", error.what());
    return EXIT_FAILURE;
  }
  benchmark::Shutdown();
  return EXIT_SUCCESS;
}
