// SPDX-License-Identifier: Apache-2.0

#include "mutation/verdicts.h"

#include <iomanip>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "bpf/acceptance.h"
#include "support/boundary_calls.h"
#include "support/compare.h"
#include "support/random.h"
#include "support/random_policy.h"
#include "support/rendering.h"
#include "support/timed.h"

namespace precompiledseccomp::testing {
namespace {

constexpr Effort kFewCalls = {.aims_per_test = 1, .combinations = 4, .values_one_by_one = 60};

// A cheap look with a few sets of values, before z3 is asked: a proof of what differs in a boundary call
// would be a bad one.
void CheckBoundaryCalls(const CompiledPolicy& compiled, const Mutant& mutant) {
  constexpr int kSets = 3;
  const auto& [name, definition, policy, filter] = compiled;
  Random random(mutant.index);
  const auto value_sets = InterestingValues(definition, policy.target, mutant.index);
  for (int i = 0; i < (definition.variables.empty() ? 1 : kSets); ++i) {
    const std::vector<std::uint64_t>& values = random.OneOf(value_sets);
    const ResolvedPolicy with_values = PolicyFor(definition, values, policy.target);
    const auto program = Rendered(mutant.filter, NumbersOf(definition.variables, values));
    BOOST_TEST(AnswersLike(with_values, program, BoundaryCalls(with_values, random, kFewCalls)));
  }
}

std::string Line(const std::string& name, const Counts& counts) {
  std::ostringstream text;
  text << "  " << std::left << std::setw(16) << name << std::right << std::setw(8) << counts.mutants
       << " mutants" << std::setw(7) << counts.refused << " refused by the kernel" << std::setw(8)
       << counts.refuted << " refuted" << std::setw(6) << counts.equivalent << " equivalent\n";
  return text.str();
}

}  // namespace

void Verdicts::CheckMutantsOf(const CompiledPolicy& compiled, std::size_t first, std::size_t stride) {
  const std::vector<Mutant> mutants = MutantsOf(compiled.filter);
  for (std::size_t i = first; i < mutants.size(); i += stride) Check(compiled, mutants[i]);
}

void Verdicts::Check(const CompiledPolicy& compiled, const Mutant& mutant) {
  Counts& counts = by_mutation_.at(static_cast<std::size_t>(mutant.mutation));
  ++counts.mutants;
  if (bpf::ReasonForRefusal(mutant.filter.instructions)) {
    ++counts.refused;
    return;
  }
  BOOST_TEST_CONTEXT(compiled.name << ", mutant " << mutant.text) {
    const verify::Verdict verdict =
        Timed(prover_seconds_, [&] { return verify::Prove(compiled.policy, mutant.filter); });
    if (const auto* undecided = std::get_if<verify::Undecided>(&verdict)) {
      BOOST_ERROR("undecided: " << undecided->text);
    } else if (const auto* refuted = std::get_if<verify::Refuted>(&verdict)) {
      ++counts.refuted;
      BOOST_TEST(IsShownByRunning(*refuted, compiled.policy, mutant.filter));
    } else {
      ++counts.equivalent;
      CheckEquivalent(compiled, mutant);
    }
  }
}

void Verdicts::CheckEquivalent(const CompiledPolicy& compiled, const Mutant& mutant) {
  CheckBoundaryCalls(compiled, mutant);
  const Why why = Timed(oracle_seconds_, [&] {
    const OracleAnswer answer = oracle_.FindDifference(mutant.filter, compiled.policy);
    BOOST_TEST(std::holds_alternative<NoDifference>(answer));
    return WhyEquivalent(compiled.filter, mutant, compiled.policy.target.big_endian, oracle_);
  });
  ++whys_.at(static_cast<std::size_t>(why));
  BOOST_TEST_MESSAGE("equivalent: " << compiled.name << ", " << NameOf(mutant.mutation) << ": " << mutant.text
                                    << " " << TextOf(why));
}

Counts Verdicts::Total() const {
  Counts total;
  for (const Counts& counts : by_mutation_) {
    total.mutants += counts.mutants;
    total.refused += counts.refused;
    total.refuted += counts.refuted;
    total.equivalent += counts.equivalent;
  }
  return total;
}

std::string Verdicts::Table() const {
  std::ostringstream text;
  for (std::size_t i = 0; i < kMutations; ++i)
    text << Line(NameOf(static_cast<Mutation>(i)), by_mutation_[i]);
  text << Line("all", Total());
  for (std::size_t i = 0; i < kWhys; ++i)
    if (whys_[i] != 0) text << "  " << whys_[i] << " " << TextOf(static_cast<Why>(i)) << "\n";
  text << "  prover " << prover_seconds_ << " s, z3 " << oracle_seconds_ << " s";
  return text.str();
}

}  // namespace precompiledseccomp::testing
