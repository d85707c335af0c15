// SPDX-License-Identifier: Apache-2.0
//
// Runs a benchmark and looks at the JSON that it writes: that all is there, not how fast it was.
//
//   check_json PLACE... -- COMMAND...
//
// "RESULTS" in the command stands for a file, which the command is to write. A place is a JSON pointer, with
// * for every member, of which there must be one: /policies/*/ours/instructions. At a place there must be a
// finite number above 0, or, for /allocations=0, just that number. What the command exits with when it skips
// is handed on.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "gen/run.h"

namespace precompiledseccomp::testing {
namespace {

using Json = nlohmann::json;

constexpr int kSkipped = 77;  // for Meson

void CheckNumber(const Json& json, const std::string& expected, const std::string& where) {
  if (!json.is_number()) throw std::runtime_error(where + " is no number: " + json.dump());
  const double number = json.get<double>();
  const bool right = expected.empty() ? std::isfinite(number) && number > 0 : json == Json::parse(expected);
  if (!right) throw std::runtime_error(where + " is " + json.dump());
}

// `where` is the part of the place that leads to `json`, `rest` what is left of it, as far as a "=".
void Check(const Json& json, const std::string& where, const std::string& rest, const std::string& expected) {
  if (rest.empty()) return CheckNumber(json, expected, where);
  const std::size_t end = std::min(rest.find('/', 1), rest.size());
  const std::string member = rest.substr(1, end - 1);
  if (member == "*") {
    if (!json.is_structured() || json.empty()) throw std::runtime_error(where + " has no members");
    for (const auto& [name, value] : json.items())
      Check(value, where + "/" + name, rest.substr(end), expected);
    return;
  }
  if (!json.contains(member)) throw std::runtime_error(where + " has no \"" + member + "\"");
  Check(json[member], where + "/" + member, rest.substr(end), expected);
}

int RunAndCheck(const std::vector<std::string>& places, gen::Words command) {
  const gen::TemporaryFolder folder;
  const std::string results = folder / "results.json";
  for (std::string& word : command)
    if (const std::size_t place = word.find("RESULTS"); place != std::string::npos)
      word.replace(place, 7, results);
  const gen::Outcome outcome = gen::Run(command);
  std::fputs((outcome.out + outcome.err).c_str(), stdout);
  if (outcome.status == kSkipped) return kSkipped;
  if (outcome.status != 0)
    throw std::runtime_error("the benchmark exits with " + std::to_string(outcome.status));

  const Json json = Json::parse(gen::ReadFile(results));
  for (const std::string& place : places) {
    const std::size_t end = std::min(place.find('='), place.size());
    Check(json, "", place.substr(0, end), end == place.size() ? "" : place.substr(end + 1));
  }
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace precompiledseccomp::testing

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto dashes = std::find(words.begin(), words.end(), "--");
  try {
    if (dashes == words.end() || dashes + 1 == words.end() || dashes == words.begin())
      throw std::runtime_error("usage: check_json PLACE... -- COMMAND...");
    return precompiledseccomp::testing::RunAndCheck({words.begin(), dashes}, {dashes + 1, words.end()});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "check_json: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
