// SPDX-License-Identifier: Apache-2.0
//
// Explanations of single calls: cases, paths and changes. That they are right for all policies is for
// test/property.

#include "inspect/explain.h"

#include <cerrno>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <sched.h>
#include <sys/mman.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/precompile.h>

#include "bpf/instructions.h"
#include "inspect/call_text.h"
#include "support/calls.h"
#include "support/errors.h"
#include "support/numbers.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

using inspect::Decider;
using inspect::Explanation;
using inspect::KnownValues;
using inspect::Standing;

using GivenValues = std::vector<std::optional<std::uint64_t>>;

// A program with its policy, to be asked about calls as they are written.
class Asked {
 public:
  Asked(std::vector<Variable> variables, const std::function<Policy(const Values&)>& function,
        const Target& target = X86())
      : program_(Precompile({"p", variables, function}, target)),
        policy_(Resolve(function(Values(target, variables)), target)) {}

  [[nodiscard]] Explanation About(const std::string& call, const GivenValues& values = {}) const {
    GivenValues all = values;
    all.resize(program_.variables.size());
    return inspect::Explain(
        {program_, &policy_, KnownValues(program_, all), inspect::ReadCall(call, program_.target).call});
  }

  PrecompiledProgram& program() { return program_; }

 private:
  PrecompiledProgram program_;
  ResolvedPolicy policy_;
};

Asked WithoutVariables(const Policy& policy) {
  return {{}, [policy](const Values&) { return policy; }};
}

// "$fd == 3: allow; kill_process"
std::string CasesOf(const Explanation& why) {
  std::string text;
  for (const inspect::ExplainedCase& one : why.cases)
    text += (text.empty() ? "" : "; ") + (one.condition.empty() ? "" : one.condition + ": ") + one.answer;
  return text;
}

// "arg0=4", for each argument of the change; "none".
std::string ChangeOf(const Explanation& why) {
  if (!why.change.found) return "none";
  std::string text;
  for (const int index : why.change.found->arguments)
    text += (text.empty() ? "" : " ") + std::string("arg") + std::to_string(index) + "=" +
            std::to_string(why.change.found->call.args[index]);
  return text;
}

std::string MeaningsOf(const Explanation& why) {
  std::string text;
  for (const inspect::Step& step : why.path.steps)
    if (!step.meaning.empty()) text += step.meaning + "\n";
  return text;
}

BOOST_AUTO_TEST_SUITE(explain)

BOOST_AUTO_TEST_CASE(TheDecidingRuleIsTold) {
  const Asked asked = WithoutVariables(Policy()
                                           .Allow("read", Param("fd") == 3)
                                           .Errno(EPERM, "openat")
                                           .Log("getpid")
                                           .Succeed("fsync")
                                           .UserNotify("mount"));
  const Explanation read = asked.About("read(3)");
  BOOST_TEST((read.standing == Standing::kAllowed));
  BOOST_TEST(CasesOf(read) == "allow");
  BOOST_TEST((read.cases.front().decider == Decider::kRule));
  BOOST_TEST(read.cases.front().rule == "allow read if fd == 3");
  BOOST_TEST(read.cases.front().where.file == "explain_test.cc");
  BOOST_TEST(read.cases.front().where.line > 0);
  BOOST_TEST(CasesOf(asked.About("openat")) == "errno 1 (EPERM)");
  BOOST_TEST((asked.About("openat").standing == Standing::kRefused));
  BOOST_TEST((asked.About("getpid").standing == Standing::kAllowed));
  BOOST_TEST((asked.About("mount").standing == Standing::kAsked));
  BOOST_TEST(CasesOf(asked.About("fsync")) == "errno 0 (the call is not made, and returns 0)");
  BOOST_TEST((asked.About("fsync").standing == Standing::kRefused));
}

BOOST_AUTO_TEST_CASE(WithoutARuleTheActionIsTold) {
  const Asked asked = WithoutVariables(Policy()
                                           .Allow("read")
                                           .Default(Action::Errno(EACCES))
                                           .BadArchitecture(Action::Trap(7))
                                           .KnownUpTo("statx"));
  const auto decider = [&](const std::string& call) { return asked.About(call).cases.front().decider; };
  BOOST_TEST((decider("write") == Decider::kDefaultAction));
  BOOST_TEST((decider("#5000") == Decider::kUnknownAction));
  BOOST_TEST((decider("#-1") == Decider::kUnknownAction));
  BOOST_TEST((decider("#0x40000000") == Decider::kBadArchitectureAction));
  BOOST_TEST(CasesOf(asked.About("#5000")) == "errno 38 (ENOSYS)");
  BOOST_TEST(CasesOf(asked.About("#0x40000000")) == "trap 7");
}

// ---- Variables that are not known.

BOOST_AUTO_TEST_CASE(WhatIsNotKnownMakesCases) {
  const Asked asked({"fd1", "fd2"}, [](const Values& v) {
    return Policy()
        .Allow("read", Arg32(0) == v["fd1"] || Arg32(0) == v["fd2"])
        .Errno(EPERM, "read", Arg32(0) < 3);
  });
  const Explanation none = asked.About("read(3)");
  BOOST_TEST((none.standing == Standing::kOpen));
  BOOST_TEST(CasesOf(none) == "$fd1 == 3 || $fd2 == 3: allow; kill_process");
  BOOST_TEST(none.variables == (std::vector<std::string>{"fd1", "fd2"}), boost::test_tools::per_element());
  BOOST_TEST(!none.path.answer.has_value());
  BOOST_TEST(none.path.steps.back().meaning.find(": depends on what is not set") != std::string::npos);

  const Explanation one = asked.About("read(3)", {4, {}});
  BOOST_TEST(CasesOf(one) == "$fd2 == 3: allow; kill_process");
  BOOST_TEST(one.variables == std::vector<std::string>{"fd2"}, boost::test_tools::per_element());
  BOOST_TEST(CasesOf(asked.About("read(3)", {3, {}})) == "allow");
  BOOST_TEST(CasesOf(asked.About("read(3)", {4, 5})) == "kill_process");
  BOOST_TEST(CasesOf(asked.About("read(2)")) == "$fd1 == 2 || $fd2 == 2: allow; errno 1 (EPERM)");
}

BOOST_AUTO_TEST_CASE(CasesThatNoValueLeadsToAreLeftOut) {
  // A descriptor is not negative.
  const Asked descriptor(
      {Fd("fd")}, [](const Values& v) { return Policy().Allow("read", Arg32(0) == v["fd"]).Allow("exit"); });
  BOOST_TEST(CasesOf(descriptor.About("read(-1)")) == "kill_process");
  BOOST_TEST((descriptor.About("read(-1)").standing == Standing::kRefused));
  // Whatever is not larger is at most as large.
  const Asked covered({"size"}, [](const Values& v) {
    return Policy().Errno(EPERM, "munmap", Arg(1) > v["size"]).Allow("munmap", Arg(1) <= v["size"]);
  });
  BOOST_TEST(CasesOf(covered.About("munmap(0, 5)")) == "$size < 5: errno 1 (EPERM); allow");
  BOOST_TEST(CasesOf(covered.About("munmap(0, 0x100000000)")) == "errno 1 (EPERM)");
}

BOOST_AUTO_TEST_CASE(WhatMayBeImpossibleIsSaid) {
  // No bits are without themselves: but values that are masks are not all tried.
  const Asked masks({"bits"}, [](const Values& v) {
    return Policy()
        .Errno(EPERM, "read", Arg32(0).OnlyBits(v["bits"]))
        .Errno(EACCES, "read", !Arg32(0).OnlyBits(v["bits"]) && (Arg32(0) & v["bits"]) == 0xffff)
        .Allow("read");
  });
  const Explanation why = masks.About("read(3)");
  BOOST_TEST(!why.are_all_shown);
  BOOST_TEST(why.cases.size() == 3U);
  BOOST_TEST(why.cases.at(1).example.empty());
  BOOST_TEST(masks.About("read(3)", {1}).are_all_shown);
}

BOOST_AUTO_TEST_CASE(CasesMayAgree) {
  const Asked asked({"fd"}, [](const Values& v) {
    return Policy()
        .Errno(EPERM, "read", Arg32(0) == v["fd"])
        .Errno(EACCES, "read")
        .Log("write", Arg32(0) == v["fd"])
        .Allow("write");
  });
  const Explanation read = asked.About("read(3)");
  BOOST_TEST((read.standing == Standing::kRefused));
  BOOST_TEST(CasesOf(read) == "$fd == 3: errno 1 (EPERM); errno 13 (EACCES)");
  BOOST_TEST((asked.About("write(3)").standing == Standing::kAllowed));
}

BOOST_AUTO_TEST_CASE(AnAnswerMayBeAVariable) {
  const Asked asked({"code"},
                    [](const Values& v) { return Policy().Default(Action::Errno(v["code"])).Allow("read"); });
  const Explanation why = asked.About("write");
  BOOST_TEST((why.standing == Standing::kRefused));
  BOOST_TEST(CasesOf(why) == "errno $code");
  BOOST_TEST(CasesOf(asked.About("write", {EROFS})) == "errno 30 (EROFS)");
}

BOOST_AUTO_TEST_CASE(ConditionsOfEachKindAreTold) {
  const Asked asked({"a", "b", Uint64("w")}, [](const Values& v) {
    return Policy()
        .Allow("read", Arg32(0).Signed() >= v["a"])
        .Allow("write", (Arg32(0) & v["a"]) == v["b"])
        .Allow("close", Arg32(0).OnlyBits(v["a"]))
        .Allow("munmap", Arg(0).In({5, v.Uint64("w"), v["a"]}))
        .Allow("dup", !(Arg32(0) == v["a"] && (Arg32(0) == v["b"] || Arg(0) < v.Uint64("w"))));
  });
  const auto cases = [&](const std::string& call) { return CasesOf(asked.About(call)); };
  BOOST_TEST(cases("read(-5)") == "$a <= -5: allow; kill_process");
  BOOST_TEST(cases("write(6)") == "(6 & $a) == $b: allow; kill_process");
  BOOST_TEST(cases("close(6)") == "(6 & ~$a) == 0: allow; kill_process");
  BOOST_TEST(cases("munmap(6)") == "$w == 6 || $a == 6: allow; kill_process");
  BOOST_TEST(cases("munmap(5)") == "allow");
  BOOST_TEST(cases("dup(7)") == "!($a == 7 && ($b == 7 || $w > 7)): allow; kill_process");
}

// ---- Paths.

BOOST_AUTO_TEST_CASE(AStepSaysWhatItCompares) {
  const Asked asked({"limit"}, [](const Values& v) {
    return Policy()
        .Allow("setpriority", Param("niceval") >= -5)
        .Allow("getpriority", Param("which") >= v["limit"])
        .Allow("ioctl", Param("cmd") == v["limit"])
        .Allow("lseek", Param("offset") == 0x500000007);
  });
  CheckContains(MeaningsOf(asked.About("setpriority(0, 0, -7)")),
                {"arch (x86_64) == x86_64: yes", "nr (141 setpriority) == 141 setpriority: yes",
                 "niceval (0xfffffff9) >= 0xfffffffb: no", "kill_process"});
  CheckContains(MeaningsOf(asked.About("getpriority(-7)", {static_cast<std::uint32_t>(-6)})),
                {"as int: which (-7) >= $limit (-6): no"});
  CheckContains(MeaningsOf(asked.About("ioctl(0, 0x5401)", {0x5401})),
                {"cmd (0x5401 TCGETS) == $limit (0x5401 TCGETS): yes", "allow"});
  CheckContains(MeaningsOf(asked.About("lseek(0, 0x500000008)")),
                {"offset.high (5) == 5: yes", "offset.low (8) == 7: no"});
}

PrecompiledProgram ProgramOf(const bpf::Program& instructions) {
  PrecompiledProgram program;
  program.target = X86();
  program.instructions = instructions;
  return program;
}

BOOST_AUTO_TEST_CASE(AFilterWithoutAPolicyHasAPathAndAnAnswer) {
  const PrecompiledProgram program = ProgramOf({
      bpf::LoadWord(bpf::kNumberOffset),
      bpf::JumpIfEqual(39, 0, 1),
      bpf::Return(SECCOMP_RET_ERRNO | EPERM),
      bpf::Return(SECCOMP_RET_ALLOW),
  });
  const KnownValues nothing(program, {});
  const Explanation refused = inspect::Explain({program, nullptr, nothing, Call(39)});
  BOOST_TEST((refused.standing == Standing::kRefused));
  BOOST_TEST((refused.cases.front().decider == Decider::kInstructions));
  BOOST_TEST(CasesOf(refused) == "errno 1 (EPERM)");
  BOOST_TEST(MeaningsOf(refused) == "nr (39 getpid) == 39 getpid: yes\nerrno 1 (EPERM)\n");
  BOOST_TEST((inspect::Explain({program, nullptr, nothing, Call(40)}).standing == Standing::kAllowed));
}

BOOST_AUTO_TEST_CASE(EveryInstructionHasItsMeaning) {
  const PrecompiledProgram program = ProgramOf({
      bpf::LoadWord(bpf::ArgumentOffset(0, bpf::Half::kLow, false)),
      bpf::And(0xff),
      bpf::StoreScratch(3),
      bpf::Tax(),
      bpf::LoadImmediate(2),
      bpf::ShiftLeft(4),
      bpf::AddX(),
      bpf::JumpIfGreater(0x30, 0, 4),
      bpf::LoadScratch(3),
      bpf::Negate(),
      bpf::JumpIfAnySetX(0, 1),
      bpf::Return(SECCOMP_RET_TRAP | 5),
      bpf::LoadLength(),
      bpf::ReturnA(),
  });
  const KnownValues nothing(program, {});
  const Explanation why = inspect::Explain({program, nullptr, nothing, Call(0, {0x1234})});
  BOOST_TEST(MeaningsOf(why) ==
             "(2 << 4) + (fd & 255) (84) > 48: yes\n"
             "-(fd & 255) (0xffffffcc) has any bit of fd & 255 (52): yes\n"
             "trap 5\n");
  const PrecompiledProgram by_zero = ProgramOf({bpf::DivideX(), bpf::Return(SECCOMP_RET_ALLOW)});
  const Explanation killed = inspect::Explain({by_zero, nullptr, KnownValues(by_zero, {}), Call(0)});
  BOOST_TEST(CasesOf(killed) == "kill_thread");
}

// ---- Changes.

BOOST_AUTO_TEST_CASE(TheNearestConstantIsFound) {
  const Asked asked = WithoutVariables(Policy()
                                           .Allow("ioctl", Param("cmd").In({0x5401, 0x5413, 0x541b}))
                                           .Allow("read", Param("count") < 4096)
                                           .Allow("write", Param("count") > 10)
                                           .Allow("close", !(Param("fd") == 3))
                                           .Allow("getpid")
                                           .Errno(EPERM, "openat"));
  const auto change = [&](const std::string& call) { return ChangeOf(asked.About(call)); };
  BOOST_TEST(change("ioctl(0, 0x5415)") == "arg1=" + std::to_string(0x5413));
  BOOST_TEST(change("ioctl(0, 0x541a)") == "arg1=" + std::to_string(0x541b));
  BOOST_TEST(change("read(0, 0, 5000)") == "arg2=4095");
  BOOST_TEST(change("write(0, 0, 3)") == "arg2=11");
  BOOST_TEST(change("close(3)") == "arg0=2");
  BOOST_TEST(change("getpid") == "none");  // it is allowed
  BOOST_TEST(change("openat") == "none");
  BOOST_TEST(!asked.About("openat").change.is_any_allowed);
  BOOST_TEST(asked.About("ioctl(0, 1)").change.is_any_allowed);
}

BOOST_AUTO_TEST_CASE(BitsAreSetAndCleared) {
  const Asked asked =
      WithoutVariables(Policy()
                           .Allow("clone", !(Param("flags") & (CLONE_NEWUSER | CLONE_NEWNS)).AnySet())
                           .Allow("mprotect", Param("prot").OnlyBits(PROT_READ | PROT_WRITE))
                           .Allow("mmap", (Param("flags") & MAP_PRIVATE).AllSet())
                           .Allow("mknod", (Param("mode") & 0170000) == 0010000));
  const auto change = [&](const std::string& call) { return ChangeOf(asked.About(call)); };
  BOOST_TEST(change("clone(CLONE_NEWUSER|CLONE_NEWNS|17)") == "arg0=17");
  BOOST_TEST(change("mprotect(0, 0, 7)") == "arg2=3");
  BOOST_TEST(change("mmap(0, 0, 0, MAP_ANONYMOUS)") == "arg3=" + std::to_string(MAP_ANONYMOUS | MAP_PRIVATE));
  BOOST_TEST(change("mknod(0, S_IFCHR|0600)") == "arg1=" + std::to_string(0010600));
}

BOOST_AUTO_TEST_CASE(TwoArgumentsAreChangedIfOneIsNotEnough) {
  const Asked asked = WithoutVariables(Policy()
                                           .Allow("socket", Arg32(0) == 1 && Arg32(1) == 2)
                                           .Allow("ptrace", Arg32(0) == 1 && Arg32(1) == 2 && Arg32(2) == 3));
  BOOST_TEST(ChangeOf(asked.About("socket(1, 3)")) == "arg1=2");
  BOOST_TEST(ChangeOf(asked.About("socket(16, 3)")) == "arg0=1 arg1=2");
  BOOST_TEST(ChangeOf(asked.About("ptrace(0, 2, 0)")) == "arg0=1 arg2=3");
  BOOST_TEST(ChangeOf(asked.About("ptrace")) == "none");
  BOOST_TEST(asked.About("ptrace").change.is_any_allowed);
}

BOOST_AUTO_TEST_CASE(AChangeHoldsWhateverIsNotKnown) {
  const Asked asked({"fd"}, [](const Values& v) {
    return Policy().Errno(EPERM, "read", Arg32(1) == 0).Allow("read", Arg32(0).In({v["fd"], 9}));
  });
  BOOST_TEST(ChangeOf(asked.About("read(3, 0)", {3})) == "arg1=1");
  BOOST_TEST(ChangeOf(asked.About("read(3, 0)")) == "arg0=9 arg1=1");
}

BOOST_AUTO_TEST_CASE(TheUpperHalfStaysWhereItDoesNotCount) {
  const Asked asked = WithoutVariables(Policy().Allow("read", Arg32(0) == 3).Allow("write", Arg(0) == 3));
  BOOST_TEST(ChangeOf(asked.About("read(0x100000004)")) == "arg0=" + std::to_string(0x100000003));
  BOOST_TEST(ChangeOf(asked.About("write(0x100000003)")) == "arg0=3");
}

// ---- Asking both.

BOOST_AUTO_TEST_CASE(AFilterThatDiffersFromItsPolicyIsNoticed) {
  Asked asked = WithoutVariables(Policy().Allow("read"));
  asked.program().instructions = {bpf::Return(SECCOMP_RET_ALLOW)};
  BOOST_TEST(CasesOf(asked.About("read")) == "allow");
  BOOST_CHECK_EXCEPTION(
      static_cast<void>(asked.About("write")), std::logic_error, [](const std::logic_error& error) {
        CheckContains(error.what(),
                      {"the compiled filter is wrong: write(0, 0, 0): filter allow, policy kill_process"});
        return true;
      });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
