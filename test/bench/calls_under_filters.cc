// SPDX-License-Identifier: Apache-2.0
//
// What a system call costs under a filter, in the manner of the kernel's own seccomp_benchmark
// (tools/testing/selftests/seccomp): the cheapest calls there are, many in a row, so that what the filter
// adds shows. The filters are those of a container profile:
//
//   getppid                   allowed whatever its arguments: since Linux 5.11 the kernel answers it from its
//                             allow bitmap, and the filter does not run
//   getppid, not cached       the same behind a load of an argument, which keeps the kernel from using the
//                             bitmap: what older kernels pay for every call
//   personality(0xffffffff)   only asks, and is allowed for a few values of its argument only: the filter
//   runs
//
// A filter cannot be removed, so that each sample is a child with its own filter, or none, that makes many
// calls; medians over children. Filters are installed with SPEC_ALLOW where the kernel has it: its mitigation
// would slow the calls down, not the filter.

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/syscall.h>
#include <unistd.h>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/install.h>

#include "bench/container.h"
#include "bench/run.h"
#include "bench/samples.h"
#include "bpf/allow_cache.h"
#include "bpf/interpreter.h"
#include "compile/compile.h"
#include "libseccomp/libseccomp_filter.h"
#include "support/calls.h"

namespace precompiledseccomp::testing {
namespace {

using Instructions = std::vector<sock_filter>;

constexpr int kCalls = 10000;  // in a child: long beside the clock's resolution, short beside a time slice
constexpr int kWarmUp = 1000;
constexpr unsigned long kPersonalityQuery = 0xffffffff;

struct Call {
  const char* key;
  const char* name;
  long number;
  unsigned long argument;
};

constexpr Call kGetppid = {"getppid", "getppid", SYS_getppid, 0};
constexpr Call kUncachedGetppid = {"getppid_not_cached", "getppid, not cached", SYS_getppid, 0};
constexpr Call kPersonality = {"personality", "personality(0xffffffff)", SYS_personality, kPersonalityQuery};

struct Case {
  Call call;
  const char* key;
  const char* name;
  Instructions filter;  // empty: none
  int times = 1;        // that it is installed
};

// ---- Measuring.

bool InstallIt(const Instructions& program) {
  Filter filter;
  if (!filter.Assign(program)) return false;
  const InstallResult result = Install(filter, {.spec_allow = true});
  if (!result && result.error() == EINVAL) return static_cast<bool>(Install(filter));  // before Linux 4.17
  return static_cast<bool>(result);
}

void MakeCalls(const Call& call, int times) {
  for (int i = 0; i < times; ++i) syscall(call.number, call.argument);
}

// Nanoseconds for each call.
std::optional<double> TimeOfCall(const Case& of) {
  for (int i = 0; i < of.times && !of.filter.empty(); ++i)
    if (!InstallIt(of.filter)) return std::nullopt;
  MakeCalls(of.call, kWarmUp);
  const double start = Now();
  MakeCalls(of.call, kCalls);
  return (Now() - start) * 1e3 / kCalls;
}

// ---- What is measured.

Instructions NotCached(Instructions program) {
  program.insert(program.begin(), {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, args)});
  return program;
}

std::vector<Case> Cases() {
  const ResolvedPolicy policy = Resolve(ContainerProfile(), NativeTarget());
  const LibseccompPolicy for_libseccomp = ForLibseccomp(policy);
  const Instructions ours = Compile(policy);
  const Instructions linear = Export(Build(for_libseccomp, LibseccompShape::kLinear));
  const Instructions tree = Export(Build(for_libseccomp, LibseccompShape::kTree));
  std::vector<Case> cases;
  for (const Call& call : {kGetppid, kUncachedGetppid, kPersonality}) {
    const bool keep_uncached = call.key == kUncachedGetppid.key;
    const auto filter = [&](const Instructions& program) {
      return keep_uncached ? NotCached(program) : program;
    };
    cases.push_back({call, "no_filter", "no filter", {}});
    cases.push_back({call, "precompiled", "ours", filter(ours)});
    cases.push_back({call, "precompiled_twice", "ours, installed twice", filter(ours), 2});
    cases.push_back({call, "libseccomp_linear", "libseccomp's array", filter(linear)});
    cases.push_back({call, "libseccomp_tree", "libseccomp's tree", filter(tree)});
  }
  return cases;
}

bool IsCached(const Case& of) {
  return bpf::IsCacheable(of.filter, static_cast<std::uint32_t>(of.call.number), NativeTarget().audit_arch);
}

// How many instructions run for each call: none if the kernel's bitmap has the answer.
std::size_t Executed(const Case& of) {
  if (of.filter.empty() || IsCached(of)) return 0;
  const seccomp_data call = testing::NativeCall(of.call.number, {of.call.argument});
  const bpf::Execution execution = bpf::Run(of.filter, call);
  if (execution.result != SECCOMP_RET_ALLOW)
    throw std::runtime_error(std::string(of.call.name) + " is not allowed by " + of.name);
  return execution.executed;
}

// ---- Results.

Json Run(std::size_t samples) {
  const std::vector<Case> cases = Cases();
  std::vector<Contender<double>> contenders;
  for (const Case& one : cases)
    contenders.push_back({one.key, std::string(one.call.name) + ", " + one.name, one.filter.size(),
                          [&one] { return TimeOfCall(one); }});
  std::printf("%zu samples of %d calls each\n\n%-26s %-22s %12s %12s %12s %10s\n", samples, kCalls, "call",
              "filter", "instructions", "executed", "ns per call", "ratio");
  const std::vector<std::vector<double>> taken = Measure(contenders, samples);

  Json json;
  double unfiltered = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const double time = Median(taken[i]);
    if (cases[i].filter.empty()) unfiltered = time;
    std::printf("%-26s %-22s %12zu %12zu %12.1f %10.2f\n", cases[i].call.name, cases[i].name,
                cases[i].filter.size(), Executed(cases[i]), time, time / unfiltered);
    json[cases[i].call.key][cases[i].key] = {{"instructions", cases[i].filter.size()},
                                             {"executed", Executed(cases[i])},
                                             {"ns_per_call", time},
                                             {"ratio", time / unfiltered}};
  }
  return json;
}

}  // namespace
}  // namespace precompiledseccomp::testing

int main(int argc, char** argv) {
  using namespace precompiledseccomp::testing;
  return RunBenchmark({.name = "calls_under_filters", .samples = 200, .installs_filters = true, .run = Run},
                      argc, argv);
}
