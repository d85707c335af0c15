// SPDX-License-Identifier: Apache-2.0
//
// Each finding in a policy that goes wrong without it, and not in the one that is meant.

#include "inspect/findings.h"

#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "support/calls.h"
#include "support/errors.h"
#include "support/mistakes.h"

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

std::vector<Finding> Find(const Policy& policy, const std::string& name, const Target& target = X86()) {
  std::vector<Finding> findings = Find(policy, target);
  std::erase_if(findings, [&](const Finding& finding) { return finding.name != name; });
  return findings;
}

// That there is one of this name, with these parts.
void CheckFound(const Policy& policy, const std::string& name, const std::vector<std::string>& parts) {
  const std::vector<Finding> findings = Find(policy, name);
  BOOST_TEST_CONTEXT(TextOf(Find(policy))) {
    BOOST_REQUIRE(findings.size() == 1U);
    for (const std::string& part : parts)
      BOOST_TEST(findings[0].text.find(part) != std::string::npos, "no \"" << part << "\"");
  }
}

// That there is none of this name.
void CheckSilent(const Policy& policy, const std::string& name) {
  for (const Target* target : {&X86(), &Arm()}) BOOST_TEST(TextOf(Find(policy, name, *target)) == "");
}

BOOST_AUTO_TEST_SUITE(FindingsTest)

BOOST_AUTO_TEST_CASE(ARefusalThatAnUpperHalfEvadesIsAnError) {
  const Policy policy = Policy().Errno(EPERM, "ioctl", Arg(1) == kTiocsti).Allow("ioctl");
  CheckFound(policy, "upper-half-ignored",
             {"ioctl(0x0, 0x100005412) is allowed", "ioctl(0x0, 0x5412)", "errno 1", "Param(\"cmd\")"});
  BOOST_TEST((Find(policy)[0].severity == Severity::kError));
  BOOST_TEST(Find(policy)[0].rule == 0U);
  CheckSilent(Policy().Errno(EPERM, "ioctl", Param("cmd") == kTiocsti).Allow("ioctl"), "upper-half-ignored");
  CheckSilent(Policy().Errno(EPERM, "ioctl", Arg32(1) == kTiocsti).Allow("ioctl"), "upper-half-ignored");
}

BOOST_AUTO_TEST_CASE(TheRuleIsTheOneThatLooksAtIgnoredBits) {
  const Policy policy = Policy().Allow("socket", Arg(0) < 16 || Arg(0) > 16).Errno(EAFNOSUPPORT, "socket");
  BOOST_TEST(Find(policy, "upper-half-ignored").at(0).rule == 0U);
  BOOST_TEST(
      Find(Policy().Errno(EPERM, "ioctl", Arg(1) == 0x800454d2).Allow("ioctl"), "one-libc-only").at(0).rule ==
      0U);
  // What no rule names is looked at, too, where rules are for any call; and these have no parameters.
  CheckFound(Policy().Default(Action::Allow()).Errno(EPERM, AnyCall(), Arg(0) == 5), "upper-half-ignored",
             {"(0x100000005) is allowed", "test Arg32(0), of which 32 bits count"});
  CheckFound(Policy().Errno(EPERM, AnyCall(), Arg(0) == 5).Allow({"close", "read"}), "upper-half-ignored",
             {"test Arg32(0), of which 32 bits count"});
}

BOOST_AUTO_TEST_CASE(ListsOfFamiliesWithHolesAreOpenAboveThem) {
  CheckFound(Policy().Allow("socket", Arg(0) < 38 || Arg(0) == 39 || Arg(0) > 40), "upper-half-ignored",
             {"socket(0x100000026)", "socket(0x26)", "kill_process"});
  CheckSilent(Policy().Allow("socket", Param("family") < 38 || Param("family") == 39), "upper-half-ignored");
  // What refuses too much is another thing.
  CheckSilent(Policy().Allow("socket", Arg(0) == AF_UNIX), "upper-half-ignored");
}

BOOST_AUTO_TEST_CASE(VariablesOfTheRuleAreSaid) {
  const Values v(X86(), {"fd", "other"});
  CheckFound(Policy()
                 .Allow("read", Param("fd") == v["other"])
                 .Errno(EPERM, "close", Arg(0) == v["fd"])
                 .Allow("close"),
             "upper-half-ignored",
             {"close(0x100000000) is allowed", "which gets errno 1 where $fd is 0: test"});
}

BOOST_AUTO_TEST_CASE(WhatIsRefusedWithAVariableIsRefused) {
  const Values v(X86(), {"code"});
  CheckFound(Policy().Errno(v["code"], "ioctl", Arg(1) == kTiocsti).Allow("ioctl"), "upper-half-ignored",
             {"which gets errno $code"});
  CheckFound(Policy().Add(Action::Trap(v["code"]), "ioctl", Arg(1) == 0x800454d2), "one-libc-only",
             {"gets kill_process", "gets trap $code"});
  CheckFound(Policy().Add(RuleSet().Allow("ioctl")).Add(RuleSet().Errno(v["code"], "ioctl")), "dead-refusal",
             {"ioctl() is allowed"});
}

BOOST_AUTO_TEST_CASE(AModeHas16Bits) {
  CheckFound(Policy().Errno(EPERM, "mknodat", Arg32(2) == (S_IFIFO | 0600)).Allow("mknodat"),
             "upper-half-ignored", {"mode", "16 bits"});
  CheckSilent(Policy().Errno(EPERM, "mknodat", Param("mode") == (S_IFIFO | 0600)).Allow("mknodat"),
              "upper-half-ignored");
}

BOOST_AUTO_TEST_CASE(AnArgumentThatTheCallDoesNotHave) {
  CheckFound(Policy().Allow("close", Arg(1) == 0), "no-such-argument", {"arg1 of close", "fd"});
  CheckFound(Policy().Allow("getppid", Arg(0) == 0), "no-such-argument", {"getppid", "no parameters"});
  CheckSilent(Policy().Allow("close", Arg32(0) == 0), "no-such-argument");
}

BOOST_AUTO_TEST_CASE(HalfOfASize) {
  CheckFound(Policy().Allow("write", Arg32(2) <= 4096), "half-a-parameter",
             {"arg2.low of write", "64 bits", "Param(\"count\")"});
  CheckSilent(Policy().Allow("write", Arg(2) <= 4096).Allow("read", Param("count") <= 4096),
              "half-a-parameter");
  // What these are depends on another argument.
  CheckSilent(Policy().Allow("fcntl", Arg32(1) == F_SETFD && Arg32(2) == FD_CLOEXEC), "half-a-parameter");
}

BOOST_AUTO_TEST_CASE(AnAddressInPlaceOfWhatIsThere) {
  CheckFound(Policy().Allow("openat", Param("filename") == 0x1234), "pointer-compared",
             {"filename of openat", "pointer"});
  CheckSilent(Policy().Allow("futex", Param("utime") == 0).Allow("rt_sigaction", Param("act") != 0),
              "pointer-compared");
}

BOOST_AUTO_TEST_CASE(NegativeNumbersHaveTwoEncodings) {
  // glibc zeroes the upper half here, musl repeats the sign in it.
  CheckFound(Policy().Allow("ioctl", Arg(1) == 0x800454d2), "one-libc-only",
             {"ioctl(0x0, 0xffffffff800454d2) gets kill_process", "ioctl(0x0, 0x800454d2), which is allowed",
              "Param(\"cmd\")"});
  CheckFound(Policy().Allow("openat", Arg(0) == std::int64_t{AT_FDCWD}), "one-libc-only",
             {"openat(0xffffffffffffff9c) is allowed", "openat(0xffffff9c), which gets kill_process"});
  CheckSilent(Policy().Allow("openat", Param("dfd") == AT_FDCWD), "one-libc-only");
  CheckSilent(Policy().Allow("openat", Arg(0) == 0xffffff9c || Arg(0) == std::int64_t{AT_FDCWD}),
              "one-libc-only");
  // These have no sign, and neither have 64 bits.
  CheckSilent(Policy().Allow("socket", Arg(0) == AF_UNIX), "one-libc-only");
  CheckSilent(Policy().Allow("lseek", Arg(1) == 0xffffffff), "one-libc-only");
}

BOOST_AUTO_TEST_CASE(DescriptorsInVariablesAreNotNegative) {
  const Values v(X86(), {"fd"});
  CheckSilent(Policy().Allow("close", Arg(0) == v["fd"]), "one-libc-only");
}

BOOST_AUTO_TEST_CASE(WhatASupervisorReadsCanChange) {
  CheckFound(Policy().UserNotify({"getpid", "connect"}), "notified-pointer",
             {"uservaddr of connect", "continue"});
  CheckSilent(Policy().UserNotify({"getpid", "socket"}).Allow("connect"), "notified-pointer");
}

BOOST_AUTO_TEST_CASE(ARefusalBehindAnAllowanceIsDead) {
  const RuleSet usual = RuleSet().Allow({"ioctl", "read"});
  CheckFound(Policy().Add(usual).Add(RuleSet().Errno(EPERM, "ioctl", Param("cmd") == kTiocsti)),
             "dead-refusal",
             {"ioctl(0x0, 0x5412) is allowed by the rule at findings_test.cc:", "put the refusal before"});
  // In front, it refuses.
  CheckSilent(Policy().Add(RuleSet().Errno(EPERM, "ioctl", Param("cmd") == kTiocsti)).Add(usual),
              "dead-refusal");
}

BOOST_AUTO_TEST_CASE(ARefusalOfWhatIsLeftIsNotDead) {
  const RuleSet some = RuleSet().Allow("ioctl", Param("cmd") == kTiocsti).Allow("openat");
  // Exceptions first, then what they are exceptions of.
  CheckSilent(Policy().Add(some).Add(RuleSet().Errno(EPERM, "ioctl")), "dead-refusal");
  CheckSilent(Policy().Add(some).Add(RuleSet().Errno(EPERM, {"openat", "unlinkat"})), "dead-refusal");
  // All is refused anyway, if in another way.
  CheckSilent(Policy().Add(RuleSet().Errno(ENOSYS, "clone3")).Add(RuleSet().KillProcess("clone3")),
              "dead-refusal");
  CheckSilent(Policy().Add(RuleSet().KillProcess("ioctl")).Add(RuleSet().Errno(EPERM, "ioctl")),
              "dead-refusal");
}

BOOST_AUTO_TEST_CASE(SeveralAllowancesTogetherLeaveARefusalNothing) {
  const RuleSet halves =
      RuleSet().Allow("ioctl", Param("cmd") < kTiocsti).Allow("ioctl", Param("cmd") >= kTiocsti);
  CheckFound(Policy().Add(halves).Add(RuleSet().Errno(EPERM, "ioctl", Param("cmd") == kTiocsti)),
             "dead-refusal", {"ioctl(0x0, 0x5412) is allowed"});
}

BOOST_AUTO_TEST_CASE(AnotherCallDoesWhatIsRefused) {
  const auto refusing = [](const Syscalls& calls) {
    return Policy().Default(Action::Allow()).Errno(EPERM, calls);
  };
  CheckFound(refusing("execve"), "sibling-allowed", {"execve is refused", "execveat is allowed"});
  CheckFound(refusing({"open", "openat"}), "sibling-allowed",
             {"open is refused, and openat2 and creat are allowed, which do the same: refuse them, too; "
              "openat is refused"});
  CheckFound(refusing("ptrace"), "sibling-allowed", {"process_vm_writev is allowed"});
  CheckFound(refusing("mount"), "sibling-allowed", {"fsmount is allowed"});
  CheckFound(refusing({"fork", "vfork", "clone"}), "sibling-allowed", {"clone3 is allowed"});
  CheckFound(refusing("connect"), "sibling-allowed", {"io_uring_setup is allowed", "refused of connect"});
  CheckSilent(refusing({"execve", "execveat"}), "sibling-allowed");
  CheckSilent(refusing({IfAvailable("open"), "openat", "openat2", IfAvailable("creat"), "io_uring_setup"}),
              "sibling-allowed");
}

BOOST_AUTO_TEST_CASE(WhatIsRefusedWithAVariableOrOfAnyCallIsSeen) {
  const Values v(X86(), {"code"});
  const Policy policy = Policy().Default(Action::Allow()).Errno(v["code"], "execve");
  CheckFound(policy, "sibling-allowed", {"execveat is allowed"});
  // These say nothing of execveat.
  CheckFound(Policy(policy).Errno(EPERM, AnyCall(), Arg(5) == 1), "sibling-allowed", {"execveat is allowed"});
  CheckFound(Policy().Add(RuleSet::OnlyVsyscall().KillProcess(AnyCall())).Merge(policy), "sibling-allowed",
             {"execveat is allowed"});
}

BOOST_AUTO_TEST_CASE(AnotherCallDoesWhatSomeArgumentsAreRefusedFor) {
  const Condition is_of_a_thread = (Param("flags") & CLONE_THREAD).AnySet();
  CheckFound(Policy().Allow("clone", is_of_a_thread).Allow("clone3"), "sibling-allowed",
             {"some of clone is refused, and clone3 is allowed, which does the same"});
  CheckSilent(Policy().Allow("clone", is_of_a_thread).Errno(ENOSYS, "clone3"), "sibling-allowed");
  CheckFound(Policy().Allow("openat", Param("flags") == O_RDONLY).Allow("openat2"), "sibling-allowed",
             {"some of openat is refused", "openat2 is allowed"});
  CheckSilent(Policy()
                  .Allow("openat", Param("flags") == O_RDONLY)
                  .Allow(IfAvailable("open"), Param("flags") == O_RDONLY),
              "sibling-allowed");
}

// An error that makes callers fall back on the other call is no refusal; and what no rule names may be what
// nobody calls.
BOOST_AUTO_TEST_CASE(CallersMayBeSentToTheOtherCall) {
  CheckSilent(Policy().Allow("openat").Errno(ENOSYS, "openat2"), "sibling-allowed");
  CheckSilent(Policy().Allow("openat"), "sibling-allowed");
}

BOOST_AUTO_TEST_CASE(LibcNeedsCallsBesideOthers) {
  const std::string name = "missing-companion";
  CheckFound(Policy().Allow("write"), name,
             {"no rule names", "which gets kill_process", "writev beside write ("});
  CheckFound(Policy().Allow("fstat"), name, {"newfstatat beside fstat", "2.38"});
  CheckFound(Policy().Allow("rt_sigaction"), name, {"rt_sigreturn"});
  CheckFound(Policy().Allow("nanosleep"), name, {"restart_syscall"});
  CheckFound(Policy().Allow({"futex", "exit_group", "restart_syscall"}), name, {"exit beside futex"});
  CheckFound(Policy().Allow({"clone", "exit"}), name,
             {"clone3 beside clone", "set_robust_list beside clone", "rseq beside clone"});
  CheckFound(Policy().Allow({"clone3", "exit"}), name, {"clone beside clone3"});
  // All of a policy in one line.
  CheckFound(Policy().Allow("write").Allow("fstat"), name,
             {"newfstatat beside fstat", ", writev beside write"});
}

BOOST_AUTO_TEST_CASE(WhatIsNamedIsNotMissing) {
  const std::string name = "missing-companion";
  CheckSilent(Policy().Allow({"write", "writev"}), name);
  CheckSilent(Policy().Allow("write").Errno(EPERM, "writev"), name);
  CheckSilent(Policy().Default(Action::Allow()).Allow("write", Arg(0) == 1), name);
  CheckSilent(Policy().Allow("write").Allow(AnyCall(), Arg(0) == 1), name);
  CheckSilent(Policy().Allow({"clone", "exit", "rseq", "set_robust_list"}).Errno(ENOSYS, "clone3"), name);
  // These may fail.
  CheckSilent(Policy().Default(Action::Errno(ENOSYS)).Allow({"clone", "exit", "rseq"}), name);
  // Without threads.
  CheckSilent(Policy().Allow({"read", "exit_group"}), name);
  // Of several answers, each is said of its calls.
  CheckFound(
      Policy().Default(Action::Errno(EPERM)).KnownUpTo(Kernel{4, 17}).Allow({"write", "clone", "clone3"}),
      name, {"writev beside write", "which gets errno 1; rseq beside clone3", "which gets errno 38"});
}

BOOST_AUTO_TEST_CASE(LibcFallsBackOnlyOnNoSuchCall) {
  const std::string name = "enosys-expected";
  CheckFound(Policy().Allow("clone").Errno(EPERM, "clone3"), name,
             {"clone3 gets errno 1", "only on ENOSYS do callers fall back on clone"});
  CheckFound(Policy().Errno(EPERM, "rseq"), name, {"rseq", "ENOSYS"});
  CheckFound(Policy().Default(Action::Errno(EPERM)).Allow("faccessat"), name,
             {"faccessat2, which no rule names, gets errno 1"});
  CheckFound(Policy().Errno(EACCES, {"statx", "openat2"}).Allow({"newfstatat", "openat"}), name,
             {"statx gets errno 13", "; openat2 gets errno 13"});
  CheckFound(Policy().Default(Action::Allow()).Errno(EPERM, "clone3"), name, {"clone3 gets errno 1"});
  CheckFound(Policy().Allow("clone").KillProcess("clone3"), name, {"clone3 gets kill_process"});
  CheckSilent(Policy().Allow("clone").Errno(ENOSYS, "clone3"), name);
  CheckSilent(Policy().Default(Action::Errno(EPERM)).Allow({"faccessat", "faccessat2"}), name);
  // What is older is refused as well.
  CheckSilent(Policy().Default(Action::Allow()).Errno(EPERM, {"clone", "clone3"}), name);
  CheckSilent(Policy().Default(Action::Errno(EPERM)).Allow("read"), name);
}

// Of each policy that goes wrong in the kernel (test/kernel), what goes wrong is found, and nothing in the
// one that was meant.
BOOST_AUTO_TEST_CASE(EachMistakeIsFoundAndNothingInWhatWasMeant) {
  for (const Mistake& mistake : Mistakes())
    for (const Target* target : {&X86(), &Arm()}) BOOST_TEST_CONTEXT(mistake.what << ", " << target->name) {
        BOOST_TEST(!Find(mistake.mistaken, std::string(mistake.finding), *target).empty());
        BOOST_TEST(TextOf(Find(mistake.meant, *target)) == "");
      }
}

BOOST_AUTO_TEST_CASE(WhatIsAcceptedIsNotFound) {
  const Policy policy = Policy().Errno(EPERM, "ioctl", Arg(1) == kTiocsti).Allow("ioctl");
  CheckSilent(Policy(policy).Accept("upper-half-ignored", "only glibc calls it"), "upper-half-ignored");
  CheckFound(Policy(policy).Accept("half-a-parameter", "another one"), "upper-half-ignored", {});
  CheckError([&] { Find(Policy(policy).Accept("uper-half-ignored", "misspelt")); },
             {"no such finding", "\"upper-half-ignored\""});
  CheckError([&] { Policy().Accept("upper-half-ignored", " "); }, {"no reason"});
}

BOOST_AUTO_TEST_CASE(FindingsComeInTheOrderOfTheRulesAndOnceForEach) {
  const std::vector<Finding> findings =
      Find(Policy().Allow({"read", "pwrite64"}, Arg32(2) == 1).Allow("close", Arg(3) == 1 && Arg(4) == 1));
  BOOST_REQUIRE(findings.size() == 2U);
  BOOST_TEST(findings[0].rule == 0U);
  BOOST_TEST(findings[0].name == "half-a-parameter");
  BOOST_TEST(findings[1].rule == 1U);
  BOOST_TEST(findings[1].name == "no-such-argument");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
