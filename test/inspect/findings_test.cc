// SPDX-License-Identifier: Apache-2.0
//
// Each finding in a policy that goes wrong without it, and not in the one that is meant.

#include "inspect/findings.h"

#include <cerrno>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "support/calls.h"
#include "support/errors.h"

namespace precompiledseccomp::testing {
namespace {

using inspect::Finding;
using inspect::FindingsOf;
using inspect::Severity;

constexpr unsigned kTiocsti = 0x5412;

std::vector<Finding> Find(const Policy& policy, const Target& target = X86()) {
  return FindingsOf(Resolve(policy, target), policy.accepted());
}

// What is found, one a line.
std::string TextOf(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) text += finding.ToString() + "\n";
  return text;
}

void CheckFound(const Policy& policy, const std::string& name, const std::vector<std::string>& parts) {
  const std::vector<Finding> findings = Find(policy);
  BOOST_TEST_CONTEXT(TextOf(findings)) {
    BOOST_REQUIRE(findings.size() == 1U);
    BOOST_TEST(findings[0].name == name);
    for (const std::string& part : parts)
      BOOST_TEST(findings[0].text.find(part) != std::string::npos, "no \"" << part << "\"");
  }
}

void CheckSilent(const Policy& policy) {
  for (const Target* target : {&X86(), &Arm()}) BOOST_TEST(TextOf(Find(policy, *target)) == "");
}

BOOST_AUTO_TEST_SUITE(FindingsTest)

BOOST_AUTO_TEST_CASE(ARefusalThatAnUpperHalfEvadesIsAnError) {
  const Policy policy = Policy().Errno(EPERM, "ioctl", Arg(1) == kTiocsti).Allow("ioctl");
  CheckFound(policy, "upper-half-ignored",
             {"ioctl(0x0, 0x100005412) gets allow", "ioctl(0x0, 0x5412)", "errno 1", "Param(\"cmd\")"});
  BOOST_TEST((Find(policy)[0].severity == Severity::kError));
  BOOST_TEST(Find(policy)[0].rule == 0U);
  CheckSilent(Policy().Errno(EPERM, "ioctl", Param("cmd") == kTiocsti).Allow("ioctl"));
  CheckSilent(Policy().Errno(EPERM, "ioctl", Arg32(1) == kTiocsti).Allow("ioctl"));
}

BOOST_AUTO_TEST_CASE(ListsOfFamiliesWithHolesAreOpenAboveThem) {
  CheckFound(Policy().Allow("socket", Arg(0) < 38 || Arg(0) == 39 || Arg(0) > 40), "upper-half-ignored",
             {"socket(0x100000026)", "socket(0x26)", "kill_process"});
  CheckSilent(Policy().Allow("socket", Param("family") < 38 || Param("family") == 39));
  // What refuses too much is another thing.
  CheckSilent(Policy().Allow("socket", Arg(0) == AF_UNIX));
}

BOOST_AUTO_TEST_CASE(AModeHas16Bits) {
  CheckFound(Policy().Errno(EPERM, "mknodat", Arg32(2) == (S_IFIFO | 0600)).Allow("mknodat"),
             "upper-half-ignored", {"mode", "16 bits"});
  CheckSilent(Policy().Errno(EPERM, "mknodat", Param("mode") == (S_IFIFO | 0600)).Allow("mknodat"));
}

BOOST_AUTO_TEST_CASE(AnArgumentThatTheCallDoesNotHave) {
  CheckFound(Policy().Allow("close", Arg(1) == 0), "no-such-argument", {"arg1 of close", "fd"});
  CheckFound(Policy().Allow("getppid", Arg(0) == 0), "no-such-argument", {"getppid", "no parameters"});
  CheckSilent(Policy().Allow("close", Arg32(0) == 0));
}

BOOST_AUTO_TEST_CASE(HalfOfASize) {
  CheckFound(Policy().Allow("write", Arg32(2) <= 4096), "half-a-parameter",
             {"arg2.low of write", "64 bits", "Param(\"count\")"});
  CheckSilent(Policy().Allow("write", Arg(2) <= 4096).Allow("read", Param("count") <= 4096));
  // What these are depends on another argument.
  CheckSilent(Policy().Allow("fcntl", Arg32(1) == F_SETFD && Arg32(2) == FD_CLOEXEC));
}

BOOST_AUTO_TEST_CASE(AnAddressInPlaceOfWhatIsThere) {
  CheckFound(Policy().Allow("openat", Param("filename") == 0x1234), "pointer-compared",
             {"filename of openat", "pointer"});
  CheckSilent(Policy().Allow("futex", Param("utime") == 0).Allow("rt_sigaction", Param("act") != 0));
}

BOOST_AUTO_TEST_CASE(WhatIsAcceptedIsNotFound) {
  const Policy policy = Policy().Errno(EPERM, "ioctl", Arg(1) == kTiocsti).Allow("ioctl");
  CheckSilent(Policy(policy).Accept("upper-half-ignored", "only glibc calls it"));
  BOOST_TEST(Find(Policy(policy).Accept("half-a-parameter", "another one")).size() == 1U);
  CheckError([&] { Find(Policy(policy).Accept("uper-half-ignored", "misspelt")); },
             {"no such finding", "\"upper-half-ignored\""});
  CheckError([&] { Policy().Accept("upper-half-ignored", " "); }, {"no reason"});
}

BOOST_AUTO_TEST_CASE(FindingsComeInTheOrderOfTheRulesAndOnceForEach) {
  const std::vector<Finding> findings =
      Find(Policy().Allow({"write", "pwrite64"}, Arg32(2) == 1).Allow("close", Arg(3) == 1 && Arg(4) == 1));
  BOOST_REQUIRE(findings.size() == 2U);
  BOOST_TEST(findings[0].rule == 0U);
  BOOST_TEST(findings[0].name == "half-a-parameter");
  BOOST_TEST(findings[1].rule == 1U);
  BOOST_TEST(findings[1].name == "no-such-argument");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
