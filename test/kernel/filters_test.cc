// SPDX-License-Identifier: Apache-2.0
//
// What policies promise, one thing at a time, in the kernel.

#include <cerrno>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/precompile.h>

#include "compile/compile.h"
#include "kernel/filtered_child.h"
#include "precompile/template.h"
#include "support/boundary_calls.h"
#include "support/calls.h"
#include "support/random.h"

namespace precompiledseccomp::testing {
namespace {

// A number that no kernel has: it fails with ENOSYS when it gets through.
constexpr std::uint32_t kNoCall = 2000;

Policy WithCallsNeeded() {
  Policy policy;
  const std::vector<std::uint32_t> needed = CallsNeeded();
  policy.Allow(std::vector<Syscall>(needed.begin(), needed.end()));
  return policy;
}

std::vector<sock_filter> CompileHere(const Policy& policy) {
  return Compile(Resolve(policy, NativeTarget()));
}

std::string OutcomeOf(const Policy& policy, const seccomp_data& call, Door door = Door::kSyscall) {
  return OutcomeText(MakeCalls(CompileHere(policy), {&call, 1}, door).front());
}

void CheckObeyed(const Policy& policy, const std::vector<seccomp_data>& calls, Door door = Door::kSyscall) {
  const ResolvedPolicy resolved = Resolve(policy, NativeTarget());
  BOOST_TEST(KernelObeys(resolved, Compile(resolved), calls, door));
}

BOOST_AUTO_TEST_SUITE(Filters, *boost::unit_test::precondition(KernelTakesFilters))

BOOST_AUTO_TEST_CASE(EveryActionDoesWhatItsNameSays) {
  const auto outcome = [](const Action& action) {
    return OutcomeOf(WithCallsNeeded().Add(action, Syscall(kNoCall)), NativeCall(kNoCall));
  };
  const std::string enosys = "returned " + std::to_string(-ENOSYS);
  BOOST_TEST(outcome(Action::Allow()) == enosys);
  BOOST_TEST(outcome(Action::Log()) == enosys);
  BOOST_TEST(outcome(Action::Trace(5)) == enosys);
  BOOST_TEST(outcome(Action::UserNotify()) == enosys);
  BOOST_TEST(outcome(Action::Errno(2345)) == "errno 2345 of the filter");
  BOOST_TEST(outcome(Action::Trap(77)) == "trapped with 77");
  BOOST_TEST(outcome(Action::KillThread()) == "killed");
  BOOST_TEST(outcome(Action::KillProcess()) == "killed");
}

// Of a descriptor that is none.
BOOST_AUTO_TEST_CASE(ACallThatSeemsToSucceedReturnsZeroAndIsNotMade) {
  const Policy policy = WithCallsNeeded().Allow("fdatasync").Succeed("fsync");
  BOOST_TEST(OutcomeOf(policy, NativeCall(SYS_fdatasync, {~0ULL})) == "returned " + std::to_string(-EBADF));
  BOOST_TEST(OutcomeOf(policy, NativeCall(SYS_fsync, {~0ULL})) == "returned 0");
}

BOOST_AUTO_TEST_CASE(TheDefaultActionIsForWhatNoRuleNames) {
  const Policy policy = WithCallsNeeded().Errno(2001, Syscall(kNoCall)).Default(Action::Errno(2002));
  BOOST_TEST(OutcomeOf(policy, NativeCall(kNoCall)) == "errno 2001 of the filter");
  for (const std::uint32_t number : {kNoCall - 1, kNoCall + 1, static_cast<std::uint32_t>(SYS_getppid)})
    BOOST_TEST(OutcomeOf(policy, NativeCall(number)) == "errno 2002 of the filter");
  BOOST_TEST(OutcomeOf(WithCallsNeeded(), NativeCall(SYS_getppid)) == "killed");
}

BOOST_AUTO_TEST_CASE(CallsAboveTheBaselineHaveTheirOwnAction) {
  const Policy policy = WithCallsNeeded()
                            .Errno(2001, Syscall(kNoCall + 9))
                            .Default(Action::Errno(2002))
                            .KnownUpTo(Syscall(kNoCall))
                            .Unknown(Action::Errno(2003));
  BOOST_TEST(OutcomeOf(policy, NativeCall(kNoCall)) == "errno 2002 of the filter");
  BOOST_TEST(OutcomeOf(policy, NativeCall(kNoCall + 1)) == "errno 2003 of the filter");
  BOOST_TEST(OutcomeOf(policy, NativeCall(kNoCall + 9)) == "errno 2001 of the filter");
}

BOOST_AUTO_TEST_CASE(A32BitArgumentIgnoresTheUpperHalfAndAWholeOneDoesNot) {
  const Policy policy = WithCallsNeeded()
                            .Errno(2001, Syscall(kNoCall), Arg32(0) == 7)
                            .Errno(2002, Syscall(kNoCall), Arg(1) == 7)
                            .Errno(2003, Syscall(kNoCall), Arg32(2) >= 0x80000000)
                            .Errno(2004, Syscall(kNoCall), Arg(3) >= 0x80000000)
                            .Default(Action::Errno(2005));
  constexpr std::uint64_t kGarbage = 0xdeadbeef00000000;
  BOOST_TEST(OutcomeOf(policy, NativeCall(kNoCall, {7 | kGarbage})) == "errno 2001 of the filter");
  BOOST_TEST(OutcomeOf(policy, NativeCall(kNoCall, {0, 7})) == "errno 2002 of the filter");
  BOOST_TEST(OutcomeOf(policy, NativeCall(kNoCall, {0, 7 | kGarbage})) == "errno 2005 of the filter");
  BOOST_TEST(OutcomeOf(policy, NativeCall(kNoCall, {0, 0, 5 | kGarbage})) == "errno 2005 of the filter");
  BOOST_TEST(OutcomeOf(policy, NativeCall(kNoCall, {0, 0, 0, 5 | kGarbage})) == "errno 2004 of the filter");
}

// What the kernel does not look at is nothing that a caller could slip through with.
BOOST_AUTO_TEST_CASE(ParametersAreTestedAsWideAsTheKernelReadsThem) {
  constexpr std::uint64_t kGarbage = 0xdeadbeef00000000;
  constexpr std::uint64_t kAboveModes = kGarbage | 0x10000;
  const Policy policy = WithCallsNeeded()
                            .Errno(2001, "setpriority", Param("niceval") >= -5 && Param("niceval") <= 19)
                            .Errno(2002, {"fchmod", "fchmodat"}, (Param("mode") & 06000).AnySet())
                            .Errno(2003, "mknodat", (Param("mode") & S_IFMT).In({S_IFIFO, S_IFSOCK}))
                            .Errno(2004, "ioctl", Param("request") == 0x5412)
                            .Default(Action::Errno(2000));
  const auto outcome = [&](long number, std::initializer_list<std::uint64_t> args) {
    return OutcomeOf(policy, NativeCall(number, args));
  };
  const std::string refused = "errno 2000 of the filter";
  for (const int niceval : {-5, -1, 0, 19}) {
    const std::uint64_t low = static_cast<std::uint32_t>(niceval);
    BOOST_TEST(outcome(SYS_setpriority, {0, 0, low}) == "errno 2001 of the filter");
    BOOST_TEST(outcome(SYS_setpriority, {0, 0, low | kGarbage}) == "errno 2001 of the filter");
  }
  for (const int niceval : {-20, -6, 20})
    BOOST_TEST(outcome(SYS_setpriority, {0, 0, static_cast<std::uint32_t>(niceval)}) == refused);
  BOOST_TEST(outcome(SYS_fchmod, {3, kAboveModes | 04755}) == "errno 2002 of the filter");
  BOOST_TEST(outcome(SYS_fchmod, {3, kAboveModes | 0755}) == refused);
  BOOST_TEST(outcome(SYS_fchmodat, {3, 0, kAboveModes | 02755}) == "errno 2002 of the filter");
  BOOST_TEST(outcome(SYS_fchmodat, {3, 06000, 0755}) == refused);
  BOOST_TEST(outcome(SYS_mknodat, {3, 0, kAboveModes | S_IFIFO | 0600}) == "errno 2003 of the filter");
  BOOST_TEST(outcome(SYS_mknodat, {3, 0, S_IFBLK | 0600}) == refused);
  BOOST_TEST(outcome(SYS_ioctl, {0, kGarbage | 0x5412}) == "errno 2004 of the filter");
}

// The value of a variable is written with its highest bit turned around: a signed comparison.
BOOST_AUTO_TEST_CASE(AVariableIsOrderedAgainstASignedParameter) {
  const ProgramDefinition definition = {"nice", {"least"}, [](const Values& v) {
                                          return WithCallsNeeded()
                                              .Errno(2001, "setpriority", Param("prio") >= v["least"])
                                              .Default(Action::Errno(2000));
                                        }};
  const PrecompiledProgram program = Precompile(definition, NativeTarget());
  for (const int least : {-20, -5, 0, 5}) {
    const std::vector<sock_filter> rendered = Render(program, {static_cast<std::uint32_t>(least)});
    for (const int niceval : {-20, -6, -5, -1, 0, 4, 5, 19}) {
      const seccomp_data call = NativeCall(SYS_setpriority, {0, 0, static_cast<std::uint32_t>(niceval)});
      BOOST_TEST(OutcomeText(MakeCalls(rendered, {&call, 1}, Door::kSyscall).front()) ==
                 (niceval >= least ? "errno 2001 of the filter" : "errno 2000 of the filter"));
    }
  }
}

BOOST_AUTO_TEST_CASE(AllSixArgumentsArriveInTheirPlaces) {
  Policy policy = WithCallsNeeded();
  for (int i = 0; i < 6; ++i) policy.Errno(2001 + i, Syscall(kNoCall), Arg(i) == 0x123456789abcdef0);
  for (int i = 0; i < 6; ++i) {
    seccomp_data call = NativeCall(kNoCall);
    call.args[i] = 0x123456789abcdef0;
    BOOST_TEST(OutcomeOf(policy, call) == "errno " + std::to_string(2001 + i) + " of the filter");
  }
}

BOOST_AUTO_TEST_CASE(ConditionsOnTheInstructionPointerSeeWhereTheCallWasMade) {
  const std::uint64_t here = InstructionPointerOf(Door::kSyscall, kNoCall);
  const auto policy = [](const Condition& condition) {
    return WithCallsNeeded().Errno(2001, Syscall(kNoCall), condition).Default(Action::Errno(2002));
  };
  const auto holds = [&](const Condition& condition) {
    return OutcomeOf(policy(condition), NativeCall(kNoCall)) == "errno 2001 of the filter";
  };
  BOOST_TEST(holds(InstructionPointer() == here));
  BOOST_TEST(holds(InstructionPointer() >= here));
  BOOST_TEST(!holds(InstructionPointer() > here));
  BOOST_TEST(!holds(InstructionPointer() == (here ^ 0x100000000)));
  BOOST_TEST(!holds(InstructionPointer() < here));
}

BOOST_AUTO_TEST_CASE(NestedConditionsAreObeyed) {
  const Condition condition = (Arg(0) == 1 && (Arg(1) < 4096 || !(Arg(2) == 0))) ||
                              !(Arg32(3).In({1, 2, 3, 9}) || (Arg(4) & 0xf0f0000000000) == 0x30000000000) ||
                              (Arg(5).OnlyBits(0x7) && Arg(5) != 4 && Arg(5) != 0);
  const Policy policy = WithCallsNeeded()
                            .Allow(Syscall(kNoCall), condition)
                            .Errno(2001, Syscall(kNoCall))
                            .Errno(2002, Syscall(kNoCall + 1), !condition);
  const ResolvedPolicy resolved = Resolve(policy, NativeTarget());
  Random random(1);
  std::vector<seccomp_data> calls;
  for (const std::uint32_t number : {kNoCall, kNoCall + 1}) {
    const auto of_number =
        BoundaryCallsOf(resolved, number, random, {.aims_per_test = 8, .combinations = 500});
    calls.insert(calls.end(), of_number.begin(), of_number.end());
  }
  BOOST_TEST(calls.size() > 500U);
  BOOST_TEST(KernelObeys(resolved, Compile(resolved), calls));
}

BOOST_AUTO_TEST_CASE(VariablesStandForTheValuesTheyAreRenderedWith) {
  const ProgramDefinition definition = {
      "worker", {"fd1", "fd2", "code", Uint64("address")}, [](const Values& v) {
        return WithCallsNeeded()
            .Errno(v["code"], Syscall(kNoCall), Arg32(0) == v["fd1"] || Arg32(0) == v["fd2"])
            .Errno(2001, Syscall(kNoCall), Arg(1) >= v.Uint64("address"))
            .Default(Action::Errno(2002));
      }};
  const PrecompiledProgram program = Precompile(definition, NativeTarget());
  const auto outcome = [&](const std::vector<std::uint64_t>& values, const seccomp_data& call) {
    return OutcomeText(MakeCalls(WithValues(program, values), {&call, 1}).front());
  };
  constexpr std::uint64_t kAddress = 0x7f1234567000;
  BOOST_TEST(outcome({3, 9, 2500, kAddress}, NativeCall(kNoCall, {3})) == "errno 2500 of the filter");
  BOOST_TEST(outcome({3, 9, 2501, kAddress}, NativeCall(kNoCall, {9})) == "errno 2501 of the filter");
  BOOST_TEST(outcome({3, 9, 2500, kAddress}, NativeCall(kNoCall, {4})) == "errno 2002 of the filter");
  BOOST_TEST(outcome({9, 3, 2500, kAddress}, NativeCall(kNoCall, {4, kAddress})) ==
             "errno 2001 of the filter");
  BOOST_TEST(outcome({9, 3, 2500, kAddress}, NativeCall(kNoCall, {4, kAddress - 1})) ==
             "errno 2002 of the filter");
  // The kernel caps error numbers at 4095.
  BOOST_TEST(outcome({5, 5, 60000, kAddress}, NativeCall(kNoCall, {5})) == "errno 4095 of the filter");
}

// Thousands of instructions, so that most jumps are too far for a conditional one.
BOOST_AUTO_TEST_CASE(LargeFiltersAreObeyed) {
  Random random(4);
  Policy policy = WithCallsNeeded();
  for (std::uint32_t i = 0; i < 130; ++i) {
    std::vector<Value> constants;
    for (int j = 0; j < 12; ++j) constants.emplace_back(random.Word32());
    policy.Errno(2001 + i, Syscall(kNoCall + 2 * i), Arg(static_cast<int>(i % 6)).In(constants));
    policy.Allow(Syscall(kNoCall + 2 * i));
  }
  policy.Default(Action::Errno(4000)).BadArchitecture(Action::Errno(4001));
  const ResolvedPolicy resolved = Resolve(policy, NativeTarget());
  const std::vector<sock_filter> program = Compile(resolved);
  BOOST_TEST(program.size() > 2500U);

  std::vector<seccomp_data> calls;
  for (const std::uint32_t number : BoundaryNumbers(resolved)) {
    if ((number & 0x3fffffff) < kNoCall) continue;
    const auto of_number = BoundaryCallsOf(resolved, number, random, {.values_one_by_one = 60});
    calls.insert(calls.end(), of_number.begin(), of_number.end());
  }
  BOOST_TEST(calls.size() > 10000U);
  BOOST_TEST(KernelObeys(resolved, program, calls));
}

// As a sandbox would have them: arguments of real calls. Every call here is harmless even if it gets through:
// it has a descriptor that is not open, an address that is not mapped, or asks for nothing.
BOOST_AUTO_TEST_CASE(RulesForRealCallsAreObeyed) {
  constexpr std::uint64_t kNoFd = 0x7ffffff0;
  constexpr std::uint64_t kTiocsti = 0x5412;
  constexpr std::uint64_t kTcgets = 0x5401;
  Policy policy = WithCallsNeeded();
  policy.Default(Action::Errno(2000));
  policy.Allow({"getppid", "close"});
  policy.Errno(2001, "openat", (Arg32(2) & O_ACCMODE) != O_RDONLY);
  policy.Allow("openat");
  policy.Allow("socket", Arg32(0).In({AF_UNIX, AF_INET, AF_INET6}) && (Arg32(1) & 0xf) == SOCK_STREAM);
  policy.Errno(2002, "socket");
  policy.Allow("personality", Arg32(0).In({0x0, 0x0008, 0x20000, 0x20008, 0xffffffff}));
  policy.Errno(2003, "personality");
  policy.Errno(2004, "ioctl", Arg32(1) == kTiocsti);
  policy.Allow("ioctl", Arg32(0).NonNegativeFd());
  policy.Allow("fcntl", Arg32(1).In({F_GETFD, F_SETFD, F_GETFL}));
  policy.Errno(2005, "mmap", (Arg32(2) & (PROT_WRITE | PROT_EXEC)) == (PROT_WRITE | PROT_EXEC));
  policy.Allow("mmap", Arg32(2).OnlyBits(PROT_READ | PROT_WRITE | PROT_EXEC));
  policy.Allow("kill", Arg32(1) == 0);
  policy.Errno(2006, "prctl", Arg32(0) == PR_SET_DUMPABLE && Arg(1) != 0);
  policy.Allow("prctl", Arg32(0) >= 0x70000000);
  policy.HotSyscalls({"mmap", "openat", "ioctl"});

  std::vector<seccomp_data> calls;
  const auto add = [&](long number, std::initializer_list<std::uint64_t> args) {
    calls.push_back(NativeCall(static_cast<std::uint32_t>(number), args));
  };
  add(SYS_getppid, {});
  add(SYS_getpid, {});
  add(SYS_close, {kNoFd});
  for (const int flags : {O_RDONLY, O_WRONLY, O_RDWR, O_RDONLY | O_CLOEXEC, O_WRONLY | O_CREAT})
    add(SYS_openat, {kNoFd, 0, static_cast<std::uint64_t>(flags)});
  for (std::uint64_t family = 0; family < 50; ++family)
    for (const std::uint64_t type : {1U, 2U, 3U, 0x80001U, 0x80002U, 0x801U})
      for (const std::uint64_t high : {std::uint64_t{0}, std::uint64_t{1} << 32})
        add(SYS_socket, {family | high, type | high, 0x7fff});
  // Only the value that asks may get through; the others are refused, or the same as before.
  for (const std::uint64_t persona : {0xffffffffUL, 0x0UL, 0x1UL, 0x20001UL, 0x40000UL})
    add(SYS_personality, {persona});
  for (const std::uint64_t request : {kTiocsti, kTiocsti + 1, kTcgets})
    for (const std::uint64_t high : {std::uint64_t{0}, std::uint64_t{0xffffffff} << 32})
      for (const std::uint64_t fd : {kNoFd, std::uint64_t{0xffffffff}})
        add(SYS_ioctl, {fd | high, request | high, 0});
  for (std::uint64_t command = 0; command < 16; ++command) add(SYS_fcntl, {kNoFd, command, 0});
  for (std::uint64_t protection = 0; protection < 16; ++protection)
    add(SYS_mmap, {0, 0, protection, MAP_PRIVATE | MAP_ANONYMOUS, ~0ULL, 0});
  add(SYS_kill, {0, 0});
  add(SYS_kill, {0, 9});
  for (const std::uint64_t option : {0x6fffffffU, 0x70000000U, 0x7fffffffU, 0xffffffffU})
    add(SYS_prctl, {option, 0, 0, 0, 0});
  add(SYS_prctl, {PR_SET_DUMPABLE, 1, 0, 0, 0});
  add(SYS_prctl, {PR_SET_DUMPABLE, 0, 0, 0, 0});
  CheckObeyed(policy, calls);
}

#if defined(__x86_64__)

BOOST_AUTO_TEST_CASE(CallsWithTheX32BitAreRefusedWhateverTheDefaultIs) {
  constexpr std::uint32_t kX32Bit = 0x40000000;
  const Policy policy = Policy()
                            .Default(Action::Allow())
                            .BadArchitecture(Action::Errno(2001))
                            .Errno(2002, Syscall(SYS_getppid));
  BOOST_TEST(OutcomeOf(policy, NativeCall(SYS_getppid)) == "errno 2002 of the filter");
  for (const std::uint32_t number :
       {0U, 39U, static_cast<std::uint32_t>(SYS_getppid), 512U, 547U, 0x3fffffffU})
    BOOST_TEST(OutcomeOf(policy, NativeCall(number | kX32Bit)) == "errno 2001 of the filter");
  BOOST_TEST(OutcomeOf(policy, NativeCall(0xfffffffe)) == "errno 2001 of the filter");
}

BOOST_AUTO_TEST_CASE(X32NumbersWithoutTheirBitAreRefusedWhateverTheDefaultIs) {
  Policy policy = WithCallsNeeded()
                      .Default(Action::Errno(2003))
                      .BadArchitecture(Action::Errno(2001))
                      .KnownUpTo(Syscall(300))
                      .Unknown(Action::Errno(2002));
  for (const std::uint32_t number : {512U, 547U})
    BOOST_TEST(OutcomeOf(policy, NativeCall(number)) == "errno 2001 of the filter");
  for (const std::uint32_t number : {511U, 548U})
    BOOST_TEST(OutcomeOf(policy, NativeCall(number)) == "errno 2002 of the filter");
  policy.ForLinuxFrom(5, 4);
  BOOST_TEST(OutcomeOf(policy, NativeCall(512)) == "errno 2002 of the filter");
}

BOOST_AUTO_TEST_CASE(CallsOfI386AreRefusedWhateverTheDefaultIs) {
  if (!Exists(Door::kInt80)) {
    BOOST_TEST_MESSAGE("skipped: this kernel does not take calls of i386");
    return;
  }
  const Policy policy = Policy().Default(Action::Allow()).BadArchitecture(Action::Errno(2001));
  std::vector<seccomp_data> calls;
  // 20 is getpid there, and 39 mkdir; 102 is socketcall, by which every family of sockets comes in.
  for (const std::uint32_t number : {20U, 39U, 102U, 252U, 999U}) {
    BOOST_TEST(OutcomeOf(policy, NativeCall(number), Door::kInt80) == "errno 2001 of the filter");
    calls.push_back(NativeCall(number));
  }
  CheckObeyed(policy, calls, Door::kInt80);
}

BOOST_AUTO_TEST_CASE(AVsyscallRuleSetHoldsForCallsFromTheVsyscallPageOnly) {
  if (!Exists(Door::kVsyscall)) {
    BOOST_TEST_MESSAGE("skipped: this kernel has no vsyscall page");
    return;
  }
  Policy policy = WithCallsNeeded();
  policy.Add(RuleSet::OnlyVsyscall().Errno(2001, "time").Allow("gettimeofday", Arg(0) == 0));
  policy.Errno(2002, {"time", "gettimeofday"});
  const auto outcome = [&](long number, std::uint64_t argument, Door door) {
    return OutcomeOf(policy, NativeCall(static_cast<std::uint32_t>(number), {argument}), door);
  };
  BOOST_TEST(outcome(SYS_time, 0, Door::kVsyscall) == "errno 2001 of the filter");
  BOOST_TEST(outcome(SYS_time, 0, Door::kSyscall) == "errno 2002 of the filter");
  BOOST_TEST(outcome(SYS_gettimeofday, 0, Door::kVsyscall) == "returned 0");
  BOOST_TEST(outcome(SYS_gettimeofday, 8, Door::kVsyscall) == "errno 2002 of the filter");
  BOOST_TEST(outcome(SYS_gettimeofday, 0, Door::kSyscall) == "errno 2002 of the filter");
}

#endif

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
