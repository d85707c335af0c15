// SPDX-License-Identifier: Apache-2.0
//
// The manual pages say what --help says.
#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "people/people.h"

namespace precompiledseccomp::gen {
namespace {

// What stands behind each "--", if that comes behind `before`.
std::set<std::string> OptionsIn(const std::string& text, const std::string& before) {
  std::set<std::string> options;
  for (std::size_t at = text.find(before + "--"); at != std::string::npos;
       at = text.find(before + "--", at + 1)) {
    const std::size_t begin = at + before.size() + 2;
    const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", begin);
    if (end > begin) options.insert(text.substr(begin, end - begin));
  }
  return options;
}

std::string Page(const std::string& name) {
  return ReadFile(std::string(MANUAL) + "/" + name + ".1.scd");
}

void CheckSame(const std::set<std::string>& in_page, const std::set<std::string>& in_help) {
  for (const std::string& option : in_help)
    BOOST_TEST(in_page.count(option) == 1U, "the page does not have --" << option);
  for (const std::string& option : in_page)
    BOOST_TEST(in_help.count(option) == 1U, "the help does not have --" << option);
}

BOOST_AUTO_TEST_SUITE(manual)

BOOST_AUTO_TEST_CASE(ThePageOfTheGeneratorHasItsOptions) {
  CheckSame(OptionsIn(Page("precompiledseccomp-gen"), "*"),
            OptionsIn(Run({GENERATOR, "--help"}).out, "\n  "));
}

BOOST_AUTO_TEST_CASE(ThePageForPeopleHasTheOptionsOfAllCommands) {
  const std::string page = Page("precompiledseccomp");
  const std::string help = Ask({"--help"}).out;
  std::set<std::string> options;
  std::size_t commands = 0;
  for (std::size_t at = help.find("COMMAND is\n") + 11; help.compare(at, 2, "  ") == 0;
       at = help.find('\n', at) + 1) {
    const std::string command = help.substr(at + 2, help.find(' ', at + 2) - at - 2);
    BOOST_TEST(page.find("*precompiledseccomp* " + command + " ") != std::string::npos,
               command << " is not in the page");
    options.merge(OptionsIn(Ask({command, "--help"}).out, "\n  "));
    ++commands;
  }
  BOOST_TEST(commands >= 4U);
  CheckSame(OptionsIn(page, "*"), options);
}

BOOST_AUTO_TEST_CASE(ThePagesCanBeMade) {
  if (Run({"sh", "-c", "scdoc < /dev/null > /dev/null 2>&1; test $? -ne 127"}).status != 0) {
    BOOST_TEST_MESSAGE("skipped: there is no scdoc");
    return;
  }
  for (const char* const name : {"precompiledseccomp", "precompiledseccomp-gen"}) {
    const Outcome made = Run({"sh", "-c", "scdoc < " MANUAL "/" + std::string(name) + ".1.scd"});
    BOOST_TEST(made.status == 0, made.err);
    BOOST_TEST(made.out.find(".SH NAME\n") != std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
