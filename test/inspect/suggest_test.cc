// SPDX-License-Identifier: Apache-2.0
//
// Rules for what a policy lacks.
#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/precompile.h>

#include "inspect/suggest.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

using inspect::SuggestedRule;
using inspect::Suggestion;

inspect::Trace Read(const std::string& text, const inspect::LookedAt& looked_at) {
  inspect::TraceReader reader(X86(), looked_at, {});
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.size(), rest.find('\n'));
    reader.TakeLine(rest.substr(0, end));
    rest.remove_prefix(std::min(rest.size(), end + 1));
  }
  return reader.Finish();
}

std::string Text(const SuggestedRule& rule) {
  std::string calls;
  for (const std::string& call : rule.calls) calls += (calls.empty() ? "" : ", ") + call;
  return std::to_string(rule.count) + " " + rule.action + "(" +
         (rule.error.empty() ? "" : rule.error + ", ") + calls +
         (rule.condition.empty() ? "" : "; " + rule.condition) + ")\n";
}

std::string Text(const Suggestion& suggestion) {
  std::string text;
  for (const SuggestedRule& rule : suggestion.rules) text += Text(rule);
  return text;
}

Suggestion SuggestFirst(const std::string& trace) {
  const inspect::SuggestRequest request{X86()};
  const inspect::LookedAt looked_at = inspect::LooksAtForSuggestions(request);
  return inspect::Suggest(request, Read(trace, looked_at));
}

std::string First(const std::string& trace) {
  return Text(SuggestFirst(trace));
}

// For a policy with descriptors 3 and 4.
Suggestion SuggestFor(const Policy (*policy)(const Values&), const std::string& trace) {
  const ProgramDefinition definition{
      "p", {{"in", 32, Variable::Kind::kFd}, {"out", 32, Variable::Kind::kFd}}, policy};
  const PrecompiledProgram program = Precompile(definition, X86());
  const ResolvedPolicy resolved = Resolve(policy(Values(X86(), definition.variables)), X86());
  const inspect::KnownValues known(program, {3, 4});
  const inspect::Judge judge{program, &resolved, known};
  const inspect::SuggestRequest request{X86(), &judge};
  const inspect::LookedAt looked_at = inspect::LooksAtForSuggestions(request);
  return inspect::Suggest(request, Read(trace, looked_at));
}

const Policy Worker(const Values& v) {
  Policy policy;
  policy.Allow("read", Param("fd") == v["in"])
      .Allow("write", Param("fd") == v["out"])
      .Errno(EPERM, "socket")
      .Allow("ioctl", Param("cmd") == 0x5401);
  return policy;
}

BOOST_AUTO_TEST_SUITE(suggest)

BOOST_AUTO_TEST_CASE(CallsWithoutTellingParametersAreOneRule) {
  BOOST_TEST(First("getpid() = 1\nbrk(NULL) = 0\ngetpid() = 1\n") == "3 Allow(\"brk\", \"getpid\")\n");
}

BOOST_AUTO_TEST_CASE(ValuesOfTellingParametersBecomeConditionsByName) {
  BOOST_TEST(First("ioctl(1, TCGETS, {c=1}) = 0\n") == "1 Allow(\"ioctl\"; pcs::Param(\"cmd\") == TCGETS)\n");
  BOOST_TEST(First("ioctl(1, TIOCGWINSZ, 0x1) = 0\nioctl(2, TCGETS, {}) = 0\nioctl(2, 0x1234, 0) = 0\n") ==
             "3 Allow(\"ioctl\"; pcs::Param(\"cmd\").In({0x1234, TCGETS, TIOCGWINSZ}))\n");
  BOOST_TEST(First("mmap(NULL, 1, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0\n"
                   "mmap(NULL, 1, PROT_READ|PROT_WRITE, MAP_PRIVATE, 3, 0) = 0\n") ==
             "2 Allow(\"mmap\"; pcs::Param(\"prot\").In({PROT_READ, PROT_READ | PROT_WRITE}) && "
             "pcs::Param(\"flags\").OnlyBits(MAP_PRIVATE | MAP_ANONYMOUS))\n");
  BOOST_TEST(First("mprotect(0x1000, 1, PROT_NONE) = 0\n") ==
             "1 Allow(\"mprotect\"; pcs::Param(\"prot\") == 0)\n");
  BOOST_TEST(
      First("setsockopt(3, SOL_SOCKET, 2, [1], 4) = 0\n") ==
      "1 Allow(\"setsockopt\"; pcs::Param(\"level\") == SOL_SOCKET && pcs::Param(\"optname\") == 2)\n");
}

BOOST_AUTO_TEST_CASE(ConstantsOfOneTargetAreNumbers) {
  BOOST_TEST(First("openat(AT_FDCWD, \"/\", O_RDONLY|O_DIRECTORY|O_CLOEXEC) = 3\n") ==
             "1 Allow(\"openat\", pcs::IfAvailable(\"open\"); "
             "pcs::Param(\"flags\").OnlyBits(O_CLOEXEC | 0x18000))\n");
}

BOOST_AUTO_TEST_CASE(WhatTheTraceDoesNotTellIsSaid) {
  const Suggestion suggestion =
      SuggestFirst("audit: type=1326 audit(1:1): sig=0 arch=c000003e syscall=16 code=0x50000\n");
  BOOST_TEST(Text(suggestion) == "1 Allow(\"ioctl\")\n");
  BOOST_REQUIRE(suggestion.rules.front().remarks.size() == 1U);
  BOOST_TEST(suggestion.rules.front().remarks.front() == "the trace does not tell cmd: narrow it by hand");
  std::string many;
  for (int i = 0; i < 17; ++i) many += "ioctl(1, " + std::to_string(i) + ", 0) = 0\n";
  BOOST_TEST(SuggestFirst(many).rules.front().remarks.front() == "17 values of cmd");
}

BOOST_AUTO_TEST_CASE(WhatLibcsCallByDifferentNamesComesTogether) {
  BOOST_TEST(First("newfstatat(3, \"\", {}, AT_EMPTY_PATH) = 0\n") == "1 Allow(\"newfstatat\", \"fstat\")\n");
  BOOST_TEST(First("fstat(3, {}) = 0\n") == "1 Allow(\"fstat\", \"newfstatat\")\n");
  BOOST_TEST(First("tgkill(5, 5, SIGABRT) = 0\n") ==
             "1 Allow(\"tgkill\", \"tkill\"; pcs::Param(\"sig\") == SIGABRT)\n");
  // With conditions of their own, each keeps it.
  BOOST_TEST(First("openat(AT_FDCWD, \"/\", O_RDONLY) = 3\nopen(\"/\", O_WRONLY) = 3\n") ==
             "1 Allow(\"openat\"; pcs::Param(\"flags\").OnlyBits(0x8000))\n"
             "1 Allow(pcs::IfAvailable(\"open\"); pcs::Param(\"flags\").OnlyBits(O_WRONLY | 0x8000))\n");
}

BOOST_AUTO_TEST_CASE(ThreadsAreMadeByCloneWhoseFlagsCanBeSeen) {
  const std::string rules =
      First("clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = 2\n2 rseq(0x1, 0x20, 0, 0x53053053) = 0\n");
  BOOST_TEST(rules ==
             "1 Errno(ENOSYS, \"clone3\")\n"
             "0 Allow(\"clone\"; pcs::Param(\"clone_flags\").OnlyBits(CLONE_VM | CLONE_FS | CLONE_FILES | "
             "CLONE_SIGHAND | "
             "CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | "
             "CLONE_DETACHED))\n"
             "1 Allow(\"exit\", \"rseq\", \"set_robust_list\")\n");
  // Nor is what posix_spawn() makes: at ENOSYS it calls clone with the same flags.
  BOOST_TEST(First("clone3({flags=CLONE_VM|CLONE_VFORK, exit_signal=SIGCHLD, stack=0x10}, 88) = 2\n") ==
             "1 Errno(ENOSYS, \"clone3\")\n"
             "0 Allow(\"clone\"; pcs::Param(\"clone_flags\").OnlyBits(CLONE_VM | CLONE_VFORK | SIGCHLD))\n");
  // A child is not a thread.
  BOOST_TEST(
      First("clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, "
            "child_tidptr=0x1) = 2\n") ==
      "1 Allow(\"clone\"; pcs::Param(\"clone_flags\").OnlyBits(CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | "
      "SIGCHLD))\n");
}

BOOST_AUTO_TEST_CASE(DescriptorsBecomeTheVariablesThatHaveThem) {
  BOOST_TEST(Text(SuggestFor(Worker, "write(3, \"x\", 1) = 1\nread(3, \"x\", 1) = 1\n")) ==
             "1 Allow(\"write\", \"writev\"; pcs::Param(\"fd\") == v[\"in\"])\n");
  BOOST_TEST(Text(SuggestFor(Worker, "close(3) = 0\nclose(4) = 0\n")) ==
             "2 Allow(\"close\"; (pcs::Param(\"fd\") == v[\"in\"] || pcs::Param(\"fd\") == v[\"out\"]))\n");
  BOOST_TEST(Text(SuggestFor(Worker, "close(3) = 0\nclose(9) = 0\n")) == "2 Allow(\"close\")\n");
}

BOOST_AUTO_TEST_CASE(FlagsThatWereNotSeenTogetherAreSaid) {
  const Suggestion suggestion = SuggestFirst(
      "clone(child_stack=NULL, flags=CLONE_FS) = 2\nclone(child_stack=NULL, flags=CLONE_FILES) = 3\n");
  BOOST_REQUIRE(suggestion.rules.size() == 1U);
  BOOST_REQUIRE(suggestion.rules.front().remarks.size() == 1U);
  BOOST_TEST(suggestion.rules.front().remarks.front() == "not all of these clone_flags were seen together");
}

BOOST_AUTO_TEST_CASE(OnlyWhatIsLackingIsSuggested) {
  BOOST_TEST(Text(SuggestFor(Worker, "read(3, \"x\", 1) = 1\nioctl(1, TCGETS, {}) = 0\n")) == "");
  BOOST_TEST(Text(SuggestFor(Worker, "ioctl(1, TCSETS, {}) = 0\nioctl(1, TCGETS, {}) = 0\n")) ==
             "1 Allow(\"ioctl\"; pcs::Param(\"cmd\") == TCSETS)\n");
}

BOOST_AUTO_TEST_CASE(WhatARuleRefusesIsRefusedOnPurpose) {
  const Suggestion suggestion = SuggestFor(Worker, "socket(AF_UNIX, SOCK_STREAM, 0) = -1 EPERM (x)\n");
  BOOST_TEST(Text(suggestion) == "");
  BOOST_REQUIRE(suggestion.remarks.size() == 1U);
  BOOST_TEST(suggestion.remarks.front().find(
                 "socket (1) is refused by the rule \"errno 1 socket\" (suggest_test.cc:") == 0U);
}

BOOST_AUTO_TEST_CASE(WhatEndedTheProgramIsMarked) {
  const Suggestion suggestion = SuggestFirst("getppid() = 110\n+++ killed by SIGSYS +++\n");
  BOOST_REQUIRE(suggestion.rules.size() == 1U);
  BOOST_TEST(suggestion.rules.front().remarks.front() ==
             "a filter ended the program at getppid when the trace was made");
}

BOOST_AUTO_TEST_CASE(OtherAbisAndUnknownNumbersAreNotForgotten) {
  const Suggestion suggestion = SuggestFirst(
      "[ Process PID=1 runs in 32 bit mode. ]\n1 getpid() = 1\n"
      "2 syscall_0x3e7(0x1, 0, 0, 0, 0, 0) = -1 ENOSYS (Function not implemented)\n");
  BOOST_TEST(Text(suggestion) == "1 Allow(pcs::Syscall(999))\n");
  BOOST_REQUIRE(suggestion.remarks.size() == 1U);
  BOOST_TEST(suggestion.remarks.front() == "of other ABIs: 1 call");
}

BOOST_AUTO_TEST_CASE(CountsAreOfAllCalls) {
  const Suggestion suggestion =
      SuggestFor(Worker, "read(3, \"x\", 1) = 1\nread(3, \"x\", 1) = 1\ngetpid() = 1\n");
  BOOST_REQUIRE(suggestion.counts.size() == 2U);
  BOOST_TEST(suggestion.counts[0].call == "read");
  BOOST_TEST(suggestion.counts[0].count == 2U);
  BOOST_TEST(suggestion.counts[1].call == "getpid");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
