// SPDX-License-Identifier: Apache-2.0
//
// What conditions hold for, and those that are refused.

#include <fcntl.h>
#include <cstdint>
#include <initializer_list>
#include <utility>

#include <boost/test/unit_test.hpp>

#include <linux/seccomp.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "support/calls.h"
#include "support/errors.h"

namespace precompiledseccomp::testing {
namespace {

constexpr int kRead = 0;
constexpr std::uint64_t kOne32 = std::uint64_t{1} << 32;

bool Matches(const Condition& condition, std::initializer_list<std::uint64_t> args) {
  return Holds(condition, Call(kRead, args));
}

BOOST_AUTO_TEST_SUITE(ConditionTest)

BOOST_AUTO_TEST_CASE(AWholeArgumentIsComparedWithAll64Bits) {
  BOOST_TEST(Matches(Arg(0) == 3, {3}));
  BOOST_TEST(!Matches(Arg(0) == 3, {kOne32 | 3}));
  BOOST_TEST(Matches(Arg(0) > 3, {kOne32}));
  BOOST_TEST(!Matches(Arg(0) < 3, {kOne32}));
}

BOOST_AUTO_TEST_CASE(A32BitArgumentIgnoresTheUpperHalf) {
  BOOST_TEST(Matches(Arg32(0) == 3, {kOne32 | 3}));
  BOOST_TEST(Matches(Arg32(0) < 3, {kOne32}));
  BOOST_TEST(!Matches(Arg32(0) > 3, {kOne32}));
}

BOOST_AUTO_TEST_CASE(AtFdcwdMatchesHoweverTheLibcExtendsIt) {
  BOOST_TEST(Matches(Arg32(0) == AT_FDCWD, {0x00000000ffffff9c}));
  BOOST_TEST(Matches(Arg32(0) == AT_FDCWD, {0xffffffffffffff9c}));
}

BOOST_AUTO_TEST_CASE(OrderIsUnsigned) {
  BOOST_TEST(Matches(Arg(0) > 3, {~std::uint64_t{0}}));
  BOOST_TEST(Matches(Arg(0) >= 3, {3}));
  BOOST_TEST(Matches(Arg(0) <= 3, {3}));
  BOOST_TEST(!Matches(Arg(0) < 3, {3}));
  BOOST_TEST(Matches(Arg(0) != 3, {4}));
}

BOOST_AUTO_TEST_CASE(AMaskedTestLooksAtTheMaskedBitsOnly) {
  BOOST_TEST(Matches((Arg(1) & 0x7f) == 2, {0, 0xff82}));
  BOOST_TEST(!Matches((Arg(1) & 0x7f) == 2, {0, 3}));
  BOOST_TEST(Matches((Arg(1) & 0x7f) != 2, {0, 3}));
  BOOST_TEST(Matches((Arg(1) & ~4095) == 0, {0, 4095}));
  BOOST_TEST(!Matches((Arg(1) & ~4095) == 0, {0, kOne32}));
}

BOOST_AUTO_TEST_CASE(MembershipBitsAndDescriptors) {
  BOOST_TEST(Matches(Arg(0).In({1, 3, 5}), {3}));
  BOOST_TEST(!Matches(Arg(0).In({1, 3, 5}), {2}));
  BOOST_TEST(Matches(Arg(0).OnlyBits(6), {4}));
  BOOST_TEST(!Matches(Arg(0).OnlyBits(6), {5}));
  BOOST_TEST(!Matches(Arg(0).OnlyBits(6), {kOne32}));
  BOOST_TEST(Matches(Arg32(0).OnlyBits(6), {kOne32}));
  BOOST_TEST(Matches(Arg(0).NonNegativeFd(), {0x7fffffff}));
  BOOST_TEST(!Matches(Arg(0).NonNegativeFd(), {0x80000000}));
  BOOST_TEST(!Matches(Arg(0).NonNegativeFd(), {kOne32}));
  BOOST_TEST(Matches(Arg32(0).NonNegativeFd(), {kOne32}));
}

BOOST_AUTO_TEST_CASE(TestsAreJoinedByAndOrNotAtAnyDepth) {
  const Condition condition = Arg(0) == 1 && (Arg(1) < 10 || !(Arg(1) <= 20 && Arg(2) != 3));
  BOOST_TEST(Matches(condition, {1, 9, 0}));
  BOOST_TEST(!Matches(condition, {1, 15, 0}));
  BOOST_TEST(Matches(condition, {1, 15, 3}));
  BOOST_TEST(Matches(condition, {1, 21, 0}));
  BOOST_TEST(!Matches(condition, {2, 9, 0}));
}

BOOST_AUTO_TEST_CASE(LongChainsAreNotDeep) {
  Condition chain = Arg(0) == 0;
  for (int i = 1; i < 5000; ++i) chain = std::move(chain) || Arg(0) == 2 * i;
  BOOST_TEST(chain.depth() == 2);
}

BOOST_AUTO_TEST_CASE(TheInstructionPointerCanBeTested) {
  seccomp_data call = Call(kRead);
  call.instruction_pointer = 0x7f0000001000;
  BOOST_TEST(Holds(InstructionPointer() >= 0x7f0000000000 && InstructionPointer() < 0x7f0000002000, call));
  BOOST_TEST(!Holds(InstructionPointer() < 0x7f0000001000, call));
}

// As the operators are not the only way to make one.
BOOST_AUTO_TEST_CASE(ConditionsMadeOfNodesByHandAreCheckedAlike) {
  const Values values(X86(), {Uint64("address")});
  const Value address = values.Uint64("address");
  CheckError([&] { Condition(Comparison{Arg32(0), Relation::kEqual, address}); }, {"32 bits wide"});
  CheckError([&] { Condition(MaskedEqual{Arg32(0), address, 0}); }, {"32 bits wide", "mask"});
  CheckError([&] { Condition(OneOf{Arg32(0), {1, address}}); }, {"32 bits wide"});
  CheckError([&] { Condition(NoOtherBits{Arg32(0), address}); }, {"32 bits wide"});
  CheckError([] { Condition(Negation{}); }, {"a negation is of one condition, not of 0"});
  CheckError([] { Condition(Negation{{Always(), Always()}}); }, {"not of 2"});
  CheckError([] { Condition(Conjunction{}); }, {"joins no parts"});
  CheckError([] { Condition(Disjunction{}); }, {"joins no parts"});
  CheckError([] { Condition(OneOf{Arg(0), {}}); }, {"joins no parts"});
}

BOOST_AUTO_TEST_CASE(ConditionsThatAreNeverTrue) {
  CheckError([] { (void)(Arg(0) < 0); }, {"arg0 < 0", "never true"});
  CheckError([] { (void)(Arg(0) > ~std::uint64_t{0}); }, {"never true"});
  CheckError([] { (void)(Arg32(0) > 0xffffffffU); }, {"never true"});
  CheckError([] { (void)((Arg(0) & 0xf0) == 1); }, {"(arg0 & 240) == 1", "never true"});
  CheckError([] { (void)Arg(0).In({}); }, {"arg0", "empty"});
  CheckError([] { (void)AnyOf({}); }, {"AnyOf()", "at least one"});
  CheckError([] { (void)AllOf({}); }, {"AllOf()", "at least one"});
}

BOOST_AUTO_TEST_CASE(AMaskedInequalityOfBitsOutsideTheMaskIsAlwaysTrue) {
  BOOST_TEST(Matches((Arg(0) & 0xf0) != 1, {1}));
}

BOOST_AUTO_TEST_CASE(AValueTooWideForALowHalf) {
  CheckError([] { (void)(Arg32(1) == 0x100000000); }, {"arg1.low", "0x100000000", "does not fit"});
  CheckError([] { (void)((Arg32(1) & 0x100000000) == 0); }, {"arg1.low", "mask", "does not fit"});
}

BOOST_AUTO_TEST_CASE(AWholeArgumentComparedWithANegativeInt) {
  CheckError([] { (void)(Arg(0) == AT_FDCWD); }, {"arg0", "-100", "Arg32"});
  BOOST_TEST(Matches(Arg(0) == std::int64_t{-100}, {0xffffffffffffff9c}));
}

BOOST_AUTO_TEST_CASE(ArgumentsThatDoNotExist) {
  CheckError([] { (void)Arg(6); }, {"arguments 0 to 5", "6"});
  CheckError([] { (void)Arg32(-1); }, {"arguments 0 to 5", "-1"});
}

BOOST_AUTO_TEST_CASE(ConditionsNestedTooDeep) {
  CheckError(
      [] {
        Condition condition = Arg(0) == 1;
        for (int i = 0; i < 2000; ++i)
          condition = i % 2 == 0 ? (condition && Arg(1) == 2) : (condition || Arg(2) == 3);
      },
      {"nested more than 500"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
