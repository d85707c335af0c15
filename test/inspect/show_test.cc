// SPDX-License-Identifier: Apache-2.0
//
// What is shown of whole filters. That it is right for all filters is for test/property and test/corpus.

#include "inspect/show.h"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/audit.h>
#include <sched.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/precompile.h>

#include "bpf/instructions.h"
#include "support/errors.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

using inspect::KnownValues;
using inspect::Shown;
using inspect::ShownNumbers;

using GivenValues = std::vector<std::optional<std::uint64_t>>;

constexpr std::uint32_t kAllow = SECCOMP_RET_ALLOW;
constexpr std::uint32_t kKill = SECCOMP_RET_KILL_PROCESS;

PrecompiledProgram Raw(const std::vector<sock_filter>& instructions, const Target& target = X86()) {
  PrecompiledProgram program;
  program.target = target;
  program.instructions = instructions;
  return program;
}

PrecompiledProgram Compiled(const Policy& policy, const Target& target = X86()) {
  return Precompile({"p", {}, [policy](const Values&) { return policy; }}, target);
}

Shown ShowAll(const PrecompiledProgram& program, const GivenValues& values = {}) {
  GivenValues all = values;
  all.resize(program.variables.size());
  return Show(program, KnownValues(program, all));
}

std::string AnswerOf(const ShownNumbers& numbers) {
  std::string text = CasesText(numbers.cases);
  for (const inspect::OutlineLine& line : numbers.outline)
    text += "\n" + std::string(2 * static_cast<std::size_t>(line.depth), ' ') + line.text;
  return text;
}

// "exit read #500: allow", a line for each set of numbers; then the default, x32, other architectures.
std::string TextOf(const Shown& shown) {
  std::string text;
  for (const ShownNumbers& numbers : shown.calls) {
    for (const std::string& name : numbers.names) text += name + " ";
    text += numbers.without_name + ": " + AnswerOf(numbers) + "\n";
  }
  text += "default: " + AnswerOf(shown.rest) + "\n";
  for (const ShownNumbers& numbers : shown.foreign) text += "foreign: " + AnswerOf(numbers) + "\n";
  for (const inspect::ShownArchitectures& one : shown.architectures)
    text += "architecture " + one.text + ": " + (one.answer.empty() ? "depends" : one.answer) + "\n";
  return text;
}

// The line of a call.
std::string AnswerTo(const Shown& shown, const std::string& call) {
  for (const ShownNumbers& numbers : shown.calls)
    for (const std::string& name : numbers.names)
      if (name == call) return AnswerOf(numbers);
  return "default";
}

std::string Of(const Policy& policy, const std::string& call, const Target& target = X86()) {
  return AnswerTo(ShowAll(Compiled(policy, target)), call);
}

Policy Allowing(const std::string& call, const Condition& condition) {
  Policy policy;
  policy.Allow(call, condition);
  return policy;
}

// Jumps out of the filter for other architectures and for x32.
std::vector<sock_filter> Begun(const std::vector<sock_filter>& rest) {
  std::vector<sock_filter> all = {
      bpf::LoadWord(bpf::kArchOffset),   bpf::JumpIfEqual(AUDIT_ARCH_X86_64, 1, 0),   bpf::Return(kKill),
      bpf::LoadWord(bpf::kNumberOffset), bpf::JumpIfGreaterOrEqual(0x40000000, 0, 1), bpf::Return(kKill)};
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

constexpr const char* kKilledElsewhere =
    "default: kill_process\nforeign: kill_process\narchitecture : kill_process\n";

BOOST_AUTO_TEST_SUITE(show)

// ---- Filters that kill by default, and of which others say that they allow by default: as their last leaf
// allows, and nothing is compared there.

BOOST_AUTO_TEST_CASE(ALinearListThatEndsInAllowKillsByDefault) {
  // As minijail lays it out: the answers stand at the end.
  const Shown shown = ShowAll(Raw(Begun({
      bpf::JumpIfEqual(0, 4, 0),
      bpf::JumpIfEqual(1, 3, 0),
      bpf::JumpIfEqual(60, 2, 0),
      bpf::JumpIfEqual(231, 1, 0),
      bpf::Return(kKill),
      bpf::Return(kAllow),
  })));
  BOOST_TEST(TextOf(shown) == std::string("exit exit_group read write : allow\n") + kKilledElsewhere);
}

BOOST_AUTO_TEST_CASE(ASearchTreeThatEndsInAllowKillsByDefault) {
  // As gVisor makes it: binary search, then an equality at each leaf.
  const Shown shown = ShowAll(Raw(Begun({
      bpf::JumpIfGreaterOrEqual(60, 3, 0),
      bpf::JumpIfEqual(0, 5, 0),
      bpf::JumpIfEqual(3, 4, 0),
      bpf::Return(kKill),
      bpf::JumpIfEqual(60, 2, 0),
      bpf::JumpIfEqual(231, 1, 0),
      bpf::Return(kKill),
      bpf::Return(kAllow),
  })));
  BOOST_TEST(TextOf(shown) == std::string("close exit exit_group read : allow\n") + kKilledElsewhere);
}

BOOST_AUTO_TEST_CASE(ATreeOfRangesThatEndsInAllowKillsByDefault) {
  const Shown shown = ShowAll(Raw(Begun({
      bpf::JumpIfGreaterOrEqual(4, 0, 3),
      bpf::JumpIfGreaterOrEqual(60, 0, 1),
      bpf::JumpIfGreaterOrEqual(62, 0, 1),
      bpf::Return(kKill),
      bpf::Return(kAllow),
  })));
  BOOST_TEST(TextOf(shown) == std::string("close exit open read wait4 write : allow\n") + kKilledElsewhere);
}

BOOST_AUTO_TEST_CASE(ABitMapOfNumbersThatEndsInAllowKillsByDefault) {
  const Shown shown = ShowAll(Raw(Begun({
      bpf::JumpIfAnySet(0xfffffffc, 0, 1),
      bpf::Return(kKill),
      bpf::Return(kAllow),
  })));
  BOOST_TEST(TextOf(shown) == std::string("close open read write : allow\n") + kKilledElsewhere);
}

BOOST_AUTO_TEST_CASE(OurOwnTreeKillsByDefault) {
  Policy policy;
  policy.Allow({"read", "write", "close", "fstat", "poll", "lseek", "mmap", "brk", "rt_sigaction", "futex",
                "exit", "exit_group", "openat", "newfstatat", "getrandom", "rseq", "clone3"});
  policy.Allow("ioctl", Arg32(1) == 0x5401u);
  const PrecompiledProgram program = Compiled(policy);
  const Shown shown = ShowAll(program);
  BOOST_TEST(shown.instructions == program.instructions.size());
  BOOST_TEST(
      TextOf(shown) ==
      std::string("brk clone3 close exit exit_group fstat futex getrandom lseek mmap newfstatat openat "
                  "poll read rseq rt_sigaction write : allow\n"
                  "ioctl : allow if cmd == TCGETS, otherwise kill_process\n") +
          kKilledElsewhere);
}

// ---- Defaults.

BOOST_AUTO_TEST_CASE(ADenyListAllowsByDefault) {
  Policy policy;
  policy.Default(Action::Allow());
  policy.Errno(EPERM, {"ptrace", "kexec_load"});
  policy.KillProcess("ioctl", Arg32(1) == 0x5412u);
  BOOST_TEST(TextOf(ShowAll(Compiled(policy))) ==
             "ioctl : allow if cmd != TIOCSTI, otherwise kill_process\n"
             "kexec_load ptrace : errno 1 (EPERM)\n"
             "default: allow\n"
             "foreign: kill_process\n"
             "architecture : kill_process\n");
}

BOOST_AUTO_TEST_CASE(UnknownCallsAreApartFromThoseThatWereNotAllowed) {
  Policy policy;
  policy.Allow({"read", "exit_group"});
  policy.KnownUpTo("statmount").Unknown(Action::Errno(ENOSYS));
  const Shown shown = ShowAll(Compiled(policy));
  BOOST_REQUIRE(shown.calls.size() == 2U);
  BOOST_TEST(shown.refused_most == 1U);
  BOOST_TEST(shown.calls[0].names == (std::vector<std::string>{"exit_group", "read"}));
  BOOST_TEST(AnswerOf(shown.calls[1]) == "kill_process");
  BOOST_TEST(shown.calls[1].names.size() > 300U);
  BOOST_TEST(AnswerOf(shown.rest) == "errno 38 (ENOSYS)");
  BOOST_TEST(shown.rest.numbers.Has(Target::kSkippedCall));
  BOOST_TEST(shown.rest.numbers.Has(400));  // a gap
  // A call that came later than the baseline.
  BOOST_TEST(AnswerTo(shown, "mseal") == "default");
}

BOOST_AUTO_TEST_CASE(ASkippedCallIsANumberToo) {
  const Shown shown = ShowAll(Raw({
      bpf::LoadWord(bpf::kNumberOffset),
      bpf::JumpIfEqual(0xffffffff, 0, 1),
      bpf::Return(SECCOMP_RET_ERRNO | ENOSYS),
      bpf::Return(kAllow),
  }));
  BOOST_TEST(TextOf(shown) == "#0xffffffff: errno 38 (ENOSYS)\ndefault: allow\nforeign: allow\n");
  BOOST_TEST(!shown.looks_at_architecture);
}

BOOST_AUTO_TEST_CASE(X32IsAnABIOfItsOwn) {
  // Only the number is compared: x32 is what was forgotten.
  const Shown shown = ShowAll(Raw({
      bpf::LoadWord(bpf::kArchOffset),
      bpf::JumpIfEqual(AUDIT_ARCH_X86_64, 0, 3),
      bpf::LoadWord(bpf::kNumberOffset),
      bpf::JumpIfEqual(101, 1, 0),
      bpf::Return(kAllow),
      bpf::Return(kKill),
  }));
  BOOST_TEST(TextOf(shown) ==
             "ptrace : kill_process\ndefault: allow\nforeign: allow\narchitecture : kill_process\n");
  BOOST_TEST(shown.foreign.front().numbers.Has(0x40000000 + 101));
  BOOST_TEST(shown.foreign.front().numbers.Has(512));
}

BOOST_AUTO_TEST_CASE(OtherArchitecturesMayBeAnsweredInSeveralWays) {
  const Shown shown = ShowAll(Raw({
      bpf::LoadWord(bpf::kArchOffset),
      bpf::JumpIfEqual(AUDIT_ARCH_X86_64, 0, 1),
      bpf::Return(kAllow),
      bpf::JumpIfEqual(AUDIT_ARCH_AARCH64, 0, 3),
      bpf::LoadWord(bpf::kNumberOffset),
      bpf::JumpIfEqual(3, 1, 0),
      bpf::Return(SECCOMP_RET_ERRNO | EPERM),
      bpf::Return(kKill),
  }));
  BOOST_TEST(TextOf(shown) ==
             "default: allow\nforeign: allow\narchitecture aarch64: depends\narchitecture : kill_process\n");
}

// ---- Conditions.

BOOST_AUTO_TEST_CASE(ConditionsAreWrittenInTheNamesOfParameters) {
  BOOST_TEST(Of(Allowing("ioctl", Arg32(1).In({0x5401, 0x5413})), "ioctl") ==
             "allow if cmd in {TCGETS, TIOCGWINSZ}, otherwise kill_process");
  BOOST_TEST(Of(Allowing("clone", (Arg(0) & 0x7e020000) == 0), "clone") ==
             "allow if (clone_flags & 0x7e020000) == 0, otherwise kill_process");
  BOOST_TEST(Of(Allowing("write", Arg(2) <= 0x1000), "write") ==
             "allow if count <= 0x1000, otherwise kill_process");
  BOOST_TEST(Of(Allowing("mmap", Arg(0) >= 0x100000000 && Arg(0) < 0x200000000), "mmap") ==
             "allow if addr in 0x100000000..0x1ffffffff, otherwise kill_process");
}

BOOST_AUTO_TEST_CASE(SeveralArgumentsAreJoined) {
  BOOST_TEST(Of(Allowing("write", Arg32(0) == 1 && Arg(2) <= 4096), "write") ==
             "allow if fd == 1 && count <= 0x1000, otherwise kill_process");
  BOOST_TEST(Of(Allowing("write", Arg32(0) == 1 || Arg(2) == 0), "write") ==
             "allow if fd == 1 || count == 0, otherwise kill_process");
  BOOST_TEST(Of(Allowing("write", Arg32(0) == 1 || (Arg32(0) == 2 && Arg(2) == 0)), "write") ==
             "allow if fd == 1 || (fd == 2 && count == 0), otherwise kill_process");
}

BOOST_AUTO_TEST_CASE(SeveralAnswersAreInTheOrderOfTheirWeakness) {
  Policy policy;
  policy.Errno(EPERM, "write", Arg32(0) == 2);
  policy.Allow("write", Arg32(0) == 1);
  policy.Log("write", Arg32(0) == 3);
  BOOST_TEST(Of(policy, "write") ==
             "allow if fd == 1; log if fd == 3; errno 1 (EPERM) if fd == 2; otherwise kill_process");
}

BOOST_AUTO_TEST_CASE(LongConditionsAreAnOutline) {
  Policy policy;
  for (std::uint32_t i = 0; i < 6; ++i)
    policy.Allow("fcntl", Arg32(0) == i && Arg32(1) == i + 1 && Arg(2) == i + 7);
  policy.Allow("fcntl", Arg32(0) == 40u);
  const std::string text = Of(policy, "fcntl");
  BOOST_TEST(text.starts_with("\nfd == 0: allow if cmd == F_GETFD && arg == 7, otherwise kill_process\n"));
  BOOST_TEST((text.find("\nfd == 40: allow\n") != std::string::npos), text);
  BOOST_TEST(text.ends_with("\notherwise: kill_process"));
}

BOOST_AUTO_TEST_CASE(CallsThatAreAskedTheSameAreShownTogether) {
  Policy policy;
  policy.Allow({"fchmod", "fchown"}, Arg32(0) == 5);
  policy.Allow("kill", Arg32(0) == 5);
  const Shown shown = ShowAll(Compiled(policy));
  BOOST_REQUIRE(shown.calls.size() == 2U);
  BOOST_TEST(shown.calls[0].names == (std::vector<std::string>{"fchmod", "fchown"}));
  BOOST_TEST(AnswerOf(shown.calls[1]) == "allow if pid == 5, otherwise kill_process");
  BOOST_TEST(shown.calls[0].answers == shown.calls[1].answers);
}

BOOST_AUTO_TEST_CASE(TheInstructionPointerIsAField) {
  Policy policy;
  policy.Default(Action::Errno(EPERM));
  policy.Allow(AnyCall(), InstructionPointer() >= 0xffffffff80000000);
  const Shown shown = ShowAll(Compiled(policy));
  BOOST_TEST(AnswerOf(shown.rest) == "allow if ip >= 0xffffffff80000000, otherwise errno 1 (EPERM)");
}

// ---- Variables.

PrecompiledProgram WithVariables(std::vector<Variable> variables,
                                 const std::function<Policy(const Values&)>& policy) {
  return Precompile({"p", std::move(variables), policy}, X86());
}

BOOST_AUTO_TEST_CASE(VariablesThatAreNotSetAppearByName) {
  const PrecompiledProgram program = WithVariables({"one", "two"}, [](const Values& v) {
    return Allowing("read", (Arg(0) == v["one"] || Arg32(0) == v["two"]) && Arg(2) <= 64);
  });
  BOOST_TEST(AnswerTo(ShowAll(program), "read").starts_with("allow if "));
  BOOST_TEST(AnswerTo(ShowAll(program, {3, 5}), "read").find('$') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(AWholeArgumentThatEqualsAVariableIsWrittenSo) {
  const PrecompiledProgram program =
      WithVariables({"base"}, [](const Values& v) { return Allowing("mmap", Arg(0) == v["base"]); });
  BOOST_TEST(AnswerTo(ShowAll(program), "mmap") == "allow if addr == $base, otherwise kill_process");
  const PrecompiledProgram low =
      WithVariables({"base"}, [](const Values& v) { return Allowing("mmap", Arg32(0) == v["base"]); });
  BOOST_TEST(AnswerTo(ShowAll(low), "mmap") == "allow if (u32)addr == $base, otherwise kill_process");
}

// What libc passes for a negative descriptor does not equal its lower half.
BOOST_AUTO_TEST_CASE(AnIntOfWhichAllBitsAreComparedIsWrittenSo) {
  const PrecompiledProgram all =
      WithVariables({"dir"}, [](const Values& v) { return Allowing("openat", Arg(0) == v["dir"]); });
  BOOST_TEST(AnswerTo(ShowAll(all), "openat") == "allow if (u64)dfd == $dir, otherwise kill_process");
  const PrecompiledProgram low =
      WithVariables({"dir"}, [](const Values& v) { return Allowing("openat", Arg32(0) == v["dir"]); });
  BOOST_TEST(AnswerTo(ShowAll(low), "openat") == "allow if dfd == $dir, otherwise kill_process");
}

BOOST_AUTO_TEST_CASE(AVariableOf64BitsIsOneName) {
  const PrecompiledProgram program = WithVariables(
      {Variable("base", 64)}, [](const Values& v) { return Allowing("mmap", Arg(0) == v.Uint64("base")); });
  BOOST_TEST(AnswerTo(ShowAll(program), "mmap") == "allow if addr == $base, otherwise kill_process");
  BOOST_TEST(AnswerTo(ShowAll(program, {0x700000001000}), "mmap") ==
             "allow if addr == 0x700000001000, otherwise kill_process");
}

BOOST_AUTO_TEST_CASE(OrderingsOfVariablesAreOneTest) {
  const PrecompiledProgram program =
      WithVariables({"limit"}, [](const Values& v) { return Allowing("write", Arg32(2) <= v["limit"]); });
  BOOST_TEST(AnswerTo(ShowAll(program), "write") == "allow if (u32)count <= $limit, otherwise kill_process");
}

BOOST_AUTO_TEST_CASE(AnAnswerMayDependOnAVariable) {
  const PrecompiledProgram program =
      WithVariables({Variable("code", 32, Variable::Kind::kErrno)}, [](const Values& v) {
        Policy policy;
        policy.Default(Action::Errno(v["code"]));
        policy.Allow("getpid");
        return policy;
      });
  BOOST_TEST(AnswerOf(ShowAll(program).rest) == "errno $code");
  BOOST_TEST(AnswerOf(ShowAll(program, {ENOSYS}).rest) == "errno 38 (ENOSYS)");
}

// ---- Any source, any target.

BOOST_AUTO_TEST_CASE(InstructionsAloneAreShownLikeTheProgramThatTheyAreOf) {
  const PrecompiledProgram program = WithVariables({"one"}, [](const Values& v) {
    Policy policy = Allowing("read", Arg(0) == v["one"]);
    policy.Allow({"exit_group", "rt_sigreturn"});
    return policy;
  });
  BOOST_TEST(TextOf(ShowAll(program, {7})) == TextOf(ShowAll(Raw(Render(program, {7})))));
}

BOOST_AUTO_TEST_CASE(FiltersThatAnswerAlikeAreShownAlike) {
  Policy policy;
  policy.Allow({"read", "write", "exit"});
  const Shown other = ShowAll(Raw(Begun({
      bpf::JumpIfEqual(60, 2, 0),
      bpf::JumpIfGreater(1, 0, 1),
      bpf::Return(kKill),
      bpf::Return(kAllow),
  })));
  BOOST_TEST(TextOf(ShowAll(Compiled(policy))) == TextOf(other));
}

BOOST_AUTO_TEST_CASE(EachTargetHasItsNamesAndItsByteOrder) {
  const Policy policy = Allowing("openat", Arg(2) == 0x80000 && Arg32(0) == 7);
  const std::string expected = "allow if dfd == 7 && flags == 0x80000, otherwise kill_process";
  BOOST_TEST(Of(policy, "openat", X86()) == expected);
  BOOST_TEST(Of(policy, "openat", Arm()) == expected);
  BOOST_TEST(Of(policy, "openat", BigEndian(Arm())) == expected);
  BOOST_TEST(ShowAll(Compiled(policy, Arm())).foreign.empty());
}

BOOST_AUTO_TEST_CASE(WhatIsNotFollowedIsAnError) {
  CheckError(
      [] {
        ShowAll(Raw({bpf::LoadWord(bpf::kNumberOffset), bpf::Add(1), bpf::ReturnA()}));
      },
      {"what the filter answers is not known: instruction 1 (add #0x1) is arithmetic"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
