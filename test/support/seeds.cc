// SPDX-License-Identifier: Apache-2.0

#include "support/seeds.h"

#include <chrono>
#include <cstdlib>
#include <limits>

#include <boost/test/results_collector.hpp>
#include <boost/test/unit_test.hpp>

namespace precompiledseccomp::testing {
namespace {

using Clock = std::chrono::steady_clock;

struct SearchOptions {
  double seconds = 0;
  std::uint64_t first_seed = 1;
  bool is_search = false;
};

SearchOptions FromCommandLine() {
  const auto& suite = boost::unit_test::framework::master_test_suite();
  SearchOptions options;
  if (suite.argc > 1) {
    options.is_search = true;
    options.seconds = std::strtod(suite.argv[1], nullptr);
  }
  if (suite.argc > 2) options.first_seed = std::strtoull(suite.argv[2], nullptr, 10);
  return options;
}

bool CurrentTestPasses() {
  const auto id = boost::unit_test::framework::current_test_case().p_id;
  return boost::unit_test::results_collector.results(id).p_assertions_failed == 0;
}

}  // namespace

void ForEachSeed(std::size_t least, std::size_t most, const std::function<void(std::uint64_t)>& check,
                 double seconds) {
  const SearchOptions options = FromCommandLine();
  if (options.is_search) {
    seconds = options.seconds;
    most = std::numeric_limits<std::size_t>::max();
  }
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  std::size_t done = 0;
  for (; done < most && (done < least || Clock::now() < end); ++done) {
    const std::uint64_t seed = options.first_seed + done;
    BOOST_TEST_CONTEXT("seed " << seed) {
      check(seed);
    }
    if (!CurrentTestPasses()) return;
  }
  BOOST_TEST_MESSAGE(boost::unit_test::framework::current_test_case().p_name << ": " << done << " seeds");
}

}  // namespace precompiledseccomp::testing
