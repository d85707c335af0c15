// SPDX-License-Identifier: Apache-2.0
//
// The solver against trying out all values, of which few bits are left open.

#include <boost/test/unit_test.hpp>

#include "support/random.h"
#include "support/seeds.h"
#include "verify/fact_solver.h"
#include "verify/meaning.h"

namespace precompiledseccomp::testing {
namespace {

using verify::Constraints;
using verify::Fact;
using verify::TermId;
using verify::WantedFact;
using verify::Witness;

constexpr std::size_t kVariables = 2;
constexpr verify::Source kWord = verify::kNumber;  // the one that facts look at

struct Problem {
  Workplace w;
  Constraints constraints;
  std::vector<std::uint32_t> open_bits;  // of the word, then of each variable
};

TermId RandomTerm(Problem& problem, Random& random) {
  verify::Terms& terms = problem.w.terms;
  const std::vector<TermId> sources = {terms.Word(kWord), terms.Variable("a"), terms.Variable("b"),
                                       terms.Constant(random.OneIn(2) ? 0 : 1U << random.Below(32))};
  const TermId left = random.OneOf(sources);
  const TermId right = random.OneOf(sources);
  switch (random.Below(6)) {
    case 0:
      return terms.And(left, right);
    case 1:
      return terms.Or(left, right);
    case 2:
      return terms.Xor(left, right);
    default:
      return left;
  }
}

// Values up to some, from some on, with a bit set, or any.
verify::ByteSet RandomValues(Random& random) {
  verify::ByteSet values;
  const std::size_t kind = random.Below(4);
  const std::size_t limit = random.Below(256);
  const std::uint32_t bit = 1U << random.Below(8);
  for (std::uint32_t value = 0; value < 256; ++value) {
    const bool is_member = kind == 0   ? value <= limit
                           : kind == 1 ? value >= limit
                           : kind == 2 ? (value & bit) != 0
                                       : random.OneIn(2);
    if (is_member) values.Add(value);
  }
  return values;
}

// Three open bits of each source, at places of which the facts' constants know nothing.
void MakeRandom(Problem& problem, Random& random) {
  problem.w.terms.Variable("a");
  problem.w.terms.Variable("b");
  problem.constraints.bits.resize(verify::kWords + kVariables);
  for (const verify::Source source : {kWord, verify::kFirstVariable, verify::kFirstVariable + 1}) {
    std::uint32_t open = 0;
    for (int i = 0; i < 3; ++i) open |= 1U << random.Below(32);
    problem.open_bits.push_back(open);
    problem.constraints.bits[source] = {~open, random.OneIn(2) ? 0 : random.Word32()};
  }
  problem.constraints.bytes[verify::IndexOfByte(kWord, random.OneIn(2) ? 0 : 3)] = RandomValues(random);
  for (std::size_t i = random.Between(1, 3); i > 0; --i) {
    const auto relation = random.OneIn(2) ? Fact::Relation::kEqual : Fact::Relation::kGreater;
    const Fact fact{relation, RandomTerm(problem, random), RandomTerm(problem, random)};
    const bool are_constants =
        problem.w.terms[fact.left].IsConstant() && problem.w.terms[fact.right].IsConstant();
    if (!are_constants) problem.constraints.facts.push_back({fact, random.OneIn(2)});
  }
}

bool Meets(const Problem& problem, const Witness& witness) {
  seccomp_data call{};
  call.nr = static_cast<int>(witness[kWord]);
  const VariableNumbers values = {{"a", witness[verify::kFirstVariable]},
                                  {"b", witness[verify::kFirstVariable + 1]}};
  for (int byte = 0; byte < verify::kBytesOfAWord; ++byte) {
    const std::uint32_t value = witness[kWord] >> (24 - 8 * byte) & 0xff;
    if (!problem.constraints.bytes[verify::IndexOfByte(kWord, byte)].Has(value)) return false;
  }
  for (const auto& [fact, holds] : problem.constraints.facts) {
    const std::uint32_t left = problem.w.ValueOfTerm(fact.left, call, values);
    const std::uint32_t right = problem.w.ValueOfTerm(fact.right, call, values);
    if ((fact.relation == Fact::Relation::kEqual ? left == right : left > right) != holds) return false;
  }
  return true;
}

// The next value with other open bits; back to the first one in the end.
std::uint32_t NextValue(std::uint32_t value, std::uint32_t open) {
  return (value & ~open) | (((value | ~open) + 1) & open);
}

bool SomeValuesMeet(const Problem& problem) {
  Witness witness(verify::kWords + kVariables);
  const std::array<verify::Source, 3> sources = {kWord, verify::kFirstVariable, verify::kFirstVariable + 1};
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const verify::KnownBits& bits = problem.constraints.bits[sources[i]];
    witness[sources[i]] = bits.value & bits.known;
  }
  const Witness first = witness;
  do {
    if (Meets(problem, witness)) return true;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      witness[sources[i]] = NextValue(witness[sources[i]], problem.open_bits[i]);
      if (witness[sources[i]] != first[sources[i]]) break;
    }
  } while (witness != first);
  return false;
}

BOOST_AUTO_TEST_SUITE(FactSolverTest)

BOOST_AUTO_TEST_CASE(ThereIsASolutionExactlyIfTryingOutFindsOne) {
  int solved = 0;
  int impossible = 0;
  const auto check = [&](std::uint64_t seed) {
    Random random(seed);
    Problem problem;
    MakeRandom(problem, random);
    const auto witness = verify::Solve(problem.constraints, problem.w.terms, problem.w.budget);
    BOOST_TEST(witness.has_value() == SomeValuesMeet(problem));
    if (witness) {
      BOOST_TEST(Meets(problem, *witness));
      for (verify::Source source = 0; source < witness->size(); ++source) {
        const verify::KnownBits& bits = problem.constraints.bits[source];
        BOOST_TEST(((*witness)[source] & bits.known) == (bits.value & bits.known));
      }
    }
    ++(witness ? solved : impossible);
  };
  ForEachSeed(500, 3000, check, 4);
  BOOST_TEST(solved > 50);
  BOOST_TEST(impossible > 50);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
