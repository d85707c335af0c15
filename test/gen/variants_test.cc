// SPDX-License-Identifier: Apache-2.0
//
// Modules with many programs: nothing here is timed, but what makes them fast and small is there.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "run.h"

namespace precompiledseccomp::gen {
namespace {

using nlohmann::json;

#ifdef __has_feature
#define PCS_HAS_FEATURE(feature) __has_feature(feature)
#else
#define PCS_HAS_FEATURE(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || PCS_HAS_FEATURE(address_sanitizer)
constexpr bool kMemoryIsAsUsual = false;
#else
constexpr bool kMemoryIsAsUsual = true;
#endif

BOOST_AUTO_TEST_SUITE(many_programs)

struct Generated {
  std::string source;
  json stats;
};

Generated Generate(const std::string& module, const Environment& environment = {}) {
  constexpr long kMostKilobytes = 500 * 1024;
  const TemporaryFolder folder;
  const Outcome outcome = RunGenerator(
      module, SourcesIn(folder) + Words{"--stats", folder / "s.json", "--arch", "x86_64"}, environment);
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  if (kMemoryIsAsUsual) BOOST_TEST(outcome.peak_kilobytes < kMostKilobytes);
  return {ReadFile(folder / "f.cc"), json::parse(ReadFile(folder / "s.json"))};
}

std::size_t Count(const std::string& part, const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++count;
  return count;
}

// Two of three networks need the same calls: of each three programs two are the same.
BOOST_AUTO_TEST_CASE(VariantsOfALargePolicyShareWhatIsEqual) {
  const auto [source, stats] = Generate("variants");
  BOOST_TEST(stats["targets"] == json::parse(R"([{"arch": "x86_64", "programs": 576, "compiled": 384}])"));
  BOOST_TEST(Count("Table::MakeProgram(", source) == 576U);
  BOOST_TEST(Count(" instructions\n", source) == 384U);
  BOOST_TEST(source.size() <= 6000000U);
  BOOST_TEST(source.find("// sentry/kvm/network-none/gpu-b/options-31, "
                         "sentry/kvm/network-sandbox/gpu-b/options-31: ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(TenThousandSmallProgramsAreGenerated) {
  const auto [source, stats] = Generate("many", {{"PRECOMPILEDSECCOMP_NUMBER_OF_PROGRAMS", "10000"}});
  BOOST_TEST(stats["targets"] == json::parse(R"([{"arch": "x86_64", "programs": 10000, "compiled": 6667}])"));
  BOOST_TEST(Count("Table::MakeProgram(", source) == 10000U);
  BOOST_TEST(Count(" instructions\n", source) == 6667U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
