// SPDX-License-Identifier: Apache-2.0
//
// Bytes as the choices that make a random policy: what is compiled is accepted, proved, and answers like the
// policy; with variables, what is rendered is what is compiled. A rule that is said to match never does not.
// Of a program that was changed a little, the prover tells whether it is still right.

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/precompile.h>

#include "compile/check_rules.h"
#include "compile/compile.h"
#include "fuzz/check_mutant.h"
#include "fuzz/fail.h"
#include "precompile/template.h"
#include "support/boundary_calls.h"
#include "support/compare.h"
#include "support/random_policy.h"
#include "verify/verify.h"

namespace precompiledseccomp::fuzz {
namespace {

using boost::test_tools::assertion_result;
using testing::Random;

// Some tenths of a second, with sanitizers.
constexpr verify::Limits kLimits = {.steps = 500'000, .bytes = 40'000'000};

// Of the choices that no byte makes: which calls and values are tried.
constexpr std::uint64_t kSeed = 1;
constexpr testing::Effort kFewCalls = {.aims_per_test = 1, .combinations = 1, .values_one_by_one = 4};

void Require(const assertion_result& result, const std::string& what, const Policy& policy) {
  if (result) return;
  const auto text = result.message();
  Fail(what + "\n" + std::string(text.begin(), text.end()) + "\n" + policy.ToString());
}

void RequireProof(const ResolvedPolicy& resolved, const bpf::FilterWithHoles& filter, const Policy& policy) {
  const verify::Verdict verdict = verify::Prove(resolved, filter, kLimits);
  if (const auto* refuted = std::get_if<verify::Refuted>(&verdict))
    Fail("refuted: " + verify::Describe(*refuted, resolved.target) + "\n" + policy.ToString());
  const auto* undecided = std::get_if<verify::Undecided>(&verdict);
  if (undecided != nullptr && undecided->reason == verify::Undecided::Reason::kInstruction)
    Fail("undecided: " + undecided->text + "\n" + policy.ToString());
}

// `resolved` is what `policy` says, with numbers for its variables.
void CheckProgram(const ResolvedPolicy& resolved, const std::vector<sock_filter>& program,
                  const Policy& policy) {
  Random random(kSeed);
  Require(testing::IsTidy(program), "the program is not tidy", policy);
  Require(testing::AnswersLike(resolved, program, testing::BoundaryCalls(resolved, random, kFewCalls)),
          "the program answers otherwise than the policy", policy);
  Require(testing::CachesWhatIsAllowed(resolved, program), "the program caches too much or too little",
          policy);
}

// ---- Without variables.

void CheckPolicy(const Policy& policy, const Target& target, std::size_t choice) {
  const ResolvedPolicy resolved = Resolve(policy, target);
  const std::vector<sock_filter> program = CompileChecked(resolved);
  CheckProgram(resolved, program, policy);
  RequireProof(resolved, {program, {}}, policy);
  CheckMutant(resolved, {program, {}}, {{}}, choice, kLimits);
}

// The first rules of one set, of which the last answers what no other does.
ResolvedPolicy OnlyRules(const ResolvedPolicy& policy, std::size_t set, std::size_t count) {
  ResolvedPolicy some = policy;
  some.rule_sets = {policy.rule_sets[set]};
  std::vector<ResolvedRule>& rules = some.rule_sets.front().rules;
  rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(count), rules.end());
  for (ResolvedRule& rule : rules) rule.action = Action::Allow();
  rules.back().action = Action::Trap(1);
  some.default_action = some.bad_architecture_action = Action::Allow();
  some.baseline.reset();
  return some;
}

bool AllRulesCanMatch(const ResolvedPolicy& policy, const VariableNumbers& numbers = {}) {
  try {
    compile::CheckThatRulesCanMatch(policy, numbers);
    return true;
  } catch (const Error&) {
    return false;
  }
}

// Without a rule that is said to match never, the meaning is the same.
void CheckIdleRules(const Policy& policy, const ResolvedPolicy& resolved) {
  for (std::size_t set = 0; set < resolved.rule_sets.size(); ++set)
    for (std::size_t count = 1; count <= resolved.rule_sets[set].rules.size(); ++count) {
      const ResolvedPolicy with = OnlyRules(resolved, set, count);
      if (AllRulesCanMatch(with)) continue;
      ResolvedPolicy without = with;
      without.rule_sets.front().rules.pop_back();
      RequireProof(without, {CompileChecked(with), {}}, policy);
      break;
    }
}

// ---- With variables.

std::vector<std::uint64_t> AnyValues(const ProgramDefinition& definition) {
  return std::vector<std::uint64_t>(definition.variables.size(), 3);
}

void CheckTemplate(const ProgramDefinition& definition, const Target& target, std::size_t choice) {
  const PrecompiledProgram program = Precompile(definition, target);
  const std::vector<std::vector<std::uint64_t>> choices =
      testing::InterestingValues(definition, target, kSeed);
  const bpf::FilterWithHoles filter = TemplateOf(program);
  const Policy policy = definition.policy(Values(target, definition.variables));
  const ResolvedPolicy resolved = Resolve(policy, target);
  RequireProof(resolved, filter, policy);

  constexpr std::size_t kEvery = 4;
  std::vector<VariableNumbers> tried;
  for (std::size_t i = 0; i < choices.size(); i += kEvery) {
    const VariableNumbers numbers = NumbersOf(definition.variables, choices[i]);
    const std::vector<sock_filter> rendered = WithValues(program, choices[i]);
    Require(testing::SameInstructions(rendered, CompileChecked(resolved, numbers)),
            "what is rendered is not what is compiled", policy);
    CheckProgram(WithNumbers(resolved, numbers), rendered, policy);
    tried.push_back(numbers);
  }
  CheckMutant(resolved, filter, tried, choice, kLimits);
}

void Check(Random random) {
  const Target& target = Targets()[random.Below(Targets().size())];
  const bool variables = random.OneIn(2);
  const std::size_t choice = random.Below(0x10000);
  const ProgramDefinition definition =
      testing::RandomDefinition(std::move(random), {.variables = variables, .idle_rules = true});
  const Policy policy = definition.policy(Values(target, definition.variables));
  const ResolvedPolicy resolved = Resolve(policy, target);
  if (definition.variables.empty()) {
    CheckPolicy(policy, target, choice);
    CheckIdleRules(policy, resolved);
  } else if (AllRulesCanMatch(resolved, NumbersOf(definition.variables, AnyValues(definition)))) {
    CheckTemplate(definition, target, choice);
  }
}

}  // namespace
}  // namespace precompiledseccomp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace pcs = precompiledseccomp;
  pcs::fuzz::Check(pcs::testing::Random(std::span<const std::uint8_t>(data, size)));
  return 0;
}
