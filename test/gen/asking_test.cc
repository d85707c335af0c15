// SPDX-License-Identifier: Apache-2.0
//
// Modules that disturb the process in which they are asked, or answer with what differs from one build to the
// next.
#include <algorithm>
#include <cstdlib>
#include <ostream>
#include <string>
#include <vector>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <sstream>

#include "run.h"
#include "support/errors.h"

namespace precompiledseccomp::gen {
namespace {

namespace data = boost::unit_test::data;

using testing::CheckContains;

struct Disturbance {
  const char* name;
  const char* message;  // of the error; "" if there is none
};

std::ostream& operator<<(std::ostream& out, const Disturbance& disturbance) {
  return out << disturbance.name;
}

Outcome RunDisturbed(const std::string& name, const TemporaryFolder& folder,
                     const Environment& environment = {}) {
  Environment all = environment;
  all["PRECOMPILEDSECCOMP_DISTURBANCE"] = name;
  all["HOME"] = "/";
  // The others are to have all the time that a busy machine needs.
  const bool takes_for_ever = name == "loops" || name == "sleeps";
  const Words limit = takes_for_ever ? Words{"--definition-seconds", "2"} : Words{};
  return RunGenerator("disturbing", SourcesIn(folder) + limit, all);
}

constexpr const char* kMalformed =
    R"(program "disturber": the definition failed: what it said is malformed: it wrote )"
    "to descriptors that it had not opened";
constexpr const char* kTooSlow = R"(program "disturber": the definition failed: it took more than 2 seconds)";

constexpr Disturbance kDisturbances[] = {
    {"writes a line", kMalformed},
    {"writes zeros", kMalformed},
    {"writes a large size",
     R"(program "disturber": the definition failed: what it said is longer than any policy)"},
    {"writes an empty record", kMalformed},
    {"writes part of a record", "the definition failed: "},
    {"closes some", ""},
    {"closes all",
     R"(program "disturber": the definition failed: it closed or replaced descriptors that it had not opened, )"
     "the one for its answer among them"},
    {"loops", kTooSlow},
    {"sleeps", kTooSlow},
    {"reads", ""},
    {"a thread throws", R"(program "disturber": the definition failed: it was killed by signal 6 (Aborted))"},
    {"lists by the time", "the module lists other programs in another process, at another time"},
    {"third call", R"(program "disturber": the definition answers differently each time it is called: first )"
                   R"("allow read if arg1 == 0", then "allow read if arg1 == 1")"},
    {"throws at another time",
     R"(program "disturber": asked in another process, at another time, with another process id and environment, )"
     "the definition fails: the definition threw an exception: no home"},
    {"crashes at another time",
     R"(program "disturber": the definition failed when it was asked in another process, at another time, )"
     "with another process id and environment: it was killed by signal 6 (Aborted)"},
};

constexpr const char* kDiffers[] = {"process", "time",        "hour",   "gettimeofday",  "clock_gettime",
                                    "chrono",  "environment", "random", "random device", "address"};

BOOST_AUTO_TEST_SUITE(asking)

BOOST_DATA_TEST_CASE(WhatDisturbsTheAskingIsNamed, data::make(kDisturbances), disturbance) {
  const TemporaryFolder folder;
  const Outcome outcome = RunDisturbed(disturbance.name, folder);
  const bool is_error = *disturbance.message != '\0';
  BOOST_TEST(outcome.status == (is_error ? 1 : 0));
  CheckContains(outcome.err, {disturbance.message});
  BOOST_TEST(folder.Files() == (is_error ? Words{} : Words{"f.cc", "f.h"}), boost::test_tools::per_element());
  BOOST_TEST(outcome.err.find("please report") == std::string::npos, outcome.err);
}

BOOST_DATA_TEST_CASE(WhatDiffersFromOneBuildToTheNextIsAnError, data::make(kDiffers), source) {
  const TemporaryFolder folder;
  const Outcome outcome = RunDisturbed(source, folder);
  BOOST_TEST(outcome.status == 1);
  CheckContains(outcome.err, {R"(program "disturber": )", "the definition answers differently",
                              R"(first "allow read if arg1 == )", R"(", then "allow read if arg1 == )"});
  BOOST_TEST(folder.Files().empty());
}

BOOST_DATA_TEST_CASE(ProcessesThatAModuleLeavesBehindAreEnded,
                     data::make({"leaves a process", "leaves a session", "leaves a process and fails"}),
                     how) {
  const TemporaryFolder folder;
  const Outcome outcome = RunDisturbed(how, folder, {{"PRECOMPILEDSECCOMP_LEFT", folder / "left"}});
  BOOST_TEST(outcome.status == (std::string(how).ends_with("fails") ? 1 : 0), outcome.err);
  std::istringstream left(ReadFile(folder / "left"));
  std::size_t processes = 0;
  for (pid_t process = 0; left >> process; ++processes) BOOST_TEST((kill(process, 0) != 0));
  BOOST_TEST(processes >= 1U);
}

// A shell that becomes the generator leaves it the children that it has started.
BOOST_AUTO_TEST_CASE(ProcessesThatWereThereBeforeAreLeftAlone) {
  const TemporaryFolder folder;
  const Outcome outcome =
      Run(Words{"bash", "-c", "sleep 1000 > /dev/null 2>&1 & echo $! > \"$0/process\"; exec \"$@\"",
                folder.path().string(), GENERATOR, "--module", ModuleFile("disturbing"), "--list"});
  BOOST_TEST(outcome.status == 0, outcome.err);
  const auto process = static_cast<pid_t>(std::stol(ReadFile(folder / "process")));
  BOOST_TEST(kill(process, 0) == 0);
  kill(process, SIGKILL);
}

BOOST_AUTO_TEST_CASE(SeveralMistakesAreReportedTogether) {
  const TemporaryFolder folder;
  const Outcome outcome = RunDisturbed("many mistakes", folder);
  BOOST_TEST(outcome.status == 1);
  BOOST_TEST(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 21);
  CheckContains(outcome.err, {R"(program "p0": unknown system call "nothing_like_0" for )",
                              R"(program "p19": unknown system call "nothing_like_19" for )",
                              "precompiledseccomp-gen: these are the first mistakes; there may be more\n"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
