// SPDX-License-Identifier: Apache-2.0

#include "bench/run.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <stdexcept>
#include <string_view>

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <boost/program_options/variables_map.hpp>

#include "bench/installing.h"
#include "corpus/corpus.h"

namespace precompiledseccomp::testing {
namespace {

namespace po = boost::program_options;

constexpr int kSkipped = 77;  // for Meson

struct Options {
  bool help = false;
  long long samples = 0;
  std::string json;
  std::vector<std::string> filters;
};

po::options_description Describe(const Benchmark& benchmark, Options& options) {
  po::options_description description(benchmark.name);
  auto add = description.add_options();
  add("help", po::bool_switch(&options.help), "print this");
  add("json", po::value(&options.json)->value_name("FILE"), "write the results as JSON, too");
  if (benchmark.samples > 0)
    add("samples",
        po::value(&options.samples)
            ->value_name("N")
            ->default_value(static_cast<long long>(benchmark.samples)),
        "how often each thing is measured");
  if (benchmark.run_on)
    add("filter", po::value(&options.filters)->value_name("FILE"),
        "a filter, as instructions of 8 bytes each; also without --filter; can be repeated");
  return description;
}

Options OptionsFrom(const Benchmark& benchmark, int argc, char** argv) {
  Options options;
  const po::options_description description = Describe(benchmark, options);
  po::variables_map given;
  po::positional_options_description positional;
  if (benchmark.run_on) positional.add("filter", -1);
  po::store(po::command_line_parser(argc, argv).options(description).positional(positional).run(), given);
  po::notify(given);
  if (benchmark.samples > 0 && options.samples < 1) throw std::runtime_error("--samples takes 1 or more");
  if (options.help) std::cout << description;
  return options;
}

void Write(const Json& results, const std::string& path) {
  std::ofstream file(path);
  file << std::setw(2) << results << "\n";
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

int Skip(const char* reason) {
  std::printf("skipped: %s\n", reason);
  return kSkipped;
}

int Run(const Benchmark& benchmark, const Options& options) {
  if (options.help) return EXIT_SUCCESS;
  if (benchmark.installs_filters && !KernelTakesFilters()) return Skip("the kernel takes no filters");
  const auto samples = static_cast<std::size_t>(options.samples);
  if (options.filters.empty() && benchmark.needs_corpus && !LoadConfiguredCorpus())
    return Skip("there is no corpus; configure with -Dcorpus=FOLDER");
  const Json results =
      options.filters.empty() ? benchmark.run(samples) : benchmark.run_on(samples, options.filters);
  if (!options.json.empty()) Write(results, options.json);
  return EXIT_SUCCESS;
}

}  // namespace

int RunBenchmark(const Benchmark& benchmark, int argc, char** argv) {
  try {
    return Run(benchmark, OptionsFrom(benchmark, argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", benchmark.name.c_str(), error.what());
    return EXIT_FAILURE;
  }
}

bool LoadConfiguredCorpus() {
  constexpr std::string_view kFolder = CORPUS;
  if (!kFolder.empty()) LoadCorpus(kFolder);
  return !kFolder.empty();
}

}  // namespace precompiledseccomp::testing
