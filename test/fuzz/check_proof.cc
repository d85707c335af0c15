// SPDX-License-Identifier: Apache-2.0

#include "fuzz/check_proof.h"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <string>
#include <tuple>

#include "bpf/acceptance.h"
#include "bpf/disassembler.h"
#include "bpf/interpreter.h"
#include "fuzz/fail.h"
#include "fuzz/fixed_policies.h"
#include "support/boundary_values.h"
#include "support/rendering.h"
#include "verify/filter_meaning.h"
#include "verify/meaning.h"
#include "verify/verify.h"

namespace precompiledseccomp::fuzz {
namespace {

// Some hundredths of a second, with sanitizers.
constexpr verify::Limits kLimits = {.steps = 100'000, .bytes = 10'000'000};

// In the order in which a refutation is the smallest one.
bool ComesBefore(const seccomp_data& left, const seccomp_data& right, std::uint32_t own_architecture) {
  const auto key = [&](const seccomp_data& call) {
    return std::tuple(call.arch != own_architecture, static_cast<std::uint32_t>(call.nr), call.arch,
                      call.instruction_pointer, std::to_array(call.args));
  };
  return key(left) < key(right);
}

class Checker {
 public:
  Checker(const RawFilter& filter, const FixedPolicy& fixed)
      : filter_(filter), fixed_(fixed), policy_(fixed.policy), template_{filter.program, {}} {
    policy_.target.big_endian = filter.big_endian;
    for (std::size_t i = 0; i < filter.program.size(); ++i) {
      const std::uint32_t word = filter.program[i].k - kHole;
      if (word < fixed.variables.size()) template_.holes.push_back({i, fixed.variables[word]});
    }
  }

  void Check() {
    if (!bpf::ReasonForRefusal(filter_.program)) CheckMeaning();
    const verify::Verdict verdict = verify::Prove(policy_, template_, kLimits);
    if (std::holds_alternative<verify::Proved>(verdict)) CheckProved();
    if (const auto* refuted = std::get_if<verify::Refuted>(&verdict)) CheckRefuted(*refuted);
    if (const auto* undecided = std::get_if<verify::Undecided>(&verdict)) CheckUndecided(*undecided);
  }

 private:
  // What the prover takes the filter for.
  void CheckMeaning() const {
    testing::Workplace w(kLimits);
    try {
      const verify::DiagramId meaning =
          verify::MeaningOfFilter(template_, filter_.big_endian, w.terms, w.diagrams, w.comparisons, w.budget)
              .answer;
      ForEachCall([&](const VariableNumbers& values, const ResolvedPolicy&, const seccomp_data& call) {
        const std::uint32_t answer = bpf::Run(Rendered(values), call, filter_.big_endian).result;
        const std::uint32_t taken_for = w.AnswerOf(meaning, call, values);
        if (answer != taken_for)
          Fail("the prover follows wrongly: " + Text({call, List(values), answer, taken_for, 0}));
      });
    } catch (const verify::NotFollowed&) {
    } catch (const verify::TooMuchWork&) {
    }
  }

  void CheckProved() const {
    ForEachCall([&](const VariableNumbers& values, const ResolvedPolicy& policy, const seccomp_data& call) {
      const std::uint32_t answer = bpf::Run(Rendered(values), call, filter_.big_endian).result;
      const std::uint32_t wanted = Evaluate(policy, call);
      if (answer != wanted) Fail("proved, but they differ: " + Text({call, List(values), answer, wanted, 0}));
    });
  }

  void CheckRefuted(const verify::Refuted& refuted) const {
    const auto is_shown = testing::IsShownByRunning(refuted, policy_, template_);
    if (!is_shown) {
      const auto text = is_shown.message();
      Fail("refuted, but " + std::string(text.begin(), text.end()) + ": " + Text(refuted));
    }
    CheckIsSmallest(refuted);
  }

  // None of the calls known to matter comes before, nor any that is a little smaller in one field.
  void CheckIsSmallest(const verify::Refuted& refuted) const {
    const auto check = [&](const VariableNumbers& values, const ResolvedPolicy& policy,
                           const seccomp_data& call) {
      if (!ComesBefore(call, refuted.call, policy_.target.audit_arch)) return;
      const std::uint32_t answer = bpf::Run(Rendered(values), call, filter_.big_endian).result;
      const std::uint32_t wanted = Evaluate(policy, call);
      if (answer != wanted)
        Fail("refuted by " + Text(refuted) +
             "\nbut a smaller call does too: " + Text({call, List(values), answer, wanted, 0}));
    };
    ForEachCall(check);
    const VariableNumbers values(refuted.values.begin(), refuted.values.end());
    const ResolvedPolicy policy = WithNumbers(policy_, values);
    for (const seccomp_data& call : SlightlySmaller(refuted.call)) check(values, policy, call);
  }

  static std::vector<seccomp_data> SlightlySmaller(const seccomp_data& call) {
    std::vector<seccomp_data> smaller;
    for (const std::uint32_t number : Smaller(static_cast<std::uint32_t>(call.nr))) {
      smaller.push_back(call);
      smaller.back().nr = static_cast<int>(number);
    }
    for (std::size_t field = 0; field < testing::kFields; ++field) {
      const std::uint64_t whole =
          field == testing::kInstructionPointerField ? call.instruction_pointer : call.args[field];
      for (const std::uint64_t value : Smaller(whole)) {
        smaller.push_back(call);
        testing::SetField(smaller.back(), field, value);
      }
    }
    return smaller;
  }

  // One less, without its lowest and without its highest bit, zero. All are smaller, unless `value` is zero.
  template <typename T>
  static std::array<T, 4> Smaller(T value) {
    if (value == 0) return {};
    return {value - 1, value & (value - 1), value - std::bit_floor(value), 0};
  }

  void CheckUndecided(const verify::Undecided& undecided) const {
    if (undecided.text.empty()) Fail("undecided, and nothing is said");
    if (undecided.reason == verify::Undecided::Reason::kTooMuchWork) return;
    if (bpf::ReasonForRefusal(filter_.program)) return;
    if (std::all_of(filter_.program.begin(), filter_.program.end(), IsFollowed))
      Fail("undecided against the claim: " + undecided.text + "\n" + bpf::Disassemble(filter_.program));
  }

  // With several values for the variables: small, extreme, and what the calls are about.
  template <typename Function>
  void ForEachCall(const Function& function) const {
    std::vector<VariableNumbers> choices(fixed_.variables.empty() ? 1 : 3);
    for (std::size_t i = 0; i < fixed_.variables.size(); ++i) {
      choices[0][fixed_.variables[i]] = 3;
      choices[1][fixed_.variables[i]] = ~0U;
      choices[2][fixed_.variables[i]] = static_cast<std::uint32_t>(filter_.calls[0].args[i]);
    }
    for (const VariableNumbers& values : choices) {
      const ResolvedPolicy policy = WithNumbers(policy_, values);
      for (const auto* calls : {&filter_.calls, &fixed_.calls})
        for (const seccomp_data& call : *calls) function(values, policy, call);
    }
  }

  [[nodiscard]] std::vector<sock_filter> Rendered(const VariableNumbers& values) const {
    return testing::Rendered(template_, values);
  }

  static std::vector<std::pair<std::string, std::uint32_t>> List(const VariableNumbers& values) {
    return {values.begin(), values.end()};
  }

  [[nodiscard]] std::string Text(const verify::Refuted& refuted) const {
    return verify::Describe(refuted, policy_.target) + "\n" +
           bpf::Disassemble(filter_.program, filter_.big_endian);
  }

  const RawFilter& filter_;
  const FixedPolicy& fixed_;
  ResolvedPolicy policy_;
  bpf::FilterWithHoles template_;
};

}  // namespace

void CheckProof(const RawFilter& filter) {
  const std::vector<FixedPolicy>& policies = FixedPolicies();
  Checker(filter, policies[filter.selection % policies.size()]).Check();
}

}  // namespace precompiledseccomp::fuzz
