// SPDX-License-Identifier: Apache-2.0
//
// What the generator finds in policies that are right as they are written.
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "run.h"
#include "support/errors.h"

namespace precompiledseccomp::gen {
namespace {

const Words kBothTargets = {"--arch", "x86_64", "--arch", "aarch64"};

BOOST_AUTO_TEST_SUITE(findings)

BOOST_AUTO_TEST_CASE(AFindingIsALineAndNoError) {
  const TemporaryFolder folder;
  const Outcome outcome = RunGenerator("findings", SourcesIn(folder) + kBothTargets);
  BOOST_TEST(outcome.status == 0);
  // One line for both targets, and for both programs that have it.
  BOOST_TEST(outcome.err == "precompiledseccomp-gen: " + ModuleFile("findings") +
                                ": program \"half\": warning: half-a-parameter (findings.cc:14): arg2.low of "
                                "read is tested, but the kernel looks at 64 bits of it: test "
                                "Param(\"count\") (and 1 other program)\n");
  BOOST_TEST(folder.Files().size() == 2U);
}

BOOST_AUTO_TEST_CASE(AllFindingsMayBeErrors) {
  const TemporaryFolder folder;
  const Outcome outcome =
      RunGenerator("findings", SourcesIn(folder) + kBothTargets + Words{"--findings", "error"});
  BOOST_TEST(outcome.status == 1);
  testing::CheckContains(outcome.err, {"program \"half\": half-a-parameter (findings.cc:14)",
                                       "Accept(\"half-a-parameter\", reason)"});
  BOOST_TEST(outcome.err.find("half-on-purpose") == std::string::npos);
  BOOST_TEST(folder.Files().empty());
}

BOOST_AUTO_TEST_CASE(ARefusalThatCanBeEvadedIsAnError) {
  const TemporaryFolder folder;
  const Outcome outcome = RunGenerator("evaded", SourcesIn(folder) + kBothTargets);
  BOOST_TEST(outcome.status == 1);
  testing::CheckContains(outcome.err, {"program \"no-typing\": upper-half-ignored (evaded.cc:",
                                       "ioctl(0x0, 0x100005412) is allowed", "Param(\"cmd\")"});
  BOOST_TEST(folder.Files().empty());
}

BOOST_AUTO_TEST_CASE(WhatIsAcceptedStandsInTheStatistics) {
  const Outcome outcome = RunGenerator("findings", {"--stats", "/dev/stdout", "--arch", "x86_64"});
  BOOST_TEST(outcome.status == 0);
  const auto stats = nlohmann::json::parse(outcome.out);
  const auto accepted = [&](const char* name) {
    for (const auto& program : stats.at("programs"))
      if (program.at("name") == name) return program.at("accepted").dump();
    return std::string("no such program");
  };
  BOOST_TEST(accepted("half") == "[]");
  BOOST_TEST(accepted("half-on-purpose") ==
             R"([{"finding":"half-a-parameter","reason":"the caller reads into a buffer of 4096 bytes"}])");
}

BOOST_AUTO_TEST_CASE(AFindingThatThereIsNotCannotBeAccepted) {
  const Outcome outcome = RunGenerator("misspelt_finding", {"--stats", "/dev/null"});
  BOOST_TEST(outcome.status == 1);
  testing::CheckContains(outcome.err,
                         {"program \"reader\": Accept(\"half-parameter\"): there is no such finding",
                          "did you mean \"half-a-parameter\"?"});
}

BOOST_AUTO_TEST_CASE(TheExamplesAreSilent) {
  for (const char* const module : {"classic", "jit", "notify", "sandbox_run", "worker"}) {
    const Outcome outcome =
        RunGenerator(module, Words{"--stats", "/dev/null", "--findings", "error"} + kBothTargets);
    BOOST_TEST(outcome.status == 0);
    BOOST_TEST(outcome.err == "");
  }
}

BOOST_AUTO_TEST_CASE(NothingIsLookedForWhereNobodyWantsToKnow) {
  for (const char* const module : {"findings", "evaded"}) {
    const TemporaryFolder folder;
    const Outcome outcome = RunGenerator(module, SourcesIn(folder) + Words{"--findings", "off"});
    BOOST_TEST(outcome.status == 0);
    BOOST_TEST(outcome.err == "");
  }
}

BOOST_AUTO_TEST_CASE(FindingsAreOnOffOrError) {
  const Outcome outcome = RunGenerator("findings", {"--stats", "/dev/null", "--findings", "maybe"});
  BOOST_TEST(outcome.status == 2);
  testing::CheckContains(outcome.err, {"--findings is on, off or error, not \"maybe\""});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
