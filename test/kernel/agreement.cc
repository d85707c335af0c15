// SPDX-License-Identifier: Apache-2.0

#include "kernel/agreement.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "bpf/disassembler.h"
#include "bpf/interpreter.h"
#include "kernel/answers_as_errnos.h"
#include "kernel/doors.h"
#include "support/calls.h"
#include "support/compare.h"

namespace precompiledseccomp::testing {
namespace {

using boost::test_tools::assertion_result;

constexpr std::uint64_t kVsyscallBit = std::uint64_t{1} << 63;
constexpr std::uint64_t kLowHalf = 0xffffffff;

std::string AnswerText(const std::optional<std::uint32_t>& answer) {
  return answer ? bpf::DescribeReturn(*answer) : "none of the answers that the program gives";
}

std::string ActionName(std::uint32_t answer) {
  const std::string text = bpf::DescribeReturn(answer);
  return text.substr(0, text.find(' '));
}

// A call, with the answers of those that can be asked without the kernel.
struct Answers {
  std::uint32_t by_policy;
  std::uint32_t by_interpreter;
};

assertion_result Disagreement(const ResolvedPolicy& policy, std::span<const sock_filter> program,
                              const seccomp_data& call, const Answers& answers,
                              const std::optional<std::uint32_t>& by_kernel) {
  assertion_result result(false);
  result.message() << CallText(policy.target, call)
                   << "\nthe policy says:      " << AnswerText(answers.by_policy)
                   << "\nthe interpreter says: " << AnswerText(answers.by_interpreter)
                   << "\nthe kernel says:      " << AnswerText(by_kernel) << "\n"
                   << bpf::Disassemble(program);
  return result;
}

// As many calls of i386 as there are numbers, up to a few dozen: its calls have one answer, or should have.
void AddI386Calls(std::vector<seccomp_data>& calls, Random& random) {
  constexpr std::size_t kCalls = 60;
  const std::size_t native = calls.size();
  for (std::size_t i = 0; i < kCalls; ++i) {
    seccomp_data call = calls[random.Below(native)];
    call.arch = ArchitectureOf(Door::kInt80);
    for (auto& argument : call.args) argument &= kLowHalf;
    calls.push_back(call);
  }
}

// Boundary calls from the kernel's half of the address space, moved to where the vsyscall page makes them.
void AddVsyscalls(std::vector<seccomp_data>& calls) {
  const std::size_t others = calls.size();
  for (std::size_t i = 0; i < others; ++i) {
    seccomp_data call = calls[i];
    const auto number = static_cast<std::uint32_t>(call.nr);
    if ((call.instruction_pointer & kVsyscallBit) == 0 || !IsMadeByVsyscallPage(number)) continue;
    call.instruction_pointer = InstructionPointerOf(Door::kVsyscall, number);
    for (int argument : {0, 1}) call.args[argument] &= kLowHalf;
    calls.push_back(call);
  }
}

}  // namespace

void Print(const std::string& title, const Tally& tally) {
  std::printf("called in the kernel: %s\n", title.c_str());
  std::printf("  %zu programs, %zu calls with %zu numbers from %zu instruction pointers\n  answers:",
              tally.programs, tally.calls, tally.numbers.size(), tally.instruction_pointers.size());
  for (const auto& [action, count] : tally.answers) std::printf(" %s %zu", action.c_str(), count);
  std::printf("\n");
  if (tally.meant_to_differ != 0)
    std::printf("  meant to differ from the policy: %zu\n", tally.meant_to_differ);
  for (const auto& [obstacle, count] : tally.not_made)
    std::printf("  not made, %s: %zu\n", ObstacleText(obstacle).c_str(), count);
  std::fflush(stdout);
}

assertion_result AllThreeAgree(const ResolvedPolicy& policy, std::span<const sock_filter> program,
                               std::span<const seccomp_data> calls, Tally& tally,
                               const MayDiffer& may_differ) {
  CallSites sites;
  std::vector<seccomp_data> made;
  std::vector<Answers> answers;
  std::set<std::uint32_t> expected;
  for (const seccomp_data& call : calls) {
    if (const auto obstacle = sites.Prepare(call)) {
      ++tally.not_made[*obstacle];
      continue;
    }
    const Answers both = {Evaluate(policy, call), bpf::Run(program, call).result};
    expected.insert({both.by_policy, both.by_interpreter});
    answers.push_back(both);
    made.push_back(call);
  }

  const FilterWithErrnos filter = WithAnswersAsErrnos(program, expected);
  const std::vector<std::int64_t> results = ResultsUnder(filter.program, made);
  for (std::size_t i = 0; i < made.size(); ++i) {
    const auto [by_policy, by_interpreter] = answers[i];
    const std::optional<std::uint32_t> by_kernel = filter.AnswerFor(results[i]);
    const bool differs = by_policy != by_interpreter;
    if (by_kernel != by_interpreter || (differs && !(may_differ && may_differ(made[i], by_interpreter))))
      return Disagreement(policy, program, made[i], answers[i], by_kernel);
    if (differs) ++tally.meant_to_differ;
    ++tally.answers[ActionName(by_interpreter)];
    tally.numbers.insert(static_cast<std::uint32_t>(made[i].nr));
    tally.instruction_pointers.insert(made[i].instruction_pointer);
  }
  tally.calls += made.size();
  ++tally.programs;
  return true;
}

std::vector<seccomp_data> CallsToAgreeOn(const ResolvedPolicy& policy, Random& random, const Effort& effort) {
  constexpr std::uint32_t kNumbers = 600;
  constexpr std::uint32_t kX32Bit = 0x40000000;
  std::vector<seccomp_data> calls = BoundaryCalls(policy, random, effort);
  const std::uint64_t ordinary_code = calls.front().instruction_pointer;
  for (std::uint32_t number = 0; number <= kNumbers; ++number)
    for (const std::uint32_t bit : {0U, kX32Bit}) {
      seccomp_data call = CallFor(policy.target, number | bit);
      call.instruction_pointer = ordinary_code;
      calls.push_back(call);
    }
  AddVsyscalls(calls);
  AddI386Calls(calls, random);
  return calls;
}

}  // namespace precompiledseccomp::testing
