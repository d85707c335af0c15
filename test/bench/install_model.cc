// SPDX-License-Identifier: Apache-2.0
//
// What installing a filter is made of: the terms of the model in bpf/install_cost.h for each filter, what it
// predicts, and what is measured. Of the corpus, ours and what other compilers made of the same policies; or
// of any filter that is given as a file.
//
// Each sample is taken in a child, as in install_time.cc, so that the constant is the one after a fork.

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include <linux/audit.h>

#include <precompiledseccomp/evaluate.h>

#include "bench/installing.h"
#include "bench/run.h"
#include "bench/samples.h"
#include "bpf/acceptance.h"
#include "bpf/allow_cache.h"
#include "bpf/install_cost.h"
#include "bpf/translation.h"
#include "compile/compile.h"
#include "corpus/corpus.h"

namespace precompiledseccomp::testing {
namespace {

struct NamedFilter {
  std::string name;
  std::string compiler;
  std::vector<sock_filter> program;
};

bpf::InstallCost CostOf(const std::vector<sock_filter>& program) {
  const Target& target = NativeTarget();
  const bpf::Translation translation = bpf::X86Translator().Translate(program);
  const std::size_t steps =
      bpf::EmulatedSteps(program, target.first_number, target.numbers, target.audit_arch) +
      bpf::EmulatedSteps(program, 0, target.compat_numbers, AUDIT_ARCH_I386);
  return {program.size(), translation.ebpf_instructions, translation.passes, steps};
}

// The model and the measurement, in microseconds.
Json Print(const NamedFilter& filter, std::size_t samples) {
  const bpf::InstallCost cost = CostOf(filter.program);
  const double predicted = (bpf::kNanosecondsOfAnyFilterAfterFork + cost.Nanoseconds()) / 1000;
  const Contender<double> contender{filter.name, filter.name, cost.instructions,
                                    [&] { return TimeToInstall(filter.program); }};
  const double measured = Median(Measure(std::vector{contender}, samples).front());
  std::printf("%-40s %-24s %12zu %6zu %7zu %7zu %10.2f %9.2f %6.2f\n", filter.name.c_str(),
              filter.compiler.c_str(), cost.instructions, cost.ebpf_instructions, cost.passes, cost.steps,
              predicted, measured, measured / predicted);
  return {{"instructions", cost.instructions},
          {"ebpf_instructions", cost.ebpf_instructions},
          {"passes", cost.passes},
          {"steps", cost.steps},
          {"predicted_us", predicted},
          {"measured_us", measured}};
}

Json PrintAll(const std::vector<NamedFilter>& filters, std::size_t samples) {
  std::printf("%-40s %-24s %12s %6s %7s %7s %10s %9s %6s   %zu samples each, in microseconds\n", "filter",
              "compiler", "instructions", "eBPF", "passes", "steps", "predicted", "measured", "ratio",
              samples);
  Json json;
  for (const NamedFilter& filter : filters) json[filter.name][filter.compiler] = Print(filter, samples);
  return json;
}

std::vector<sock_filter> Read(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(stream), {}};
  if (!stream || bytes.empty() || bytes.size() % sizeof(sock_filter) != 0)
    throw std::runtime_error(file + " is no file of instructions of 8 bytes each");
  std::vector<sock_filter> program(bytes.size() / sizeof(sock_filter));
  std::memcpy(program.data(), bytes.data(), bytes.size());
  if (const auto refusal = bpf::ReasonForRefusal(program))
    throw std::runtime_error(file + ": the kernel would not take it: " + *refusal);
  return program;
}

Json RunOn(std::size_t samples, const std::vector<std::string>& files) {
  std::vector<NamedFilter> filters;
  for (const std::string& file : files) filters.push_back({file, "", Read(file)});
  return PrintAll(filters, samples);
}

Json Run(std::size_t samples) {
  std::vector<NamedFilter> filters = {
      {"one instruction", "", {OneInstruction().begin(), OneInstruction().end()}}};
  for (const CorpusPolicy& policy : Corpus()) {
    if (policy.target->audit_arch != NativeTarget().audit_arch) continue;
    filters.push_back({policy.name, "ours", Compile(Resolve(policy.policy, *policy.target))});
    for (const Reference& reference : policy.references)
      filters.push_back({policy.name, reference.compiler, reference.program});
  }
  return PrintAll(filters, samples);
}

}  // namespace
}  // namespace precompiledseccomp::testing

int main(int argc, char** argv) {
  using namespace precompiledseccomp;
  if (!NativeTarget().jit_shortens_jumps) {
    std::printf("skipped: the model is of x86-64\n");
    return 77;
  }
  return testing::RunBenchmark({.name = "install_model",
                                .samples = 100,
                                .needs_corpus = true,
                                .installs_filters = true,
                                .run = testing::Run,
                                .run_on = testing::RunOn},
                               argc, argv);
}
