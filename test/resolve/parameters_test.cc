// SPDX-License-Identifier: Apache-2.0
//
// Parameters by name: each call of a rule has its own arguments, as wide as the kernel reads them.

#include <cerrno>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/error.h>
#include <precompiledseccomp/evaluate.h>

#include "support/calls.h"
#include "support/errors.h"

namespace precompiledseccomp::testing {
namespace {

constexpr std::uint64_t kUpperHalf = std::uint64_t{0xdeadbeef} << 32;

ResolvedRuleSet ResolvedSet(const Policy& policy, const Target& target = X86()) {
  return Resolve(policy, target).rule_sets.at(0);
}

// The condition that the only rule of a policy comes to.
std::string ConditionOf(const Policy& policy, const Target& target = X86()) {
  const ResolvedRuleSet set = ResolvedSet(policy, target);
  BOOST_REQUIRE(set.rules.size() == 1U);
  return set.rules[0].condition.ToString();
}

bool IsAllowed(const Policy& policy, const std::string& call, const std::vector<std::uint64_t>& args,
               const Target& target = X86()) {
  seccomp_data data{};
  data.arch = target.audit_arch;
  const ResolvedPolicy number = Resolve(Policy().Allow(call), target);
  data.nr = static_cast<int>(number.rule_sets[0].rules[0].numbers[0]);
  for (std::size_t i = 0; i < args.size(); ++i) data.args[i] = args[i];
  return Evaluate(Resolve(policy, target), data) == SECCOMP_RET_ALLOW;
}

BOOST_AUTO_TEST_SUITE(ParametersTest)

BOOST_AUTO_TEST_CASE(AParameterIsTheArgumentOfItsCall) {
  BOOST_TEST(ConditionOf(Policy().Allow("ioctl", Param("cmd") == 5)) == "arg1.low == 5");
  BOOST_TEST(ConditionOf(Policy().Allow("read", Param("count") <= 4096)) == "arg2 <= 0x1000");
  BOOST_TEST(ConditionOf(Policy().Allow("setpriority", Param("niceval") >= -5)) == "arg2.int >= -5");
  BOOST_TEST(ConditionOf(Policy().Allow("mknod", Param("mode") == 0600)) == "arg1.low16 == 384");
}

BOOST_AUTO_TEST_CASE(TheNamesOfTheManualPagesAreAccepted) {
  BOOST_TEST(ConditionOf(Policy().Allow("setpriority", Param("prio") < 0)) == "arg2.int < 0");
  BOOST_TEST(ConditionOf(Policy().Allow("ioctl", Param("request") == 5)) == "arg1.low == 5");
  BOOST_TEST(ConditionOf(Policy().Allow("openat", Param("dirfd") == AT_FDCWD)) ==
             ConditionOf(Policy().Allow("openat", Param("dfd") == AT_FDCWD)));
}

BOOST_AUTO_TEST_CASE(WhatStandsAboveAParameterDoesNotMatter) {
  const Policy windows = Policy().Allow("ioctl", Param("cmd").In({FIONREAD, TIOCGWINSZ}));
  BOOST_TEST(IsAllowed(windows, "ioctl", {1, TIOCGWINSZ}));
  BOOST_TEST(IsAllowed(windows, "ioctl", {1, kUpperHalf | TIOCGWINSZ}));
  BOOST_TEST(!IsAllowed(windows, "ioctl", {1, TIOCSTI}));
  const Policy no_sticky_bits =
      Policy().Errno(EPERM, "fchmod", (Param("mode") & 06000).AnySet()).Allow("fchmod");
  BOOST_TEST(!IsAllowed(no_sticky_bits, "fchmod", {3, kUpperHalf | 0x10000 | 04755}));
  BOOST_TEST(IsAllowed(no_sticky_bits, "fchmod", {3, kUpperHalf | 0x10000 | 0755}));
  const Policy fifos = Policy().Allow("mknod", (Param("mode") & S_IFMT) == S_IFIFO);
  BOOST_TEST(IsAllowed(fifos, "mknod", {0, S_IFIFO | 0600}));
  BOOST_TEST(IsAllowed(fifos, "mknod", {0, 0x10000 | S_IFIFO | 0600}));
  BOOST_TEST(!IsAllowed(fifos, "mknod", {0, S_IFBLK | 0600}));
}

BOOST_AUTO_TEST_CASE(SignedParametersAreOrderedAsTheKernelOrdersThem) {
  const Policy nice = Policy().Allow("setpriority", Param("niceval") >= -5 && Param("niceval") <= 19);
  const auto allows = [&](int niceval) {
    const auto low = static_cast<std::uint32_t>(niceval);
    const std::uint64_t extended = static_cast<std::uint64_t>(std::int64_t{niceval});
    const bool zero_extended = IsAllowed(nice, "setpriority", {0, 0, low});
    BOOST_TEST(IsAllowed(nice, "setpriority", {0, 0, extended}) == zero_extended);
    return zero_extended;
  };
  for (const int niceval : {-5, -1, 0, 19}) BOOST_TEST(allows(niceval));
  for (const int niceval : {-20, -6, 20}) BOOST_TEST(!allows(niceval));
}

BOOST_AUTO_TEST_CASE(OneRuleTestsOfEachCallItsOwnArgument) {
  const Policy policy = Policy().Allow({"chmod", "fchmod", "fchmodat"}, (Param("mode") & 06000) == 0);
  const ResolvedRuleSet set = ResolvedSet(policy);
  BOOST_REQUIRE(set.rules.size() == 2U);
  BOOST_TEST(set.rules[0].numbers == (std::vector<std::uint32_t>{90, 91}));
  BOOST_TEST(set.rules[0].condition.ToString() == "(arg1.low16 & 0xc00) == 0");
  BOOST_TEST(!set.rules[0].continues_rule);
  BOOST_TEST(set.rules[1].numbers == std::vector<std::uint32_t>{268});
  BOOST_TEST(set.rules[1].condition.ToString() == "(arg2.low16 & 0xc00) == 0");
  BOOST_TEST(set.rules[1].continues_rule);
  BOOST_TEST(set.rules[0].description == set.rules[1].description);
}

// Its last two parameters change places.
BOOST_AUTO_TEST_CASE(ATargetMayHaveAnotherOrderOfParameters) {
  const Policy policy = Policy().Allow("clone", Param("tls") == 0);
  BOOST_TEST(ConditionOf(policy, X86()) == "arg4 == 0");
  BOOST_TEST(ConditionOf(policy, Arm()) == "arg3 == 0");
}

BOOST_AUTO_TEST_CASE(ACallByNumberHasItsParametersToo) {
  BOOST_TEST(ConditionOf(Policy().Allow(Syscall(16), Param("cmd") == 5)) == "arg1.low == 5");
}

BOOST_AUTO_TEST_CASE(ACallThatATargetLacksNeedsNoParameters) {
  const Policy policy = Policy().Allow({IfAvailable("open"), "openat"}, Param("flags") == O_RDONLY);
  BOOST_TEST(ConditionOf(policy, Arm()) == "arg2.int == 0");
}

BOOST_AUTO_TEST_CASE(ARuleThatIsForNoCallOfTheTargetHasNoParametersLeft) {
  BOOST_TEST(ConditionOf(Policy().Allow(IfAvailable("open"), Param("flags") == O_RDONLY), Arm()) == "always");
}

BOOST_AUTO_TEST_CASE(AMissingParameterListsThoseOfTheCall) {
  CheckError(
      [] {
        Resolve(Policy().Allow({"openat", "openat2"}, Param("mode") == 0), X86());
      },
      {"openat2 has no parameter \"mode\"", "dfd, filename, how, usize", "in the rule"});
  CheckError([] { Resolve(Policy().Allow("getpid", Param("pid") == 0), X86()); },
             {"getpid has no parameter \"pid\"", "it has none"});
  CheckError([] { Resolve(Policy().Allow(Syscall(2000), Param("x") == 0), X86()); },
             {"the parameters of #2000 are not known", "Arg"});
}

BOOST_AUTO_TEST_CASE(ARuleForAnyCallHasNoParameters) {
  CheckError([] { Resolve(Policy().Errno(EPERM, AnyCall(), Param("fd") == 0), X86()); }, {"any call", "Arg"});
}

BOOST_AUTO_TEST_CASE(AllMistakesOfARuleAreTold) {
  try {
    Resolve(Policy().Allow({"read", "write"}, Param("buffer") == 0 || Param("size") == 1), X86());
    BOOST_ERROR("no error");
  } catch (const Error& error) {
    BOOST_TEST(error.further().size() == 3U);
  }
}

BOOST_AUTO_TEST_CASE(WhatDoesNotFitAParameterIsAMistake) {
  CheckError([] { Resolve(Policy().Allow("ioctl", Param("cmd") == 0x100005412), X86()); },
             {"cmd == 0x100005412 of ioctl", "32 bits wide", "does not fit"});
  CheckError([] { Resolve(Policy().Allow("mknod", Param("mode") == 0x10000), X86()); },
             {"16 bits wide", "does not fit"});
  CheckError([] { Resolve(Policy().Allow("ioctl", Param("cmd") >= 0), X86()); },
             {"cmd >= 0 of ioctl", "always true"});
  CheckError([] { Resolve(Policy().Allow("ioctl", Param("cmd") >= -1), X86()); },
             {"cmd >= -1 of ioctl", "its orderings are unsigned, as the kernel's are"});
  CheckError([] { Resolve(Policy().Allow("prctl", Param("arg2") == -3), X86()); },
             {"param.arg2 == -3 of prctl", "use Arg32 if it is an int for this operation"});
  CheckError([] { Resolve(Policy().Allow("setpriority", Param("niceval") >= -5L), X86()); },
             {"niceval", "to be given as an int"});
  CheckError([] { Resolve(Policy().Allow("ftruncate", Param("length") <= ~std::uint64_t{0}), X86()); },
             {"length", "is signed", "larger than any of its values"});
  CheckError([] { Resolve(Policy().Allow("chmod", (Param("mode") & 3) != 4), X86()); },
             {"of chmod", "always true"});
}

// Line by line as the README has them, which test/projects/readme_snippets_agree.sh sees to.
BOOST_AUTO_TEST_CASE(TheRulesOfTheReadmeAreRules) {
  Policy policy;
  // clang-format off
policy.Allow("ioctl", Param("request").In({FIONREAD, TIOCGWINSZ}));               // unsigned int
policy.Allow("setpriority", Param("prio") >= -5 && Param("prio") <= 19);          // int
policy.Allow({IfAvailable("mknod"), "mknodat"}, (Param("mode") & S_IFMT) == S_IFIFO);  // 16 bits, argument 1 and 2
policy.Errno(EPERM, {IfAvailable("chmod"), "fchmod", "fchmodat", "fchmodat2"}, (Param("mode") & 06000).AnySet());
  // clang-format on
  BOOST_TEST(ResolvedSet(policy, X86()).rules.size() == 6U);
  BOOST_TEST(ResolvedSet(policy, Arm()).rules.size() == 5U);  // without mknod, of which mode is argument 1
}

BOOST_AUTO_TEST_CASE(ADescriptorIsNotNegativeWhateverItsSign) {
  const Policy policy =
      Policy().Allow("close", Param("fd").NonNegativeFd()).Allow("openat", Param("dfd").NonNegativeFd());
  for (const char* call : {"close", "openat"}) {
    BOOST_TEST(IsAllowed(policy, call, {3}));
    BOOST_TEST(IsAllowed(policy, call, {kUpperHalf | 0x7fffffff}));
    BOOST_TEST(!IsAllowed(policy, call, {static_cast<std::uint64_t>(AT_FDCWD)}));
    BOOST_TEST(!IsAllowed(policy, call, {0x80000000}));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
