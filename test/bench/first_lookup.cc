// SPDX-License-Identifier: Apache-2.0
//
// The first lookup in a fresh process, in a table of 576 programs. Generated tables that fill a map when they
// are first used pay for all of their programs at that moment, in time and in memory; ours are constants that
// are searched where they lie, so that what there is to pay is the page faults on the way.
//
// It happens once in a process, and a forked child would inherit a warm one's memory: each sample is a
// process of its own, this program executed anew with --once, that reports what it measured.

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <sstream>
#include <stdexcept>
#include <vector>

#include <sys/resource.h>

#include "bench/allocations.h"
#include "bench/run.h"
#include "bench/samples.h"
#include "bench_variants.h"
#include "gen/run.h"

namespace precompiledseccomp::testing {
namespace {

constexpr const char* kName = "supervisor/platform-6/options-101101";

struct FirstUse {
  double lookup = 0;  // in microseconds
  double render = 0;
  double second_lookup = 0;
  long page_faults = 0;         // of the first lookup
  std::size_t allocations = 0;  // of all of these
};

long PageFaults() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt + usage.ru_majflt;
}

// ---- In the fresh process.

// Whether an allocation would be noticed.
bool CountsAllocations() {
  const std::size_t before = Allocations();
  void* volatile memory = std::malloc(1);
  std::free(memory);
  return Allocations() == before + 1;
}

// When the rendering is done, or nothing. The filter is on the stack of a function of its own, so that the
// page that it touches first is part of what is measured.
[[gnu::noinline]] std::optional<double> Render(const Program& program) {
  constexpr std::size_t kMostVariables = 4;
  const std::span<const VariableRecord> variables = program.variables();
  if (variables.size() > kMostVariables) return std::nullopt;
  std::array<VariableValue, kMostVariables> values = {{{"", 0}, {"", 0}, {"", 0}, {"", 0}}};
  for (std::size_t i = 0; i < variables.size(); ++i) values[i] = VariableValue(variables[i].name(), 3);
  Filter filter;
  if (!program.Render({values.data(), variables.size()}, filter).ok()) return std::nullopt;
  return Now();
}

int MeasureOnce() {
  if (!CountsAllocations()) return EXIT_FAILURE;
  Now();  // the clock's own first use is not what is measured
  const long faults_before = PageFaults();
  const std::size_t allocations_before = Allocations();
  const double start = Now();
  const Program* program = bench::GetPrecompiled(kName);
  const double found = Now();
  const long page_faults = PageFaults() - faults_before;
  if (program == nullptr) return EXIT_FAILURE;

  const double before_render = Now();
  const std::optional<double> rendered = Render(*program);
  if (!rendered) return EXIT_FAILURE;
  const double before_second = Now();
  const bool found_again = bench::GetPrecompiled(kName) == program;
  const double second = Now() - before_second;
  const std::size_t allocations = Allocations() - allocations_before;
  if (!found_again) return EXIT_FAILURE;
  std::printf("%.3f %.3f %.3f %ld %zu\n", found - start, *rendered - before_render, second, page_faults,
              allocations);
  return EXIT_SUCCESS;
}

// ---- In the process that asks for it.

FirstUse MeasureInFreshProcess() {
  static const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  const gen::Outcome outcome = gen::Run({self, "--once"});
  FirstUse use;
  std::istringstream report(outcome.out);
  if (outcome.status != 0 ||
      !(report >> use.lookup >> use.render >> use.second_lookup >> use.page_faults >> use.allocations))
    throw std::runtime_error("a fresh process failed: " + outcome.err);
  return use;
}

Json Run(std::size_t samples) {
  std::vector<FirstUse> uses;
  for (std::size_t i = 0; i < samples; ++i) uses.push_back(MeasureInFreshProcess());
  std::size_t instructions = 0;
  for (const Program& program : bench::ListPrecompiled()) instructions += program.instructions().size();

  const Json json = {
      {"programs", bench::ListPrecompiled().size()},
      {"instructions", instructions},
      {"first_lookup_us", Median(uses, [](const FirstUse& use) { return use.lookup; })},
      {"page_faults", Median(uses, [](const FirstUse& use) { return static_cast<double>(use.page_faults); })},
      {"allocations",
       std::max_element(uses.begin(), uses.end(),
                        [](const FirstUse& a, const FirstUse& b) { return a.allocations < b.allocations; })
           ->allocations},
      {"first_render_us", Median(uses, [](const FirstUse& use) { return use.render; })},
      {"second_lookup_us", Median(uses, [](const FirstUse& use) { return use.second_lookup; })}};
  std::printf("%zu fresh processes; medians, but of allocations the most\n\n", samples);
  for (const auto& [name, number] : json.items())
    std::printf("%-20s %14s\n", name.c_str(), number.dump().c_str());
  return json;
}

}  // namespace
}  // namespace precompiledseccomp::testing

int main(int argc, char** argv) {
  using namespace precompiledseccomp::testing;
  if (argc == 2 && std::strcmp(argv[1], "--once") == 0) return MeasureOnce();
  return RunBenchmark({.name = "first_lookup", .samples = 200, .run = Run}, argc, argv);
}
