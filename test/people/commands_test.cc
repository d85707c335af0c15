// SPDX-License-Identifier: Apache-2.0
//
// The program without a filter: its help, and words that make no sense.
#include <string>

#include <boost/test/unit_test.hpp>

#include "people/people.h"
#include "support/errors.h"

namespace precompiledseccomp::gen {
namespace {

BOOST_AUTO_TEST_SUITE(commands)

BOOST_AUTO_TEST_CASE(HelpListsTheCommandsAndTheSources) {
  const Outcome help = Ask({"--help"});
  BOOST_TEST(help.status == 0);
  BOOST_TEST(help.err == "");
  testing::CheckContains(help.out,
                         {"\n  dump ", "\n  explain ", "raw:FILE", "MODULE[:PROGRAM]", "Exit status"});
}

BOOST_AUTO_TEST_CASE(EachCommandHasHelpOfItsOwn) {
  const Outcome help = Ask({"dump", "--help"});
  BOOST_TEST(help.status == 0);
  testing::CheckContains(help.out, {"precompiledseccomp dump [OPTION]... SOURCE", "--raw", "--c ", "--output",
                                    "--set", "--arch", "--definition-seconds", "--help"});
  testing::CheckContains(
      Ask({"explain", "--help"}).out,
      {"precompiledseccomp explain [OPTION]... SOURCE CALL", "--ip", "--json", "Exit status"});
}

BOOST_AUTO_TEST_CASE(TheVersionIsThatOfTheProject) {
  const Outcome version = Ask({"--version"});
  BOOST_TEST(version.status == 0);
  BOOST_TEST(version.out == "precompiledseccomp " VERSION "\n");
}

BOOST_AUTO_TEST_CASE(WordsThatMakeNoSenseAreErrors) {
  CheckIsError(Ask({}), {"COMMAND is missing", "--help"});
  CheckIsError(Ask({"dmup"}), {"there is no command \"dmup\"; did you mean \"dump\"?"});
  CheckIsError(Ask({"-h"}), {"there is no command \"-h\""});
  CheckIsError(Ask({"dump"}), {"SOURCE is missing"});
  CheckIsError(Ask({"dump", "raw:/dev/null", "more"}), {"unexpected argument \"more\""});
  CheckIsError(Ask({"dump", "raw:/dev/null", "--rwa"}), {"--rwa"});
  CheckIsError(Ask({"dump", "raw:/dev/null", "--output"}), {"--output"});
  CheckIsError(Ask({"dump", "raw:/dev/null", "--output="}), {"--output"});
  CheckIsError(Ask({"dump", "raw:/dev/null", "--arch", "vax"}),
               {"--arch \"vax\" is unknown; known are x86_64, aarch64"});
  CheckIsError(Ask({"dump", "raw:/dev/null", "--definition-seconds", "0"}),
               {"--definition-seconds is a number from 1 to 86400, not \"0\""});
}

BOOST_AUTO_TEST_CASE(AnErrorIsOneLineWhateverItQuotes) {
  CheckIsError(Ask({"two\nlines"}), {"there is no command \"two lines\""});
  CheckIsError(Ask({"dump", "raw:two\nlines"}), {"cannot open it"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
