// SPDX-License-Identifier: Apache-2.0
//
// What is left out on a target: in statistics, and as notes.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "run.h"

namespace precompiledseccomp::gen {
namespace {

using nlohmann::json;

json LeftOutOf(const json& stats, const std::string& name, const std::string& arch) {
  for (const json& program : stats["programs"])
    if (program["name"] == name && program["arch"] == arch) return program["left_out"];
  throw std::runtime_error("no program " + name + " for " + arch);
}

// Whoever lists openat and not openat2 is told of that, too.
const Words kNoFindings = {"--findings", "off"};

BOOST_AUTO_TEST_SUITE(notes)

BOOST_AUTO_TEST_CASE(WhatWasLeftOutStandsInTheStatistics) {
  const Outcome outcome =
      RunGenerator("left_out", {"--stats", "/dev/stdout", "--arch", "x86_64", "--arch", "aarch64"});
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  const json stats = json::parse(outcome.out);
  for (const char* const name : {"allow-list", "deny-list", "deny-list-again", "deny-list-by-rule"})
    BOOST_TEST(LeftOutOf(stats, name, "x86_64") == json::array());
  BOOST_TEST(LeftOutOf(stats, "allow-list", "aarch64") ==
             json::parse(R"([{"name": "open", "rule": "left_out.cc:15"},
                             {"name": "stat", "rule": "left_out.cc:15"}])"));
  BOOST_TEST(LeftOutOf(stats, "deny-list", "aarch64") ==
             json::parse(R"([{"name": "open", "rule": "left_out.cc:26"},
                             {"name": "creat", "rule": "left_out.cc:26"},
                             {"name": "stat", "rule": "left_out.cc:27"}])"));
}

// An equal program is compiled once, and its rules stand elsewhere. Where what no rule names is refused,
// nothing is lost, nor is it of a rule that allows.
BOOST_AUTO_TEST_CASE(ARefusalThatIsLeftOutIsANoteWhereUnnamedCallsAreAllowed) {
  const TemporaryFolder folder;
  const Outcome outcome =
      RunGenerator("left_out", kNoFindings + SourcesIn(folder) + Words{"--arch", "aarch64"});
  BOOST_TEST(outcome.status == 0);
  const auto line = [](const std::string& program, const std::string& place) {
    return "precompiledseccomp-gen: " + ModuleFile("left_out") + ": program \"" + program +
           "\": note: the rule \"errno 1 ...\" (" + place +
           ") leaves out what aarch64 does not have: open, creat\n";
  };
  BOOST_TEST(outcome.err == line("deny-list", "left_out.cc:26") + line("deny-list-again", "left_out.cc:35") +
                                line("deny-list-by-rule", "left_out.cc:42"));
  BOOST_TEST(folder.Files().size() == 2U);
}

BOOST_AUTO_TEST_CASE(WithoutAnythingLeftOutThereIsNoNote) {
  const TemporaryFolder folder;
  const Outcome outcome =
      RunGenerator("left_out", kNoFindings + SourcesIn(folder) + Words{"--arch", "x86_64"});
  BOOST_TEST(outcome.status == 0);
  BOOST_TEST(outcome.err == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
