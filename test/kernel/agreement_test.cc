// SPDX-License-Identifier: Apache-2.0
//
// Policies of every kind, with all actions, asked in the kernel for any call: AllThreeAgree() makes them
// harmless. What allow, trap, notify and so on then do is tested elsewhere in this folder.

#include <cstdint>
#include <cstring>
#include <iterator>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/audit.h>
#include <sys/syscall.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/precompile.h>

#include "bench/container.h"
#include "bpf/instructions.h"
#include "bpf/interpreter.h"
#include "compile/compile.h"
#include "kernel/agreement.h"
#include "kernel/answers_as_errnos.h"
#include "kernel/doors.h"
#include "kernel/filtered_child.h"
#include "precompile/template.h"
#include "support/example_policies.h"
#include "support/random_policy.h"
#include "support/seeds.h"

namespace precompiledseccomp::testing {
namespace {

constexpr std::size_t kCallsWanted = 20000;

seccomp_data SomeCall() {
  seccomp_data call{};
  call.nr = SYS_exit_group;
  call.arch = ArchitectureOf(Door::kSyscall);
  call.instruction_pointer = 0x201122334450;
  for (std::uint64_t i = 0; i < 6; ++i) call.args[i] = 0xa0a1a2a3b0b1b2b3 + 0x1000000010 * i;
  return call;
}

ResolvedPolicy ResolveHere(const Policy& policy) {
  return Resolve(policy, NativeTarget());
}

// A policy that answers in all ways, for numbers from 2000 on.
Policy WithAllActions() {
  Policy policy;
  std::uint32_t number = 2000;
  for (const Action& action :
       {Action::Allow(), Action::Log(), Action::Trace(1), Action::Trace(2), Action::UserNotify(),
        Action::Succeed(), Action::Errno(1), Action::Errno(2000), Action::Errno(4095), Action::Trap(1),
        Action::Trap(65535), Action::KillThread(), Action::KillProcess()})
    policy.Add(action, Syscall(number++));
  return policy.Default(Action::Errno(3)).BadArchitecture(Action::Errno(4));
}

void CheckAgreement(const ResolvedPolicy& policy, std::span<const sock_filter> program, std::uint64_t seed,
                    const Effort& effort, Tally& tally) {
  Random random(seed);
  BOOST_TEST(AllThreeAgree(policy, program, CallsToAgreeOn(policy, random, effort), tally));
}

void CheckDefinition(const ProgramDefinition& definition, std::uint64_t seed, const Effort& effort,
                     Tally& tally) {
  const Target& target = NativeTarget();
  const PrecompiledProgram program = Precompile(definition, target);
  const Policy policy = definition.policy(Values(target, definition.variables));
  for (const auto& values : InterestingValues(definition, target, seed)) {
    BOOST_TEST_CONTEXT(definition.name << "\n" << policy) {
      CheckAgreement(PolicyFor(definition, values, target), WithValues(program, values), seed, effort, tally);
    }
  }
}

BOOST_AUTO_TEST_SUITE(Agreement, *boost::unit_test::precondition(KernelTakesFilters))

// Each word of seccomp_data alone: a filter that allows only the wanted value of it.
BOOST_AUTO_TEST_CASE(CallsReachTheKernelExactlyAsTheyAre) {
  const seccomp_data native = SomeCall();
  std::vector<seccomp_data> calls(6, native);
  calls[1].nr = -1;
  calls[2].nr = 0x40000000 | SYS_execve;
  calls[3].nr = SYS_kill;
  calls[4].instruction_pointer = 0x10000 + 2;  // as low as a process without rights may go
  calls[5].instruction_pointer = 0x7ffffff00001;
#if defined(__x86_64__)
  calls.push_back(native);
  calls.back().arch = AUDIT_ARCH_I386;
  for (auto& argument : calls.back().args) argument >>= 32;
  calls.push_back(native);
  calls.back().nr = SYS_time;
  calls.back().instruction_pointer = InstructionPointerOf(Door::kVsyscall, SYS_time);
  calls.back().args[0] = calls.back().args[1] = 0;
#endif
  const ResolvedPolicy any = ResolveHere(Policy().Default(Action::Log()).BadArchitecture(Action::Log()));
  std::size_t made = 0;
  for (const seccomp_data& call : calls) {
    std::uint32_t words[sizeof(seccomp_data) / sizeof(std::uint32_t)];
    std::memcpy(words, &call, sizeof(call));
    for (std::uint32_t i = 0; i < std::size(words); ++i) BOOST_TEST_CONTEXT("word " << i) {
        const std::vector<sock_filter> program = {bpf::LoadWord(4 * i), bpf::JumpIfEqual(words[i], 0, 1),
                                                  bpf::Return(SECCOMP_RET_LOG),
                                                  bpf::Return(SECCOMP_RET_KILL_PROCESS)};
        Tally tally;
        BOOST_TEST(AllThreeAgree(any, program, {&call, 1}, tally));
        made += tally.calls;
      }
  }
  constexpr std::size_t kWords = 16;
  BOOST_TEST(made >= 6 * kWords);
}

BOOST_AUTO_TEST_CASE(AllActionsAndTheirDataAreToldApart) {
  const ResolvedPolicy policy = ResolveHere(WithAllActions());
  Tally tally;
  CheckAgreement(policy, Compile(policy), 1, {}, tally);
  for (const char* action :
       {"allow", "log", "trace", "user_notify", "errno", "trap", "kill_thread", "kill_process"})
    BOOST_TEST(tally.answers[action] > 0U, action);
}

// That is, the other tests can fail.
BOOST_AUTO_TEST_CASE(AProgramForAnotherPolicyIsNoticed) {
  const ResolvedPolicy policy = ResolveHere(WithAllActions());
  const std::vector<sock_filter> program = Compile(policy);
  for (std::size_t i = 0; i < program.size(); ++i) {
    if (BPF_CLASS(program[i].code) != BPF_RET) continue;
    for (const std::uint32_t bit : {1U, 0x10000U, 0x80000000U}) {
      std::vector<sock_filter> other = program;
      other[i].k ^= bit;
      Random random(1);
      Tally tally;
      BOOST_TEST(!AllThreeAgree(policy, other, CallsToAgreeOn(policy, random, {}), tally));
    }
  }
}

BOOST_AUTO_TEST_CASE(AnAnswerThatIsNotExpectedIsNoticed) {
  const std::vector<sock_filter> program = {bpf::LoadWord(16), bpf::ReturnA()};
  const FilterWithErrnos filter = WithAnswersAsErrnos(program, {7, 8});
  BOOST_TEST(filter.AnswerFor(-2000).value() == 7U);
  BOOST_TEST(filter.AnswerFor(-2001).value() == 8U);
  for (const std::int64_t result : {0, -1, -38, 2000, -1999, -2002, -4095})
    BOOST_TEST(!filter.AnswerFor(result).has_value());
  seccomp_data call = SomeCall();
  for (const std::uint64_t answer : {7U, 8U, 9U}) {
    call.args[0] = answer;
    BOOST_TEST(static_cast<int>(bpf::Run(filter.program, call).result & SECCOMP_RET_DATA) ==
               (answer == 7   ? 2000
                : answer == 8 ? 2001
                              : 4095));
  }
}

BOOST_AUTO_TEST_CASE(OnRandomPolicies) {
  Tally tally;
  ForEachSeed(20, 200, [&](std::uint64_t seed) {
    CheckDefinition(RandomDefinition(seed), seed, {.aims_per_test = 1, .combinations = 16}, tally);
  });
  Print("random policies", tally);
  BOOST_TEST(tally.calls >= kCallsWanted);
}

BOOST_AUTO_TEST_CASE(OnRandomPoliciesWithVariables) {
  Tally tally;
  ForEachSeed(4, 20, [&](std::uint64_t seed) {
    CheckDefinition(RandomDefinition(seed, {.variables = true}), seed,
                    {.aims_per_test = 1, .combinations = 4, .values_one_by_one = 60}, tally);
  });
  Print("random policies with variables", tally);
  BOOST_TEST(tally.calls >= kCallsWanted);
}

#if defined(__x86_64__)
BOOST_AUTO_TEST_CASE(OnRandomPoliciesForTheVsyscallPage) {
  PolicyShape shape;
  shape.numbers = {SYS_gettimeofday, SYS_time, SYS_getcpu};
  Tally tally;
  ForEachSeed(4, 20,
              [&](std::uint64_t seed) { CheckDefinition(RandomDefinition(seed, shape), seed, {}, tally); });
  Print("random policies for calls of the vsyscall page", tally);
  BOOST_TEST(tally.calls > 1000U);
}
#endif

BOOST_AUTO_TEST_CASE(OnTheExamplesAndTheContainerProfile) {
  Tally tally;
  CheckDefinition({"container", {}, [](const Values&) { return ContainerProfile(); }}, 1, {}, tally);
  for (const ProgramDefinition& definition : ExamplePolicies()) CheckDefinition(definition, 1, {}, tally);
  Print("the examples and a container profile", tally);
  BOOST_TEST(tally.programs > 4U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
