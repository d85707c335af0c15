// SPDX-License-Identifier: Apache-2.0

#include "oracle/agreement.h"

#include <string>
#include <variant>

#include <boost/test/unit_test.hpp>

#include "bpf/disassembler.h"
#include "support/compare.h"
#include "support/rendering.h"
#include "support/timed.h"
#include "verify/budget.h"
#include "verify/meaning.h"
#include "verify/proof_in_order.h"

namespace precompiledseccomp::testing {
namespace {

std::string TextOf(const OracleAnswer& answer, const Target& target) {
  if (const auto* difference = std::get_if<Difference>(&answer))
    return "z3: " + CallText(target, difference->call) + ": filter " + bpf::DescribeReturn(difference->left) +
           ", policy " + bpf::DescribeReturn(difference->right);
  if (const auto* not_known = std::get_if<NotKnown>(&answer)) return "z3: " + not_known->reason;
  return "z3: no difference";
}

}  // namespace

BothProvers::~BothProvers() {
  BOOST_TEST_MESSAGE(proved_ << " filters proved, " << refuted_ << " refuted, " << not_followed_
                             << " not followed, " << in_any_order_ << " in another order; prover "
                             << prover_seconds_ << " s, z3 " << oracle_seconds_ << " s");
}

BothProvers::Answers BothProvers::Ask(const ResolvedPolicy& policy, const bpf::FilterWithHoles& filter) {
  Answers answers = {Timed(prover_seconds_, [&] { return verify::Prove(policy, filter); }),
                     Timed(oracle_seconds_, [&] { return oracle_.FindDifference(filter, policy); })};
  proved_ += std::holds_alternative<verify::Proved>(answers.verdict) ? 1 : 0;
  refuted_ += std::holds_alternative<verify::Refuted>(answers.verdict) ? 1 : 0;
  return answers;
}

void BothProvers::CheckProved(const ResolvedPolicy& policy, const bpf::FilterWithHoles& filter) {
  BOOST_TEST_CONTEXT(bpf::Disassemble(filter.instructions)) {
    const auto [verdict, answer] = Ask(policy, filter);
    BOOST_TEST(std::holds_alternative<verify::Proved>(verdict), Describe(verdict, policy.target));
    BOOST_TEST(std::holds_alternative<NoDifference>(answer), TextOf(answer, policy.target));
    CheckInAnyOrder(verdict, policy, filter);
  }
}

void BothProvers::CheckSameVerdict(const ResolvedPolicy& policy, const bpf::FilterWithHoles& filter) {
  BOOST_TEST_CONTEXT(bpf::Disassemble(filter.instructions)) {
    const auto [verdict, answer] = Ask(policy, filter);
    const std::string text = Describe(verdict, policy.target) + "\n" + TextOf(answer, policy.target);
    BOOST_TEST(!std::holds_alternative<NotKnown>(answer), text);
    if (const auto* undecided = std::get_if<verify::Undecided>(&verdict)) {
      ++not_followed_;
      const bool is_arithmetic =
          undecided->text.find(" is arithmetic on a value that depends") != std::string::npos;
      BOOST_TEST(is_arithmetic, text);
      return;
    }
    CheckInAnyOrder(verdict, policy, filter);
    const auto* refuted = std::get_if<verify::Refuted>(&verdict);
    BOOST_TEST((refuted != nullptr) == std::holds_alternative<Difference>(answer), text);
    if (refuted != nullptr) CheckRefuted(*refuted, policy, filter);
  }
}

// That may be much more work than in the usual order.
void BothProvers::CheckInAnyOrder(const verify::Verdict& verdict, const ResolvedPolicy& policy,
                                  const bpf::FilterWithHoles& filter) {
  constexpr verify::Limits kSome = {.steps = 200'000};
  verify::Budget budget(kSome);
  verify::Terms terms;
  try {
    const verify::Verdict in_order =
        verify::ProveInOrder(policy, filter, RandomOrder(random_), terms, budget);
    BOOST_TEST(Describe(in_order, policy.target) == Describe(verdict, policy.target));
    ++in_any_order_;
  } catch (const verify::TooMuchWork&) {
  } catch (const verify::SmallestNotFound&) {
  }
}

void BothProvers::CheckRefuted(const verify::Refuted& refuted, const ResolvedPolicy& policy,
                               const bpf::FilterWithHoles& filter) {
  BOOST_TEST_CONTEXT(verify::Describe(refuted, policy.target)) {
    BOOST_TEST(IsShownByRunning(refuted, policy, filter));
    const OracleAnswer smaller =
        Timed(oracle_seconds_, [&] { return oracle_.FindSmallerDifference(filter, policy, refuted); });
    BOOST_TEST(std::holds_alternative<NoDifference>(smaller), TextOf(smaller, policy.target));
  }
}

}  // namespace precompiledseccomp::testing
