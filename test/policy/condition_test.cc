// SPDX-License-Identifier: Apache-2.0
//
// What conditions hold for, and those that are refused.

#include <fcntl.h>
#include <cstdint>
#include <initializer_list>
#include <utility>

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <linux/seccomp.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "support/calls.h"
#include "support/errors.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(ConditionTest)

constexpr int kRead = 0;
constexpr std::uint64_t kOne32 = std::uint64_t{1} << 32;

bool Matches(const Condition& condition, std::initializer_list<std::uint64_t> args) {
  return Holds(condition, Call(kRead, args));
}

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
  CheckError([] { Condition(Conjunction({})); }, {"joins no parts"});
  CheckError([] { Condition(Disjunction({})); }, {"joins no parts"});
  CheckError([] { Condition(OneOf{Arg(0), {}}); }, {"the set", "is empty"});
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

BOOST_AUTO_TEST_CASE(ConditionsThatAreAlwaysTrue) {
  CheckError([] { (void)(Arg32(2) >= 0); }, {"arg2.low >= 0", "always true"});
  CheckError([] { (void)(Arg(0) <= ~std::uint64_t{0}); }, {"always true"});
  CheckError([] { (void)(Arg32(0) <= 0xffffffffU); }, {"always true"});
  CheckError([] { (void)((Arg(0) & 0) == 0); }, {"(arg0 & 0) == 0", "always true"});
  CheckError([] { (void)((Arg(0) & 3) != 4); }, {"!((arg0 & 3) == 4)", "always true"});
  CheckError([] { (void)((Arg(0) & 0).AllSet()); }, {"always true"});
  CheckError([] { (void)(Arg32(0).OnlyBits(-1)); }, {"always true"});
  CheckError([] { (void)(Arg32(0).Signed() >= std::numeric_limits<int>::min()); }, {"always true"});
  CheckError([] { (void)(Arg32(0) == 1 && Arg32(2) >= 0); }, {"arg2.low >= 0", "always true"});
  CheckError([] { (void)(Arg32(2) >= 0 && Arg32(0) == 1); }, {"arg2.low >= 0", "always true"});
}

BOOST_AUTO_TEST_CASE(AMaskedInequalityThatIsNeverTrue) {
  CheckError([] { (void)((Arg(0) & 0) != 0); }, {"never true"});
  CheckError([] { (void)((Arg(0) & 0).AnySet()); }, {"never true"});
}

BOOST_AUTO_TEST_CASE(AnUnsignedOrderingAgainstANegativeIntSaysSo) {
  CheckError([] { (void)(Arg32(2) >= -5); }, {"arg2.low", "negative int -5", "unsigned", "Signed()"});
  CheckError([] { (void)(Arg32(2) <= -1); }, {"arg2.low", "negative int -1", "unsigned"});
}

BOOST_AUTO_TEST_CASE(SignedOrderings) {
  const Condition usual = Arg32(2).Signed() >= -5 && Arg32(2).Signed() <= 19;
  for (const int niceval : {-5, -1, 0, 19}) {
    BOOST_TEST(Matches(usual, {0, 0, static_cast<std::uint32_t>(niceval)}));
    BOOST_TEST(Matches(usual, {0, 0, 0xdead00000000U | static_cast<std::uint32_t>(niceval)}));
  }
  for (const int niceval : {-20, -6, 20, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()})
    BOOST_TEST(!Matches(usual, {0, 0, static_cast<std::uint32_t>(niceval)}));
  const Condition whole = Arg(2).Signed() < -1;
  BOOST_TEST(Matches(whole, {0, 0, static_cast<std::uint64_t>(-2)}));
  BOOST_TEST(Matches(whole, {0, 0, std::uint64_t{1} << 63}));
  BOOST_TEST(!Matches(whole, {0, 0, 0xfffffffe}));
  BOOST_TEST(!Matches(whole, {0, 0, static_cast<std::uint64_t>(-1)}));
}

BOOST_AUTO_TEST_CASE(ASignedOperandSeesValuesOfItsRangeOnly) {
  CheckError([] { (void)(Arg32(0).Signed() > 0x80000000U); }, {"arg0.int", "signed", "0x80000000", "larger"});
  CheckError([] { (void)(Arg32(0).Signed() > std::numeric_limits<int>::max()); }, {"never true"});
  CheckError([] { (void)(Arg(0).Signed() < std::uint64_t{1} << 63); }, {"arg0.long", "larger than any"});
  CheckError([] { (void)(InstructionPointer() < -1); }, {"instruction_pointer", "unsigned, as the kernel's"});
  CheckError([] { (void)Param("niceval").Signed(); }, {"niceval", "knows by itself"});
  CheckError([] { (void)InstructionPointer().Signed(); }, {"instruction pointer"});
}

BOOST_AUTO_TEST_CASE(OperandsOf16Bits) {
  const Operand mode = Operand::Argument(1, 16, false);
  BOOST_TEST(Matches(mode == 0600, {0, 0600}));
  BOOST_TEST(Matches(mode == 0600, {0, 0xffff0000 | 0600}));
  BOOST_TEST(!Matches(mode == 0600, {0, 0601}));
  BOOST_TEST(Matches(mode < 0601, {0, 0x10600 & ~0xffffU}));
  BOOST_TEST(Matches((mode & 0170000) == 0010000, {0, 0x10000 | 0010600}));
  CheckError([&] { (void)(mode == 0x10000); }, {"arg1.low16", "16 bits", "0x10000", "does not fit"});
  CheckError([&] { (void)(mode == -1); }, {"16 bits", "-1", "does not fit"});
  CheckError([&] { (void)((mode & 0x10001) == 1); }, {"16 bits", "mask"});
  BOOST_TEST(Matches((mode & ~07777) == 0, {0, 0x10000 | 0644}));
  BOOST_TEST(!Matches((mode & ~07777) == 0, {0, S_IFREG | 0644}));
  BOOST_TEST(Matches((mode & ~0777).AnySet(), {0, 04755}));
  CheckError([&] { (void)((mode & ~07777) == 1); }, {"never true"});
  const Values values(X86(), {"bits"});
  CheckError([&] { (void)((mode & values["bits"]) == 1); }, {"16 bits", "mask", "constant"});
  CheckError([&] { (void)mode.OnlyBits(values["bits"]); }, {"16 bits", "set of bits", "constant"});
  CheckError([] { (void)Operand::Argument(0, 16, true); }, {"16"});
  CheckError([] { (void)Operand::Argument(0, 8, false); }, {"8"});
}

BOOST_AUTO_TEST_CASE(MasksAskForAnyForAllAndForSeveralValues) {
  BOOST_TEST(Matches((Arg(0) & 06000).AnySet(), {02000}));
  BOOST_TEST(!Matches((Arg(0) & 06000).AnySet(), {01777}));
  BOOST_TEST(Matches((Arg(0) & 06000).AllSet(), {07000}));
  BOOST_TEST(!Matches((Arg(0) & 06000).AllSet(), {02000}));
  BOOST_TEST(Matches((Arg(0) & 7).In({1, 4}), {0x14}));
  BOOST_TEST(!Matches((Arg(0) & 7).In({1, 4}), {5}));
  CheckError([] { (void)(Arg(0) & 7).In({}); }, {"empty"});
  CheckError([] { (void)(Arg(0) & 7).In({1, 8}); }, {"never true"});
}

// What a parameter is, is not known before it is resolved; only its name is looked at.
BOOST_AUTO_TEST_CASE(ParametersAreConditionsOfAName) {
  BOOST_TEST((Param("niceval") >= -5 && (Param("mode") & 06000) == 0).ToString() ==
             "niceval >= -5 && (mode & 0xc00) == 0");
  BOOST_TEST(Param("cmd").In({1, 0x5401}).ToString() == "cmd in {1, 0x5401}");
  BOOST_TEST((Param("arg2") == 1).ToString() == "param.arg2 == 1");
  BOOST_TEST((Param("argv") == 0).ToString() == "argv == 0");
  BOOST_CHECK_NO_THROW((void)(Param("x") >= 0));
  CheckError([] { (void)Param(""); }, {"empty name"});
  CheckError([] { (void)Matches(Param("fd") == 1, {1}); }, {"\"fd\"", "resolve"});
}

BOOST_AUTO_TEST_CASE(OperandsSayWhatTheyLookAt) {
  BOOST_TEST(Arg32(1).Signed().ToString() == "arg1.int");
  BOOST_TEST(Arg(1).Signed().ToString() == "arg1.long");
  BOOST_TEST((Arg32(1).Signed() >= -5).ToString() == "arg1.int >= -5");
  BOOST_TEST(Operand::Argument(1, 16, false).ToString() == "arg1.low16");
}

// A loop that adds one alternative after the other makes a chain as long as it likes.
BOOST_AUTO_TEST_CASE(AChainIsJoinedInALoopHoweverLong) {
  constexpr std::uint64_t kMany = 200'000;
  Condition any = Arg(0) == 0;
  Condition all = Arg(0) != 0;
  for (std::uint64_t i = 1; i < kMany; ++i) {
    any = any || Arg(0) == i;
    all = Arg(0) != i && all;
  }
  BOOST_TEST(any.depth() == 2);
  BOOST_TEST(std::get<Disjunction>(any.node()).conditions().size() == kMany);
  BOOST_TEST(std::get<Conjunction>(all.node()).conditions().size() == kMany);
  BOOST_TEST(Matches(any, {kMany - 1}));
  BOOST_TEST(!Matches(any, {kMany}));
  BOOST_TEST(Matches(all, {kMany}));
}

BOOST_AUTO_TEST_CASE(AConditionThatIsJoinedWithItselfIsNotEndless) {
  Condition condition = Arg(0) == 1;
  CheckError(
      [&] {
        while (true) condition = condition && condition;
      },
      {"more than 1000000 tests"});
  Condition nested = Arg(0) == 1;
  CheckError(
      [&] {
        while (true) nested = (nested && Arg(1) == 1) || (nested && Arg(1) == 2);
      },
      {"more than 1000000 tests"});
}

BOOST_AUTO_TEST_CASE(AChainKeepsTheOrderInWhichItWasWritten) {
  const Condition left = (Arg(0) == 1 || Arg(0) == 2) || (Arg(0) == 3 || (Arg(0) == 4 && Arg(1) == 5));
  BOOST_TEST(left.ToString() == "arg0 == 1 || arg0 == 2 || arg0 == 3 || (arg0 == 4 && arg1 == 5)");
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
