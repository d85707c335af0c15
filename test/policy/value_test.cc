// SPDX-License-Identifier: Apache-2.0
//
// Variables: they stand for values that nobody knows until the program runs, and nothing lets a definition
// look at one.

#include <cstdint>
#include <functional>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/seccomp.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "support/calls.h"
#include "support/errors.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(ValueTest)

constexpr int kRead = 0;
constexpr std::uint64_t kOne32 = std::uint64_t{1} << 32;

BOOST_AUTO_TEST_CASE(AVariableCannotBeComputedWithOrBranchedOn) {
  static_assert(!std::is_convertible_v<Value, std::uint32_t>);
  static_assert(!std::is_convertible_v<Value, bool>);
  static_assert(!std::is_constructible_v<Syscall, Value>, "a variable is no system call number");
  BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(AnUndeclaredVariableIsAnErrorThatNamesTheDeclaredOnes) {
  const Values values(X86(), {"fd1", "fd2"});
  CheckError([&] { (void)values["fd"]; }, {"\"fd\"", "fd1, fd2"});
}

BOOST_AUTO_TEST_CASE(TheWidthOfAVariableIsTheDeclaredOne) {
  const Values values(X86(), {"fd", Uint64("address")});
  CheckError([&] { (void)values["address"]; }, {"64 bits", "Uint64(\"address\")"});
  CheckError([&] { (void)values.Uint64("fd"); }, {"32 bits", "[\"fd\"]"});
}

// Whether `T() == U()` is anything, and which ordering operators there are.
template <typename T, typename U>
concept CanBeEqual = requires(const T& left, const U& right) {
  left == right;
};
template <typename T, typename U>
concept CanBeUnequal = requires(const T& left, const U& right) {
  left != right;
};
template <typename T, typename U>
concept CanBeOrdered = requires(const T& left, const U& right) {
  left < right;
};

template <typename T, typename U>
constexpr bool kHasNoComparison = !CanBeEqual<T, U> && !CanBeEqual<U, T> && !CanBeUnequal<T, U> &&
                                  !CanBeUnequal<U, T> && !CanBeOrdered<T, U> && !CanBeOrdered<U, T>;

// `if (v["fd1"] != 1) policy.Allow("write")` would be decided when the filter is built, for one value.
BOOST_AUTO_TEST_CASE(NoComparisonOfTwoValuesGivesABool) {
  static_assert(kHasNoComparison<Value, int>);
  static_assert(kHasNoComparison<Value, unsigned long>);
  static_assert(kHasNoComparison<Value, std::errc>);
  static_assert(kHasNoComparison<Value, Value>);
  static_assert(kHasNoComparison<Word, Word>);
  static_assert(kHasNoComparison<Word, std::uint32_t>);
  static_assert(kHasNoComparison<Action, Action>);
  static_assert(kHasNoComparison<Condition, Condition>);
  static_assert(kHasNoComparison<Rule, Rule>);
  static_assert(kHasNoComparison<Policy, Policy>);
  static_assert(!CanBeEqual<Operand, Operand> && !CanBeUnequal<Operand, Operand>);
  static_assert(std::is_same_v<decltype(Arg(0) == std::declval<Value>()), Condition>);
  static_assert(!std::is_convertible_v<Condition, bool> && !std::is_constructible_v<bool, Condition>);
  BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(AVariableHoldsNoNumber) {
  const Values values(X86(), {"fd", Uint64("address")});
  const auto check = [](const std::function<void()>& look, const std::string& name) {
    CheckError(look, {"the variable \"" + name + "\"", "none until the program runs"});
  };
  check([&] { (void)values["fd"].bits(); }, "fd");
  check([&] { (void)values["fd"].low().constant(); }, "fd");
  check([&] { (void)values.Uint64("address").bits(); }, "address.high");
  check([&] { (void)values.Uint64("address").low().constant(); }, "address.low");
  check([&] { (void)Action::Errno(values["fd"]).ReturnValue(); }, "fd");
  check([&] { (void)Holds(Arg32(0) == values["fd"], Call(kRead, {3})); }, "fd");
  BOOST_TEST(values["fd"].high().constant() == 0U);
}

BOOST_AUTO_TEST_CASE(AVariableIsEvaluatedWithTheNumberThatIsGiven) {
  const std::vector<Variable> variables = {"fd", Uint64("address")};
  const Values values(X86(), variables);
  const VariableNumbers numbers = NumbersOf(variables, {7, kOne32 | 5});
  BOOST_TEST(Holds(Arg(0) == values["fd"], Call(kRead, {7}), numbers));
  BOOST_TEST(!Holds(Arg(0) == values["fd"], Call(kRead, {kOne32 | 7}), numbers));
  BOOST_TEST(Holds(Arg(0) == values.Uint64("address"), Call(kRead, {kOne32 | 5}), numbers));
  BOOST_TEST(Action::Errno(values["fd"]).ReturnValue(numbers) == (SECCOMP_RET_ERRNO | 7));

  const Policy policy = Policy().Errno(values["fd"], "read", Arg(0) <= values["fd"]);
  const ResolvedPolicy resolved = Resolve(policy, X86());
  BOOST_TEST(Evaluate(resolved, Call(kRead, {7}), numbers) == (SECCOMP_RET_ERRNO | 7));
  BOOST_TEST(Evaluate(resolved, Call(kRead, {8}), numbers) == SECCOMP_RET_KILL_PROCESS);
  const ResolvedPolicy with_constants = WithNumbers(resolved, numbers);
  BOOST_TEST(Evaluate(with_constants, Call(kRead, {7})) == (SECCOMP_RET_ERRNO | 7));
  BOOST_TEST(Evaluate(with_constants, Call(kRead, {8})) == SECCOMP_RET_KILL_PROCESS);
}

// As the filter answers them: cut to 16 bits, and not more.
BOOST_AUTO_TEST_CASE(TheDataOfAnActionIsTheLowHalfOfAVariablesNumber) {
  const Values values(X86(), {"code"});
  const VariableNumbers numbers = {{"code", 0x12345}};
  BOOST_TEST(Action::Errno(values["code"]).ReturnValue(numbers) == (SECCOMP_RET_ERRNO | 0x2345));
  BOOST_TEST(Action::Errno(values["code"]).With(numbers).ReturnValue() == (SECCOMP_RET_ERRNO | 0x2345));
}

BOOST_AUTO_TEST_CASE(NumbersGoToTheWordsOfTheirVariables) {
  const std::vector<Variable> variables = {"fd", Uint64("address")};
  const VariableNumbers expected = {{"fd", 7}, {"address.high", 1}, {"address.low", 5}};
  BOOST_TEST((NumbersOf(variables, {7, kOne32 | 5}) == expected));
  CheckError([&] { NumbersOf(variables, {7}); }, {"2 variables were given 1 values"});
  CheckError([&] { NumbersOf(variables, {kOne32, 0}); }, {"\"fd\"", "does not fit"});
}

BOOST_AUTO_TEST_CASE(A64BitVariableDoesNotFitALowHalf) {
  const Values values(X86(), {Uint64("address")});
  CheckError([&] { (void)(Arg32(0) == values.Uint64("address")); }, {"arg0.low", "32 bits wide", "$address"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
