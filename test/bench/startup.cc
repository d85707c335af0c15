// SPDX-License-Identifier: Apache-2.0
//
// What a program pays at its start for a container profile: with an embedded program, with libseccomp, and
// for no more than the kernel's part of it.
//
//   startup [--samples N] [--json FILE]
//
// A filter cannot be removed, so that every sample is taken in a child of its own; and what is measured
// happens once in a process, cold, as it does in real programs. That is why this is no loop of a benchmark
// library.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <stdexcept>

#include <precompiledseccomp/evaluate.h>

#include "bench/container.h"
#include "bench/libseccomp_filter.h"
#include "bench/samples.h"
#include "bench_filters.h"

namespace precompiledseccomp::testing {
namespace {

constexpr Sample kFailed = {-1, -1};

Sample StartWithEmbeddedProgram() {
  const double start = Now();
  const Program* program = bench::GetPrecompiled("container");
  if (program == nullptr) return kFailed;
  Filter filter;
  if (program->Render({}, filter)) return kFailed;
  const double rendered = Now();
  if (!Install(filter)) return kFailed;
  return {rendered - start, Now() - rendered};
}

Sample StartWithLibseccomp(const LibseccompPolicy& policy, LibseccompShape shape) {
  const double start = Now();
  const Context context = Build(policy, shape);
  if (context == nullptr) return kFailed;
  const double built = Now();
  if (seccomp_load(context.get()) != 0) return kFailed;
  return {built - start, Now() - built};
}

Sample InstallOnly(const std::vector<sock_filter>& program) {
  Filter filter;
  if (!filter.Assign(program)) return kFailed;
  const double start = Now();
  if (!Install(filter)) return kFailed;
  return {0, Now() - start};
}

enum Place : std::size_t { kOurs, kLinear, kTree, kLinearArray, kTreeArray, kOneInstruction };

std::vector<Contender> Contenders(const LibseccompPolicy& policy) {
  const std::vector<sock_filter> linear = Export(Build(policy, LibseccompShape::kLinear));
  const std::vector<sock_filter> tree = Export(Build(policy, LibseccompShape::kTree));
  const std::vector<sock_filter> one = {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
  return {
      {"precompiled", "look up, render, install", bench::GetPrecompiled("container")->instructions().size(),
       StartWithEmbeddedProgram},
      {"libseccomp_linear", "libseccomp: build, load", linear.size(),
       [policy] { return StartWithLibseccomp(policy, LibseccompShape::kLinear); }},
      {"libseccomp_tree", "libseccomp, as a tree: build, load", tree.size(),
       [policy] { return StartWithLibseccomp(policy, LibseccompShape::kTree); }},
      {"libseccomp_linear_array", "libseccomp's array: install", linear.size(),
       [linear] { return InstallOnly(linear); }},
      {"libseccomp_tree_array", "libseccomp's tree: install", tree.size(),
       [tree] { return InstallOnly(tree); }},
      {"one_instruction", "one instruction: install", one.size(), [one] { return InstallOnly(one); }},
  };
}

void Print(const std::vector<Contender>& contenders, const std::vector<Result>& results) {
  std::printf("%-36s %12s %12s %12s %12s %10s\n", "medians in microseconds", "instructions", "prepare",
              "install", "together", "ratio");
  for (std::size_t i = 0; i < contenders.size(); ++i)
    std::printf("%-36s %12zu %12.2f %12.2f %12.2f %10.2f\n", contenders[i].name.c_str(),
                contenders[i].instructions, results[i].prepare, results[i].install, results[i].total,
                results[i].total / results[kOurs].total);
  const double theirs = results[kLinear].total;
  std::printf("\nlibseccomp's build and load takes %.1f times as long as look up, render and install\n",
              theirs / results[kOurs].total);
  std::printf("look up and render take %.3f %% of libseccomp's build and load\n",
              100 * results[kOurs].prepare / theirs);
}

void WriteJson(const std::string& path, const std::vector<Contender>& contenders,
               const std::vector<Result>& results) {
  std::ofstream file(path);
  file << "{\n";
  for (std::size_t i = 0; i < contenders.size(); ++i)
    file << "  \"" << contenders[i].key << "\": {\"instructions\": " << contenders[i].instructions
         << ", \"prepare_us\": " << results[i].prepare << ", \"install_us\": " << results[i].install
         << ", \"total_us\": " << results[i].total << "},\n";
  file << "  \"ratio\": " << results[kLinear].total / results[kOurs].total << ",\n"
       << "  \"look_up_and_render_share\": " << results[kOurs].prepare / results[kLinear].total << "\n}\n";
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

struct Options {
  std::size_t samples = 300;
  std::string json;
};

Options OptionsFrom(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    if (i + 1 == argc) throw std::runtime_error(name + " needs a value");
    if (name == "--samples")
      options.samples = std::strtoul(argv[i + 1], nullptr, 10);
    else if (name == "--json")
      options.json = argv[i + 1];
    else
      throw std::runtime_error("usage: startup [--samples N] [--json FILE]");
  }
  if (options.samples == 0) throw std::runtime_error("--samples takes 1 or more");
  return options;
}

void Run(const Options& options) {
  const LibseccompPolicy policy = ForLibseccomp(Resolve(ContainerProfile(), NativeTarget()));
  std::printf("container profile, %zu rules for libseccomp, %zu samples each\n\n", policy.rules.size(),
              options.samples);
  const std::vector<Contender> contenders = Contenders(policy);
  const std::vector<Result> results = Measure(contenders, options.samples);
  Print(contenders, results);
  if (!options.json.empty()) WriteJson(options.json, contenders, results);
}

}  // namespace
}  // namespace precompiledseccomp::testing

int main(int argc, char** argv) {
  try {
    precompiledseccomp::testing::Run(precompiledseccomp::testing::OptionsFrom(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "startup: %s\n", error.what());
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
