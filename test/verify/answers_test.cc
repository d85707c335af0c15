// SPDX-License-Identifier: Apache-2.0
//
// Answers, read field by field. That they are right for all filters is for test/property and test/corpus.

#include "verify/answers.h"

#include <cerrno>
#include <variant>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/seccomp.h>

#include "bpf/instructions.h"

namespace precompiledseccomp::testing {
namespace {

using verify::Answers;
using verify::Undecided;
using verify::ValueSet;

Answers Read(const std::vector<sock_filter>& instructions, const std::vector<bpf::Hole>& holes = {}) {
  return std::get<Answers>(verify::AnswersOf({instructions, holes}, false));
}

const Answers::ByField& FieldAt(const Answers& answers, Answers::Id id) {
  return std::get<Answers::ByField>(answers.nodes[id]);
}

BOOST_AUTO_TEST_SUITE(AnswersTest)

BOOST_AUTO_TEST_CASE(EachValueOfAFieldHasOneCase) {
  const Answers answers = Read({
      bpf::LoadWord(bpf::kNumberOffset),
      bpf::JumpIfEqual(3, 1, 0),
      bpf::JumpIfEqual(7, 0, 1),
      bpf::Return(SECCOMP_RET_ALLOW),
      bpf::Return(SECCOMP_RET_KILL_PROCESS),
  });
  const Answers::ByField& by_number = FieldAt(answers, answers.root);
  BOOST_TEST(by_number.field == verify::kNumber);
  BOOST_REQUIRE(by_number.cases.size() == 2U);
  const ValueSet allowed = ValueSet::Range(32, {3, 3}).Or(ValueSet::Range(32, {7, 7}));
  BOOST_TEST((by_number.cases[0].values == allowed.Complement()));
  BOOST_TEST((by_number.cases[1].values == allowed));
}

// libseccomp compares the halves one by one.
BOOST_AUTO_TEST_CASE(BothHalvesOfAnArgumentAreOneField) {
  const Answers answers = Read({
      bpf::LoadWord(bpf::ArgumentOffset(1, bpf::Half::kHigh, false)),
      bpf::JumpIfEqual(2, 0, 3),
      bpf::LoadWord(bpf::ArgumentOffset(1, bpf::Half::kLow, false)),
      bpf::JumpIfGreater(9, 0, 1),
      bpf::Return(SECCOMP_RET_ALLOW),
      bpf::Return(SECCOMP_RET_ERRNO | EPERM),
  });
  const Answers::ByField& by_argument = FieldAt(answers, answers.root);
  BOOST_TEST(by_argument.field == verify::ArgumentWord(1, true));
  BOOST_REQUIRE(by_argument.cases.size() == 2U);
  BOOST_TEST((by_argument.cases[1].values == ValueSet::Range(64, {0x20000000a, 0x2ffffffff})));
}

BOOST_AUTO_TEST_CASE(AComparisonWithAVariableIsAFact) {
  const Answers answers = Read(
      {
          bpf::LoadWord(bpf::ArgumentOffset(0, bpf::Half::kLow, false)),
          bpf::JumpIfEqual(0, 0, 1),
          bpf::Return(SECCOMP_RET_ALLOW),
          bpf::Return(SECCOMP_RET_KILL_PROCESS),
      },
      {{1, "fd"}});
  const auto& fact = std::get<Answers::ByFact>(answers.nodes[answers.root]);
  BOOST_TEST((fact.fact.relation == verify::Fact::Relation::kEqual));
  BOOST_TEST(fact.yes != fact.no);
  BOOST_TEST(answers.terms.variables() == std::vector<std::string>{"fd"});
}

BOOST_AUTO_TEST_CASE(WhatIsNotFollowedIsNamed) {
  const auto answers =
      verify::AnswersOf({{bpf::LoadWord(bpf::kNumberOffset), bpf::Add(1), bpf::ReturnA()}, {}}, false);
  BOOST_TEST(std::get<Undecided>(answers).text.starts_with("instruction 1 (add #0x1) is arithmetic"));
}

BOOST_AUTO_TEST_CASE(WhatIsTooMuchWorkIsUndecided) {
  const std::vector<sock_filter> instructions = {bpf::LoadWord(bpf::kNumberOffset), bpf::JumpIfEqual(3, 0, 0),
                                                 bpf::Return(SECCOMP_RET_ALLOW)};
  const auto answers = verify::AnswersOf({instructions, {}}, false, {.steps = 2, .bytes = 250'000'000});
  BOOST_TEST((std::get<Undecided>(answers).reason == Undecided::Reason::kTooMuchWork));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
