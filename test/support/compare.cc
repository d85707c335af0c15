// SPDX-License-Identifier: Apache-2.0

#include "support/compare.h"
#include "support/calls.h"

#include <algorithm>
#include <exception>
#include <iomanip>
#include <sstream>

#include "bpf/acceptance.h"
#include "bpf/allow_cache.h"
#include "bpf/disassembler.h"
#include "bpf/instructions.h"
#include "bpf/interpreter.h"

namespace precompiledseccomp::testing {
namespace {

using boost::test_tools::assertion_result;

// Numbers of all kernels' tables lie below.
constexpr std::uint32_t kNumbersToCache = 1024;

assertion_result Failure(const std::string& text) {
  assertion_result result(false);
  result.message() << text;
  return result;
}

// Listings of thousands of lines help nobody: only the instructions that ran are shown of long programs.
std::string Listing(std::span<const sock_filter> program, const std::vector<bool>& shown) {
  constexpr std::size_t kShortProgram = 120;
  if (program.size() <= kShortProgram) return bpf::Disassemble(program);
  std::string text;
  for (std::size_t i = 0; i < program.size(); ++i)
    if (i < shown.size() && shown[i])
      text += std::to_string(i) + ": " + bpf::Disassemble(program[i], i) + "\n";
  return text;
}

// The rules of the policy that are for the call.
std::string RulesText(const ResolvedPolicy& policy, std::uint32_t number) {
  std::string text;
  for (const ResolvedRuleSet& set : policy.rule_sets)
    for (const ResolvedRule& rule : set.rules)
      if (rule.IsFor(number))
        text += (set.only_vsyscall ? "  (vsyscall only) " : "  ") + rule.description + "\n";
  return text + "  default: " + policy.default_action.ToString() + "\n";
}

bool IsJump(const sock_filter& instruction) {
  return BPF_CLASS(instruction.code) == BPF_JMP;
}

std::vector<std::size_t> Successors(std::span<const sock_filter> program, std::size_t i) {
  const sock_filter& instruction = program[i];
  if (BPF_CLASS(instruction.code) == BPF_RET) return {};
  if (!IsJump(instruction)) return {i + 1};
  if (BPF_OP(instruction.code) == BPF_JA) return {i + 1 + instruction.k};
  return {i + 1 + instruction.jt, i + 1 + instruction.jf};
}

}  // namespace

std::string CallText(const Target& target, const seccomp_data& call) {
  std::ostringstream text;
  text << SyscallName(target, static_cast<std::uint32_t>(call.nr)) << std::hex << "(";
  for (int i = 0; i < bpf::kArgumentCount; ++i) text << (i == 0 ? "0x" : ", 0x") << call.args[i];
  text << ") from 0x" << call.instruction_pointer;
  if (call.arch != target.audit_arch) text << ", architecture 0x" << call.arch;
  return text.str();
}

assertion_result AnswersLike(const ResolvedPolicy& policy, std::span<const sock_filter> program,
                             std::span<const seccomp_data> calls) {
  for (const seccomp_data& call : calls) {
    const std::uint32_t expected = Evaluate(policy, call);
    std::vector<bool> ran;
    std::string answer;
    try {
      const std::uint32_t result = bpf::Run(program, call, policy.target.big_endian).result;
      if (result == expected) continue;
      answer = bpf::DescribeReturn(result);
      bpf::Run(program, call, ran, policy.target.big_endian);
    } catch (const std::exception& error) {
      answer = error.what();
    }
    return Failure(CallText(policy.target, call) + "\nthe policy says:  " + bpf::DescribeReturn(expected) +
                   "\nthe program says: " + answer + "\nrules:\n" +
                   RulesText(policy, static_cast<std::uint32_t>(call.nr)) + Listing(program, ran));
  }
  return true;
}

assertion_result IsTidy(std::span<const sock_filter> program) {
  if (const auto reason = bpf::ReasonForRefusal(program)) return Failure(*reason);
  std::vector<bool> reached(program.size(), false);
  reached[0] = true;
  for (std::size_t i = 0; i < program.size(); ++i) {
    const std::string text =
        "instruction " + std::to_string(i) + " (" + bpf::Disassemble(program[i], i) + ") ";
    if (!reached[i]) return Failure(text + "cannot be reached\n" + bpf::Disassemble(program));
    const std::vector<std::size_t> next = Successors(program, i);
    if (next.size() == 2 && next[0] == next[1])
      return Failure(text + "tests for nothing\n" + bpf::Disassemble(program));
    for (const std::size_t successor : next) reached[successor] = true;
  }
  return true;
}

std::vector<std::uint32_t> UnconditionallyAllowed(const ResolvedPolicy& policy, std::uint32_t limit) {
  const auto allows = [](const Action& action) { return action.kind() == Action::Kind::kAllow; };
  std::vector<std::uint32_t> allowed;
  for (std::uint32_t number = 0; number < limit; ++number) {
    if (!policy.target.Owns(policy.target.audit_arch, number)) continue;
    const bool is_known = !policy.baseline || policy.baseline->Knows(number);
    bool all_allow = true;
    bool decided = false;
    for (const ResolvedRuleSet& set : policy.rule_sets)
      for (const ResolvedRule& rule : set.rules) {
        if (decided || !rule.IsFor(number)) continue;
        all_allow = all_allow && allows(rule.action);
        decided = rule.condition.IsAlwaysTrue() && !set.only_vsyscall;
      }
    if (!decided)
      all_allow = all_allow && allows(is_known ? policy.default_action : policy.baseline->unknown_action);
    if (all_allow) allowed.push_back(number);
  }
  return allowed;
}

assertion_result CachesWhatIsAllowed(const ResolvedPolicy& policy, std::span<const sock_filter> program) {
  const std::uint32_t arch = policy.target.audit_arch;
  for (const std::uint32_t number : UnconditionallyAllowed(policy, kNumbersToCache))
    if (!bpf::IsCacheable(program, number, arch))
      return Failure(SyscallName(policy.target, number) + " is allowed unconditionally but not cacheable\n" +
                     RulesText(policy, number) + bpf::Disassemble(program));
  for (const std::uint32_t number : bpf::CacheableNumbers(program, arch, kNumbersToCache)) {
    if (Evaluate(policy, CallOn(arch, number)) != SECCOMP_RET_ALLOW)
      return Failure(SyscallName(policy.target, number) + " is cacheable but not allowed\n" +
                     RulesText(policy, number) + bpf::Disassemble(program));
  }
  return true;
}

assertion_result SameInstructions(std::span<const sock_filter> left, std::span<const sock_filter> right) {
  if (std::equal(left.begin(), left.end(), right.begin(), right.end(), bpf::Equal)) return true;
  const auto [a, b] = std::mismatch(left.begin(), left.end(), right.begin(), right.end(), bpf::Equal);
  return Failure("the programs differ from instruction " + std::to_string(a - left.begin()) + " on\n" +
                 bpf::Disassemble(left) + "and\n" + bpf::Disassemble(right));
}

}  // namespace precompiledseccomp::testing
