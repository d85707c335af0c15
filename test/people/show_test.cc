// SPDX-License-Identifier: Apache-2.0
//
// show: text, JSON, exit statuses.
#include <cstddef>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "people/people.h"
#include "support/errors.h"

namespace precompiledseccomp::gen {
namespace {

using nlohmann::json;

Outcome Show(const std::string& source, const Words& options = {}) {
  return Ask(Words{"show", source, "--arch", "x86_64"} + options);
}

std::string TextOf(const std::string& source, const Words& options = {}) {
  const Outcome outcome = Show(source, options);
  BOOST_TEST(outcome.status == 0);
  BOOST_TEST(outcome.err == "");
  return outcome.out;
}

json JsonOf(const std::string& source, const Words& options = {}) {
  return json::parse(TextOf(source, options + Words{"--json"}));
}

// Behind the first line, which names the source.
std::string Body(const std::string& text) {
  return text.substr(text.find('\n') + 1);
}

BOOST_AUTO_TEST_SUITE(show)

BOOST_AUTO_TEST_CASE(WhatIsAllowedComesFirstAndTheDefaultLast) {
  const std::string source = ModuleSource("worker:worker");
  BOOST_TEST(TextOf(source) == source +
                                   " on x86_64: 12 instructions\n"
                                   "allow (1 call):\n"
                                   "  exit_group\n"
                                   "allow under a condition (2 calls):\n"
                                   "  read: fd == $input, otherwise kill_process\n"
                                   "  write: fd == $output, otherwise kill_process\n"
                                   "everything else, unknown numbers included: kill_process\n"
                                   "x32 calls: kill_process\n"
                                   "other architectures: kill_process\n");
}

// The lines of its block behind "Of the example `worker`".
BOOST_AUTO_TEST_CASE(TheReadmeShowsWhatItPrints) {
  std::ifstream readme(README);
  const std::string text(std::istreambuf_iterator<char>(readme), {});
  const std::size_t begin = text.find("    ", text.find("Of the example `worker`:"));
  std::istringstream lines(text.substr(begin, text.find("\n\n", begin) - begin));
  std::string promised;
  for (std::string line; std::getline(lines, line);) promised += line.substr(4) + "\n";
  BOOST_TEST(Body(TextOf(ModuleSource("worker:worker"))) == promised);
}

BOOST_AUTO_TEST_CASE(VariablesMayBeSet) {
  testing::CheckContains(TextOf(ModuleSource("worker:worker"), {"--set", "input=7"}),
                         {"  read: fd == 7, otherwise", "  write: fd == $output, otherwise"});
}

BOOST_AUTO_TEST_CASE(InstructionsAloneAreShownLikeTheirProgram) {
  const std::string source = ModuleSource("worker:worker");
  const Words values = {"--set", "input=3", "--set", "output=4"};
  const Outcome raw =
      AskInShell("dump " + source +
                 " --arch x86_64 --set input=3 --set output=4 --raw | " PEOPLE " show raw:- --arch x86_64");
  BOOST_TEST(raw.status == 0);
  BOOST_TEST(Body(raw.out) == Body(TextOf(source, values)));
}

BOOST_AUTO_TEST_CASE(LinesAreNotTooLong) {
  for (const Words& options : {Words{}, Words{"--full"}}) {
    const std::string text = Body(TextOf(ModuleSource("sandbox_run"), options));
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = text.find('\n', begin);
      BOOST_TEST(end - begin <= 100U, text.substr(begin, end - begin));
      begin = end + 1;
    }
  }
}

BOOST_AUTO_TEST_CASE(AllNamesAreInTheFullText) {
  const std::string source = ModuleSource("worker:worker");
  BOOST_TEST(TextOf(source).find(" ptrace") == std::string::npos);
  testing::CheckContains(TextOf(source, {"--full"}), {"  that is ", " ptrace "});
}

BOOST_AUTO_TEST_CASE(JsonHasAllOfIt) {
  const std::string source = ModuleSource("worker:worker");
  const json shown = JsonOf(source);
  BOOST_TEST(shown["version"] == 1);
  BOOST_TEST(shown["source"] == source);
  BOOST_TEST(shown["arch"] == "x86_64");
  BOOST_TEST(shown["instructions"] == 12);
  BOOST_TEST(shown["looks_at_architecture"] == true);
  BOOST_REQUIRE(shown["calls"].size() == 3U);
  BOOST_TEST(shown["calls"][0]["names"] == json({"exit_group"}));
  BOOST_TEST(shown["calls"][0]["cases"] == json::parse(R"([{"if": "", "answer": "allow"}])"));
  BOOST_TEST(shown["calls"][1]["names"] == json({"read"}));
  BOOST_TEST(shown["calls"][1]["numbers"] == json::parse(R"([["0x0", "0x0"]])"));
  BOOST_TEST(shown["calls"][1]["cases"][0]["if"] == "fd == $input");
  BOOST_TEST(shown["default"]["cases"][0]["answer"] == "kill_process");
  BOOST_TEST(shown["other_abi"].size() == 1U);
  BOOST_TEST(shown["other_architectures"][0]["answer"] == "kill_process");
}

BOOST_AUTO_TEST_CASE(JsonLeadsFromTheFirstDecisionToEachAnswer) {
  const json shown = JsonOf(ModuleSource("sandbox_run"));
  const json& decisions = shown["decisions"];
  std::set<std::size_t> reached;
  const auto follow = [&](const auto& self, std::size_t id) -> void {
    if (!reached.insert(id).second) return;
    const json& one = decisions.at(id);
    BOOST_TEST(one["id"] == id);
    if (one.contains("cases"))
      for (const json& next : one["cases"]) self(self, next["then"].get<std::size_t>());
    for (const char* key : {"then", "else"})
      if (one.contains(key)) self(self, one[key].get<std::size_t>());
  };
  follow(follow, shown["first"].get<std::size_t>());
  BOOST_TEST(reached.size() == decisions.size());
  for (const json& calls : shown["calls"]) BOOST_TEST(reached.count(calls["then"].get<std::size_t>()) == 1U);
}

BOOST_AUTO_TEST_CASE(WhatCannotBeShownIsTwo) {
  CheckIsError(Ask({"show"}), {kName, "show: SOURCE is missing"});
  CheckIsError(Show("raw:/dev/null"), {kName, "it is empty"});
  CheckIsError(Ask({"show", "a", "b"}), {"unexpected argument \"b\""});
}

BOOST_AUTO_TEST_CASE(WhatIsNotFollowedIsNamed) {
  const TemporaryFolder folder;
  // ld nr; add #1; ret a
  WriteFile(folder / "filter", std::string("\x20\0\0\0\0\0\0\0\x04\0\0\0\1\0\0\0\x16\0\0\0\0\0\0\0", 24));
  CheckIsError(Show("raw:" + folder / "filter"),
               {"what the filter answers is not known: instruction 1 (add #0x1)"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
