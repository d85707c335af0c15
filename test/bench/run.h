// SPDX-License-Identifier: Apache-2.0
//
// What the hand-written benchmarks have in common: their command line, and their results as JSON.
//
//   BENCHMARK [--samples N] [--json FILE] [FILTER...]
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace precompiledseccomp::testing {

using Json = nlohmann::ordered_json;

struct Benchmark {
  std::string name;
  std::size_t samples = 0;  // of each thing measured, unless --samples says otherwise; 0: nothing is sampled
  bool needs_corpus = false;
  bool installs_filters = false;
  // Measures, prints a table for people, and returns the same for machines. With the corpus loaded.
  std::function<Json(std::size_t samples)> run;
  // If there is one, the benchmark takes filters: files of instructions as the kernel takes them, 8 bytes
  // each, such as seccomp_export_bpf() writes. With them it does this instead, and needs no corpus.
  std::function<Json(std::size_t samples, const std::vector<std::string>& files)> run_on = nullptr;
};

// What main() returns. A benchmark that needs what there is not, a corpus or a kernel that takes filters
// (some emulators and containers do not), is skipped, visibly.
int RunBenchmark(const Benchmark& benchmark, int argc, char** argv);

// Loads the policies of the folder that the build was configured with. False without one.
bool LoadConfiguredCorpus();

}  // namespace precompiledseccomp::testing
