// SPDX-License-Identifier: Apache-2.0
//
// Names become the numbers of a target, or are refused.

#include <cerrno>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/seccomp.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "support/calls.h"
#include "support/errors.h"
#include "support/numbers.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(ResolveTest)

BOOST_AUTO_TEST_CASE(ANameMeansTheTargetsOwnNumber) {
  Policy policy;
  policy.Allow("read");
  BOOST_TEST(Resolve(policy, X86()).rule_sets[0].rules[0].numbers == std::vector<std::uint32_t>{0});
  BOOST_TEST(Resolve(policy, Arm()).rule_sets[0].rules[0].numbers == std::vector<std::uint32_t>{63});
}

BOOST_AUTO_TEST_CASE(AnOptionalCallIsLeftOutWhereItDoesNotExist) {
  Policy policy;
  policy.Allow({"openat", IfAvailable("open")});
  BOOST_TEST(Resolve(policy, X86()).rule_sets[0].rules[0].numbers.size() == 2U);
  BOOST_TEST(Resolve(policy, Arm()).rule_sets[0].rules[0].numbers.size() == 1U);
  BOOST_TEST(Resolve(policy, X86()).rule_sets[0].rules[0].left_out.empty());
  BOOST_TEST(Resolve(policy, Arm()).rule_sets[0].rules[0].left_out == std::vector<std::string>{"open"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(AListOfOptionalCallsIsOneOfEach) {
  const Policy policy = Policy().Allow(IfAvailable({"open", "openat", "stat"}));
  BOOST_TEST(Resolve(policy, X86()).rule_sets[0].rules[0].numbers.size() == 3U);
  BOOST_TEST(Resolve(policy, Arm()).rule_sets[0].rules[0].numbers.size() == 1U);
  const Policy of_one = Policy().Allow(IfAvailable({"open"}));
  BOOST_TEST(Resolve(of_one, X86()).rule_sets[0].rules[0].numbers.size() == 1U);
}

// Otherwise a refusal would silently be lost.
BOOST_AUTO_TEST_CASE(AnOptionalCallThatNoTargetHasIsMisspelt) {
  for (const Target& target : Targets())
    CheckError([&] { Resolve(Policy().Errno(EPERM, IfAvailable("swapom")), target); },
               {"IfAvailable(\"swapom\"): no architecture has", "did you mean \"swapon\"",
                "IfAvailable(\"swapom\", 470)"});
}

BOOST_AUTO_TEST_CASE(AnOptionalCallWithANumberHasItWhereNoTableKnowsTheName) {
  const Policy policy = Policy().Errno(EPERM, IfAvailable("listns", 470));
  for (const Target& target : Targets()) {
    const ResolvedPolicy resolved = Resolve(policy, target);
    BOOST_TEST(resolved.rule_sets[0].rules[0].numbers == std::vector<std::uint32_t>{470});
    BOOST_TEST(resolved.rule_sets[0].rules[0].left_out.empty());
    // For newer headers to say whether that is right.
    BOOST_TEST(resolved.used_syscalls.at(0).name == "listns");
    BOOST_TEST(resolved.used_syscalls.at(0).number == 470U);
  }
  // What is no name of C can be in no header, and would not be text to generate.
  BOOST_TEST(Resolve(Policy().Allow(IfAvailable("no name\n", 470)), X86()).used_syscalls.empty());
}

BOOST_AUTO_TEST_CASE(ANameThatIsKnownCountsMoreThanTheNumberBesideIt) {
  const Policy policy = Policy().Allow({IfAvailable("openat", 470), IfAvailable("open", 471)});
  using Numbers = std::vector<std::uint32_t>;
  BOOST_TEST(Resolve(policy, X86()).rule_sets[0].rules[0].numbers == (Numbers{2, 257}),
             boost::test_tools::per_element());
  BOOST_TEST(Resolve(policy, Arm()).rule_sets[0].rules[0].numbers == Numbers{56},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(TheNumberOfAnOptionalCallIsChecked) {
  CheckError([] { IfAvailable("listns", -1); }, {"-1", "0 to"});
  CheckError([] { Resolve(Policy().Allow(IfAvailable("listns", 512)), X86()); },
             {"512", "ForLinuxFrom(5, 4)"});
}

BOOST_AUTO_TEST_CASE(AnUnknownNameListsNearMisses) {
  CheckError([] { Resolve(Policy().Allow("opennat"), Arm()); },
             {"unknown system call \"opennat\" for aarch64", "did you mean", "\"openat\""});
}

BOOST_AUTO_TEST_CASE(ANameOfOtherArchitecturesPointsToIfAvailable) {
  CheckError([] { Resolve(Policy().Allow("open"), Arm()); },
             {"\"open\" for aarch64", "IfAvailable(\"open\")"});
}

BOOST_AUTO_TEST_CASE(AnUnknownNameFarFromAnyOtherPointsToNumbers) {
  CheckError([] { Resolve(Policy().Allow("some_future_call"), X86()); }, {"give its number", "Syscall(470)"});
}

BOOST_AUTO_TEST_CASE(AnActionForUnknownCallsNeedsABaseline) {
  CheckError([] { Resolve(Policy().Unknown(Action::Errno(ENOSYS)), X86()); }, {"KnownUpTo"});
}

BOOST_AUTO_TEST_CASE(AHotCallGivenTwice) {
  CheckError(
      [] {
        Resolve(Policy().HotSyscalls({"read", Syscall(0)}), X86());
      },
      {"hot system call read (#0) is given twice"});
}

BOOST_AUTO_TEST_CASE(ARuleIsDescribedWithTheNameThatANumberHasOnTheTarget) {
  const Policy policy = Policy().Errno(EPERM, {"read", Syscall(257), Syscall(2000)}, Arg(0) == 1);
  BOOST_TEST(Resolve(policy, X86()).rule_sets[0].rules[0].description ==
             "errno 1 read, openat (#257), #2000 if arg0 == 1");
  BOOST_TEST(Resolve(policy, Arm()).rule_sets[0].rules[0].description ==
             "errno 1 read, #257, #2000 if arg0 == 1");
  const Policy of_one_that_is_skipped = Policy().Allow(Syscall::Skipped());
  BOOST_TEST(Resolve(of_one_that_is_skipped, X86()).rule_sets[0].rules[0].description == "allow #-1");
}

BOOST_AUTO_TEST_CASE(NamingAnX32NumberWithoutItsBitIsAnErrorUnlessTheKernelIsNew) {
  for (const int number : {512, 520, 547}) {
    const std::initializer_list<std::string> parts = {"number " + std::to_string(number), "x86_64",
                                                      "before Linux 5.4", "ForLinuxFrom(5, 4)"};
    CheckError([&] { Resolve(Policy().Allow(Syscall(number)), X86()); }, parts);
    CheckError([&] { Resolve(Policy().KnownUpTo(Syscall(number)), X86()); }, parts);
    CheckError([&] { Resolve(Policy().HotSyscalls(Syscall(number)), X86()); }, parts);
    CheckError([&] { Resolve(Policy().Allow(Syscall(number)).ForLinuxFrom(5, 3), X86()); }, parts);
    const Policy for_new = Policy().Allow(Syscall(number)).ForLinuxFrom(5, 4);
    BOOST_TEST(Evaluate(Resolve(for_new, X86()), Call(number)) == SECCOMP_RET_ALLOW);
  }
  Resolve(Policy().Allow(Numbers({511, 548})), X86());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
