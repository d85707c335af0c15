// SPDX-License-Identifier: Apache-2.0

#include "people/people.h"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "support/errors.h"

namespace precompiledseccomp::gen {

Outcome Ask(const Words& words) {
  return Run(Words{PEOPLE} + words);
}

Outcome AskInShell(const std::string& words) {
  return Run({"sh", "-c", std::string("'" PEOPLE "' ") + words});
}

std::string ModuleSource(const std::string& module_and_program) {
  const std::size_t colon = module_and_program.find(':');
  return std::string(MODULES) + "/lib" + module_and_program.substr(0, colon) + ".so" +
         (colon == std::string::npos ? "" : module_and_program.substr(colon));
}

void CheckIsError(const Outcome& outcome, std::initializer_list<std::string> parts) {
  BOOST_TEST(outcome.status == 2);
  BOOST_TEST(outcome.out == "");
  BOOST_TEST(outcome.err.starts_with(kName), outcome.err);
  BOOST_TEST(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1, outcome.err);
  testing::CheckContains(outcome.err, parts);
}

bool IsThereStrace() {
  if (Run({"sh", "-c", "strace -o /dev/null true"}).status == 0) return true;
  BOOST_TEST_MESSAGE("skipped: strace is not there, or may not trace");
  return false;
}

}  // namespace precompiledseccomp::gen
