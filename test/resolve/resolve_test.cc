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
  policy.Allow({"openat", IfAvailable("open"), IfAvailable("nosuchcall")});
  BOOST_TEST(Resolve(policy, X86()).rule_sets[0].rules[0].numbers.size() == 2U);
  BOOST_TEST(Resolve(policy, Arm()).rule_sets[0].rules[0].numbers.size() == 1U);
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
  CheckError([] { Resolve(Policy().HotSyscalls({"read", 0}), X86()); }, {"given twice"});
}

BOOST_AUTO_TEST_CASE(NamingAnX32NumberWithoutItsBitIsAnErrorUnlessTheKernelIsNew) {
  for (const int number : {512, 520, 547}) {
    const std::initializer_list<std::string> parts = {"number " + std::to_string(number), "x86_64",
                                                      "before Linux 5.4", "ForLinuxFrom(5, 4)"};
    CheckError([&] { Resolve(Policy().Allow(number), X86()); }, parts);
    CheckError([&] { Resolve(Policy().KnownUpTo(number), X86()); }, parts);
    CheckError([&] { Resolve(Policy().HotSyscalls(number), X86()); }, parts);
    CheckError([&] { Resolve(Policy().Allow(number).ForLinuxFrom(5, 3), X86()); }, parts);
    const Policy for_new = Policy().Allow(number).ForLinuxFrom(5, 4);
    BOOST_TEST(Evaluate(Resolve(for_new, X86()), Call(number)) == SECCOMP_RET_ALLOW);
  }
  Resolve(Policy().Allow({511, 548}), X86());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
