// SPDX-License-Identifier: Apache-2.0

#include <boost/test/unit_test.hpp>

#include "support/random.h"
#include "verify/meaning.h"

namespace precompiledseccomp::testing {
namespace {

using verify::TermId;

BOOST_AUTO_TEST_SUITE(TermsTest)

BOOST_AUTO_TEST_CASE(OperationsWithConstantsKeepOneSource) {
  Workplace w;
  const TermId word = w.terms.Word(verify::kNumber);
  const TermId masked = w.terms.And(word, w.terms.Constant(0xff00));
  const TermId result = w.terms.Xor(w.terms.Or(masked, w.terms.Constant(0x0f00)), w.terms.Constant(0xf));
  const verify::Term& term = w.terms[result];
  BOOST_TEST((term.kind == verify::Term::Kind::kBits));
  BOOST_TEST(term.source == verify::kNumber);
  BOOST_TEST(term.mask == 0xf000U);
  BOOST_TEST(term.flip == 0x0f0fU);
}

BOOST_AUTO_TEST_CASE(OperationsOfOneSourceWithItselfKeepIt) {
  Workplace w;
  const TermId word = w.terms.Word(verify::kNumber);
  const TermId some_bits = w.terms.And(word, w.terms.Constant(0x0ff0));
  const TermId other_bits = w.terms.And(word, w.terms.Constant(~0x0ff0U));
  BOOST_TEST(w.terms.Or(some_bits, other_bits) == word);
  BOOST_TEST(w.terms.Xor(some_bits, word) == other_bits);
  BOOST_TEST(w.terms.And(some_bits, other_bits) == w.terms.Constant(0));
  const TermId complement = w.terms.Xor(word, w.terms.Constant(UINT32_MAX));
  BOOST_TEST(w.terms.Or(word, complement) == w.terms.Constant(UINT32_MAX));
}

BOOST_AUTO_TEST_CASE(EqualTermsHaveEqualIds) {
  Workplace w;
  const TermId word = w.terms.Word(verify::kNumber);
  const TermId fd = w.terms.Variable("fd");
  BOOST_TEST(w.terms.And(word, fd) == w.terms.And(fd, word));
  BOOST_TEST(w.terms.And(word, word) == word);
  BOOST_TEST(w.terms.Xor(fd, fd) == w.terms.Constant(0));
  BOOST_TEST(w.terms.And(word, w.terms.Constant(0)) == w.terms.Constant(0));
  BOOST_TEST(w.terms.Or(fd, w.terms.Constant(UINT32_MAX)) == w.terms.Constant(UINT32_MAX));
  BOOST_TEST(w.terms.Variable("fd") == fd);
  BOOST_TEST(w.terms.Variable("other") != fd);
}

std::uint32_t Operate(std::size_t operation, std::uint32_t left, std::uint32_t right) {
  return operation == 0 ? left & right : operation == 1 ? left | right : left ^ right;
}

BOOST_AUTO_TEST_CASE(TermsHaveTheValueOfTheirOperations) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    Workplace w;
    seccomp_data call{};
    call.nr = static_cast<int>(random.Word32());
    call.args[2] = random.Word64();
    const VariableNumbers values = {{"a", random.Word32()}, {"b", random.Word32()}};
    std::vector<std::pair<TermId, std::uint32_t>> known = {
        {w.terms.Word(verify::kNumber), static_cast<std::uint32_t>(call.nr)},
        {w.terms.Word(verify::ArgumentWord(2, true)), static_cast<std::uint32_t>(call.args[2] >> 32)},
        {w.terms.Variable("a"), values.at("a")},
        {w.terms.Variable("b"), values.at("b")},
    };
    for (int i = 0; i < 12; ++i) {
      const std::uint32_t constant = random.OneIn(2) ? random.Word32() : 0xffU << random.Below(25);
      known.emplace_back(w.terms.Constant(constant), constant);
      const auto left = random.OneOf(known);
      const auto right = random.OneOf(known);
      const std::size_t operation = random.Below(3);
      const TermId term = operation == 0   ? w.terms.And(left.first, right.first)
                          : operation == 1 ? w.terms.Or(left.first, right.first)
                                           : w.terms.Xor(left.first, right.first);
      known.emplace_back(term, Operate(operation, left.second, right.second));
    }
    for (const auto& [term, value] : known) {
      BOOST_TEST(w.ValueOfTerm(term, call, values) == value);
      const verify::Terms::PossibleBits possible = w.terms.PossibleBitsOf(term);
      BOOST_TEST((value & ~possible.one) == 0U);
      BOOST_TEST((~value & ~possible.zero) == 0U);
    }
  }
}

BOOST_AUTO_TEST_CASE(ValuesOfVeryManyOperationsAreGivenUp) {
  Workplace w;
  TermId left = w.terms.Word(verify::kNumber);
  TermId right = w.terms.Variable("a");
  const auto grow = [&] {
    for (int i = 0; i < 100; ++i) {
      const TermId sum = w.terms.Xor(left, right);
      right = w.terms.And(sum, left);
      left = sum;
    }
  };
  BOOST_CHECK_THROW(grow(), verify::TooMuchWork);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
