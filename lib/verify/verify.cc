// SPDX-License-Identifier: Apache-2.0
//
// What the filter answers and what the policy says are two functions of a call; as decision diagrams, equal
// functions are one node (diagrams.h). Where they are not, the difference is looked for
// (smallest_difference.h), run in the interpreter and put to the policy's evaluator, before it is reported.
//
//   sources.h              what answers may depend on
//   terms.h                32-bit values of which the bits are not known yet
//   level_order.h          in which order all that is looked at
//   diagrams.h             functions of a call
//   pages.h                where diagrams are kept
//   comparisons.h          comparisons of terms, as sets of calls
//   filter_meaning.h       the filter's answers
//   condition_reader.h     how conditions are made of comparisons
//   policy_meaning.h       the policy's answers
//   joint_tests.h          which tests of a policy have to hold together, and are looked at first
//   smallest_difference.h  where the answers differ
//   fact_solver.h          whether facts about variables can hold together
//   byte_set.h             values of a byte
//   proof_in_order.h       all this, in one order
//   order_choice.h         an order that suits a policy
//   tests_together.h       which tests of a policy should be neighbours in it
//   arrangement.h          how they become neighbours
//   largest_rule.h         what to name if it is too much work
//   budget.h               how much work that may be

#include "verify/verify.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "bpf/acceptance.h"
#include "verify/filter_meaning.h"
#include "verify/order_choice.h"
#include "verify/proof_in_order.h"

namespace precompiledseccomp::verify {
namespace {

void CheckHoles(const bpf::FilterWithHoles& filter) {
  for (const bpf::Hole& hole : filter.holes)
    if (hole.index >= filter.instructions.size())
      throw std::invalid_argument("the variable \"" + hole.variable +
                                  "\" stands outside of the instructions");
}

// What the first attempt may take: some 0.2 seconds, far more than usual programs need.
constexpr Limits kFirstAttempt = {.steps = 1'000'000, .bytes = 20'000'000};

// Most programs are proved soon in the usual order. Where one is not, an order is chosen for it; and where
// that is of no use either, the usual one has to do, whatever it takes.
class Prover {
 public:
  Prover(const ResolvedPolicy& policy, const bpf::FilterWithHoles& filter, const Limits& limits)
      : policy_(policy), filter_(filter), limits_(limits), budget_(limits) {}

  Verdict Prove() {
    const bool is_first_of_several =
        limits_.steps > kFirstAttempt.steps && limits_.bytes > kFirstAttempt.bytes;
    if (is_first_of_several) {
      budget_.Permit(kFirstAttempt);
      if (Attempt([] { return LevelOrder(); })) return *verdict_;
      budget_.Permit(limits_);
      if (Attempt([this] { return ChosenOrder(policy_, terms_, budget_); })) return *verdict_;
      const std::uint64_t most = UINT64_MAX - budget_.steps();
      budget_.Permit({.steps = budget_.steps() + std::min(limits_.steps, most), .bytes = limits_.bytes});
    }
    if (Attempt([] { return LevelOrder(); })) return *verdict_;
    if (larger_) return *larger_;
    return Undecided{Undecided::Reason::kTooMuchWork, too_much_work_};
  }

 private:
  // Whether there is a verdict, of an order if there is one.
  template <typename OrderOrNone>
  bool Attempt(const OrderOrNone& order_or_none) {
    try {
      std::optional<LevelOrder> order = order_or_none();
      if (order) verdict_ = ProveInOrder(policy_, filter_, std::move(*order), terms_, budget_);
    } catch (const SmallestNotFound& problem) {
      larger_ = problem.larger();
    } catch (const TooMuchWork& problem) {
      too_much_work_ = problem.what();
    } catch (const NotFollowed& problem) {
      verdict_ = Undecided{Undecided::Reason::kInstruction, problem.what()};
    }
    return verdict_.has_value();
  }

  const ResolvedPolicy& policy_;
  const bpf::FilterWithHoles& filter_;
  const Limits& limits_;
  Budget budget_;
  Terms terms_;
  std::optional<Verdict> verdict_;
  std::optional<Refuted> larger_;  // a difference that may not be the smallest one
  std::string too_much_work_;      // why the last attempt failed
};

}  // namespace

Verdict Prove(const ResolvedPolicy& policy, const bpf::FilterWithHoles& filter, const Limits& limits) {
  CheckHoles(filter);
  if (const auto reason = bpf::ReasonForRefusal(filter.instructions))
    return Undecided{Undecided::Reason::kInstruction, "the kernel refuses the filter: " + *reason};
  return Prover(policy, filter, limits).Prove();
}

}  // namespace precompiledseccomp::verify
