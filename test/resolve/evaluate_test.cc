// SPDX-License-Identifier: Apache-2.0
//
// What a policy means, what it refuses to be built from, and how it prints.

#define BOOST_TEST_MODULE policy
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <cerrno>
#include <sstream>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "policy/same.h"

namespace precompiledseccomp {
namespace {

const Target& X86() {
  return *FindTarget("x86_64");
}
const Target& Arm() {
  return *FindTarget("aarch64");
}

constexpr int kRead = 0;      // on x86-64
constexpr int kOpenat = 257;  // on x86-64
constexpr std::uint64_t kOne32 = std::uint64_t{1} << 32;

seccomp_data Call(int nr, std::initializer_list<std::uint64_t> args = {}) {
  seccomp_data call{};
  call.nr = nr;
  call.arch = AUDIT_ARCH_X86_64;
  std::copy(args.begin(), args.end(), call.args);
  return call;
}

std::uint32_t Answer(const Policy& policy, const seccomp_data& call) {
  return Evaluate(Resolve(policy, X86()), call);
}

bool Matches(const Condition& condition, std::initializer_list<std::uint64_t> args) {
  return Holds(condition, Call(kRead, args));
}

std::string MessageOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void CheckMessage(const std::function<void()>& action, std::initializer_list<std::string> parts) {
  const std::string message = MessageOf(action);
  for (const std::string& part : parts)
    BOOST_TEST(Contains(message, part), "\"" << part << "\" is not in: " << message);
}

BOOST_AUTO_TEST_SUITE(Meaning)

constexpr int kSkipped = -1;

// A tracer writes -1 over the number to have a call skipped. It has the x32 bit, and is no x32 call.
BOOST_AUTO_TEST_CASE(ASkippedCallGetsTheDefaultAction) {
  const Policy policy = Policy().Default(Action::Errno(EPERM)).Allow("read").BadArchitecture(Action::Trap());
  for (const Target& target : Targets()) {
    seccomp_data call = Call(kSkipped);
    call.arch = target.audit_arch;
    BOOST_TEST(Evaluate(Resolve(policy, target), call) == (SECCOMP_RET_ERRNO | EPERM), target.name);
  }
  BOOST_TEST(Answer(policy, Call(-2)) == SECCOMP_RET_TRAP);
  BOOST_TEST(Answer(Policy(), Call(kSkipped)) == SECCOMP_RET_KILL_PROCESS);
}

BOOST_AUTO_TEST_CASE(ASkippedCallIsUnknownWhereThereIsABaseline) {
  const Policy policy = Policy().Default(Action::Errno(EPERM)).KnownUpTo(450);
  BOOST_TEST(Answer(policy, Call(kSkipped)) == (SECCOMP_RET_ERRNO | ENOSYS));
}

BOOST_AUTO_TEST_CASE(ARuleMayNameASkippedCall) {
  const Policy policy =
      Policy().Allow(Syscall::Skipped(), Arg(0) == 1).Errno(EPERM, {"read", Syscall::Skipped()});
  BOOST_TEST(Answer(policy, Call(kSkipped, {1})) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(policy, Call(kSkipped, {2})) == (SECCOMP_RET_ERRNO | EPERM));
  BOOST_TEST(Answer(policy, Call(-2, {1})) == SECCOMP_RET_KILL_PROCESS);
  BOOST_TEST(Contains(policy.ToString(), "allow #-1 if arg0 == 1"));
}

// Numbers that ran x32's handlers without x32's bit, before Linux 5.4.
BOOST_AUTO_TEST_CASE(X32NumbersWithoutTheirBitAreAnotherArchitectureOnOldKernels) {
  Policy policy = Policy().Default(Action::Allow()).BadArchitecture(Action::Errno(EPERM)).KnownUpTo(450);
  policy.Unknown(Action::Log());
  for (const int number : {512, 513, 546, 547})
    BOOST_TEST(Answer(policy, Call(number)) == (SECCOMP_RET_ERRNO | EPERM), number);
  for (const int number : {511, 548}) BOOST_TEST(Answer(policy, Call(number)) == SECCOMP_RET_LOG, number);

  policy.ForLinuxFrom(5, 3);
  BOOST_TEST(Answer(policy, Call(512)) == (SECCOMP_RET_ERRNO | EPERM));
  for (const auto& [version, patch_level] : {std::pair(5, 4), {5, 10}, {6, 0}}) {
    policy.ForLinuxFrom(version, patch_level);
    BOOST_TEST(Answer(policy, Call(512)) == SECCOMP_RET_LOG);
  }
}

BOOST_AUTO_TEST_CASE(OnOtherTargetsThoseNumbersAreLikeAnyOther) {
  seccomp_data call = Call(512);
  call.arch = Arm().audit_arch;
  BOOST_TEST(Evaluate(Resolve(Policy().Allow(512), Arm()), call) == SECCOMP_RET_ALLOW);
}

BOOST_AUTO_TEST_CASE(NamingAnX32NumberWithoutItsBitIsAnErrorUnlessTheKernelIsNew) {
  for (const int number : {512, 520, 547}) {
    const std::initializer_list<std::string> parts = {"number " + std::to_string(number), "x86_64",
                                                      "before Linux 5.4", "ForLinuxFrom(5, 4)"};
    CheckMessage([&] { Resolve(Policy().Allow(number), X86()); }, parts);
    CheckMessage([&] { Resolve(Policy().KnownUpTo(number), X86()); }, parts);
    CheckMessage([&] { Resolve(Policy().HotSyscalls(number), X86()); }, parts);
    CheckMessage([&] { Resolve(Policy().Allow(number).ForLinuxFrom(5, 3), X86()); }, parts);
    const Policy for_new = Policy().Allow(number).ForLinuxFrom(5, 4);
    BOOST_TEST(Answer(for_new, Call(number)) == SECCOMP_RET_ALLOW);
  }
  Resolve(Policy().Allow({511, 548}), X86());
}

BOOST_AUTO_TEST_CASE(TheOldestKernelIsTakenOverWhenMergingIfThereIsNone) {
  const Policy for_new = Policy().Default(Action::Allow()).ForLinuxFrom(5, 4);
  BOOST_TEST(Answer(Policy().Merge(for_new), Call(512)) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(Policy().ForLinuxFrom(4, 4).Merge(for_new), Call(512)) == SECCOMP_RET_KILL_PROCESS);
  BOOST_TEST(Contains(for_new.ToString(), "for Linux from 5.4"));
}

BOOST_AUTO_TEST_CASE(VersionsWithoutFiltersAreNone) {
  for (const auto& [version, patch_level] : {std::pair(3, 4), {0, 0}, {-1, 9}, {5, -1}})
    CheckMessage(
        [version = version, patch_level = patch_level] { Policy().ForLinuxFrom(version, patch_level); },
        {"ForLinuxFrom(" + std::to_string(version), "3.5"});
}

BOOST_AUTO_TEST_CASE(AnEmptyPolicyKillsTheProcess) {
  BOOST_TEST(Answer(Policy(), Call(kRead)) == SECCOMP_RET_KILL_PROCESS);
  BOOST_TEST(Answer(Policy(), Call(0x7fffffff)) == SECCOMP_RET_KILL_PROCESS);
}

BOOST_AUTO_TEST_CASE(TheFirstRuleThatMatchesDecides) {
  Policy policy;
  policy.Errno(EPERM, "read", Arg(0) == 1).Allow("read", Arg(0) < 5).Trap("read");
  BOOST_TEST(Answer(policy, Call(kRead, {1})) == (SECCOMP_RET_ERRNO | EPERM));
  BOOST_TEST(Answer(policy, Call(kRead, {2})) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(policy, Call(kRead, {5})) == SECCOMP_RET_TRAP);
}

BOOST_AUTO_TEST_CASE(RuleSetsAreTriedInTheOrderTheyWereAdded) {
  Policy policy;
  policy.Add(RuleSet().Errno(EACCES, "read", Arg(0) == 1)).Add(RuleSet().Allow("read"));
  BOOST_TEST(Answer(policy, Call(kRead, {1})) == (SECCOMP_RET_ERRNO | EACCES));
  BOOST_TEST(Answer(policy, Call(kRead, {2})) == SECCOMP_RET_ALLOW);
}

BOOST_AUTO_TEST_CASE(EveryActionAnswersWithItsReturnValue) {
  Policy policy;
  policy.Allow(0).Log(1).Errno(7, 2).Trap(3).Trace(4).UserNotify(5).KillThread(6).KillProcess(7);
  policy.Add(Action::Trap(9), 8).Add(Action::Trace(10), 9);
  const std::uint32_t expected[] = {SECCOMP_RET_ALLOW,       SECCOMP_RET_LOG,          SECCOMP_RET_ERRNO | 7,
                                    SECCOMP_RET_TRAP,        SECCOMP_RET_TRACE,        SECCOMP_RET_USER_NOTIF,
                                    SECCOMP_RET_KILL_THREAD, SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_TRAP | 9,
                                    SECCOMP_RET_TRACE | 10};
  for (int nr = 0; nr < 10; ++nr) BOOST_TEST(Answer(policy, Call(nr)) == expected[nr], "number " << nr);
}

BOOST_AUTO_TEST_CASE(AnotherArchitectureGetsItsOwnActionWhateverTheRulesSay) {
  Policy policy;
  policy.Allow("read").Default(Action::Allow()).BadArchitecture(Action::Errno(ENOSYS));
  seccomp_data call = Call(kRead);
  call.arch = AUDIT_ARCH_I386;
  BOOST_TEST(Answer(policy, call) == (SECCOMP_RET_ERRNO | ENOSYS));
}

BOOST_AUTO_TEST_CASE(AnX32NumberIsAnotherArchitectureEvenUnderDefaultAllow) {
  Policy policy;
  policy.Default(Action::Allow());
  for (const std::uint32_t nr :
       {0x40000000U, 0x40000001U, 0x400001ffU, 0x7fffffffU, 0xc0000000U, 0xfffffffeU})
    BOOST_TEST(Answer(policy, Call(static_cast<int>(nr))) == SECCOMP_RET_KILL_PROCESS, "number " << nr);
  for (const std::uint32_t nr : {0U, 0x3fffffffU, 0x80000000U, 0xbfffffffU})
    BOOST_TEST(Answer(policy, Call(static_cast<int>(nr))) == SECCOMP_RET_ALLOW, "number " << nr);
}

BOOST_AUTO_TEST_CASE(OnAarch64NoNumberBelongsToAnotherAbi) {
  Policy policy;
  policy.Default(Action::Allow());
  seccomp_data call = Call(0x40000001);
  call.arch = AUDIT_ARCH_AARCH64;
  BOOST_TEST(Evaluate(Resolve(policy, Arm()), call) == SECCOMP_RET_ALLOW);
}

BOOST_AUTO_TEST_CASE(NumbersAboveTheBaselineFailWithEnosysSoThatLibcFallsBack) {
  Policy policy;
  policy.Allow("read").Default(Action::Errno(EPERM)).KnownUpTo(450);
  BOOST_TEST(Answer(policy, Call(kRead)) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(policy, Call(450)) == (SECCOMP_RET_ERRNO | EPERM));
  BOOST_TEST(Answer(policy, Call(451)) == (SECCOMP_RET_ERRNO | ENOSYS));
  BOOST_TEST(Answer(policy, Call(0x3fffffff)) == (SECCOMP_RET_ERRNO | ENOSYS));
}

BOOST_AUTO_TEST_CASE(TheActionForUnknownCallsCanBeChosen) {
  Policy policy;
  policy.KnownUpTo("futex_waitv").Unknown(Action::Trap(3));
  BOOST_TEST(Answer(policy, Call(449)) == SECCOMP_RET_KILL_PROCESS);
  BOOST_TEST(Answer(policy, Call(450)) == (SECCOMP_RET_TRAP | 3));
}

BOOST_AUTO_TEST_CASE(ARuleForANumberAboveTheBaselineStillDecides) {
  Policy policy;
  policy.KnownUpTo(400).Allow(439, Arg(0) == 1);
  BOOST_TEST(Answer(policy, Call(439, {1})) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(policy, Call(439, {2})) == (SECCOMP_RET_ERRNO | ENOSYS));
}

BOOST_AUTO_TEST_CASE(AVsyscallRuleSetOnlyAppliesToCallsFromThatPage) {
  Policy policy;
  policy.Add(RuleSet::OnlyVsyscall().Allow("time")).Errno(EPERM, "time");
  seccomp_data call = Call(201);
  BOOST_TEST(Answer(policy, call) == (SECCOMP_RET_ERRNO | EPERM));
  call.instruction_pointer = 0xffffffffff600400;
  BOOST_TEST(Answer(policy, call) == SECCOMP_RET_ALLOW);
}

BOOST_AUTO_TEST_CASE(RulesAddedBehindARuleSetAreTriedBehindIt) {
  Policy policy;
  policy.Allow("read", Arg(0) == 1);
  policy.Add(RuleSet().Errno(1, "read", Arg(0) < 3));
  policy.Allow("read");
  BOOST_TEST(Answer(policy, Call(kRead, {1})) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(policy, Call(kRead, {2})) == (SECCOMP_RET_ERRNO | 1));
  BOOST_TEST(Answer(policy, Call(kRead, {3})) == SECCOMP_RET_ALLOW);
}

BOOST_AUTO_TEST_CASE(ANameMeansTheTargetsOwnNumber) {
  Policy policy;
  policy.Allow("read");
  BOOST_TEST(Resolve(policy, X86()).rule_sets[0].rules[0].numbers == std::vector<std::uint32_t>{0});
  BOOST_TEST(Resolve(policy, Arm()).rule_sets[0].rules[0].numbers == std::vector<std::uint32_t>{63});
}

BOOST_AUTO_TEST_CASE(AnOptionalCallIsLeftOutWhereItDoesNotExist) {
  Policy policy;
  policy.Allow({"openat", IfAvailable("open"), IfAvailable("nosuchcall")});
  BOOST_TEST(Resolve(policy, X86()).rule_sets[0].rules[0].numbers.size() == 2U);
  BOOST_TEST(Resolve(policy, Arm()).rule_sets[0].rules[0].numbers.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(Conditions)

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

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(Variables)

BOOST_AUTO_TEST_CASE(AVariableCannotBeComputedWithOrBranchedOn) {
  static_assert(!std::is_convertible_v<Value, std::uint32_t>);
  static_assert(!std::is_convertible_v<Value, bool>);
  static_assert(!std::is_constructible_v<Syscall, Value>, "a variable is no system call number");
  BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(AnUndeclaredVariableIsAnErrorThatNamesTheDeclaredOnes) {
  const Values values(X86(), {"fd1", "fd2"});
  CheckMessage([&] { (void)values["fd"]; }, {"\"fd\"", "fd1, fd2"});
}

BOOST_AUTO_TEST_CASE(TheWidthOfAVariableIsTheDeclaredOne) {
  const Values values(X86(), {"fd", Uint64("address")});
  CheckMessage([&] { (void)values["address"]; }, {"64 bits", "Uint64(\"address\")"});
  CheckMessage([&] { (void)values.Uint64("fd"); }, {"32 bits", "[\"fd\"]"});
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
    CheckMessage(look, {"the variable \"" + name + "\"", "none until the program runs"});
  };
  check([&] { (void)values["fd"].bits(); }, "fd");
  check([&] { (void)values["fd"].low().constant(); }, "fd");
  check([&] { (void)values.Uint64("address").bits(); }, "address.high");
  check([&] { (void)values.Uint64("address").low().constant(); }, "address.low");
  check([&] { (void)Action::Errno(values["fd"]).ReturnValue(); }, "fd");
  check([&] { (void)Matches(Arg32(0) == values["fd"], {3}); }, "fd");
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
  CheckMessage([&] { NumbersOf(variables, {7}); }, {"2 variables were given 1 values"});
  CheckMessage([&] { NumbersOf(variables, {kOne32, 0}); }, {"\"fd\"", "does not fit"});
}

BOOST_AUTO_TEST_CASE(A64BitVariableDoesNotFitALowHalf) {
  const Values values(X86(), {Uint64("address")});
  CheckMessage([&] { (void)(Arg32(0) == values.Uint64("address")); },
               {"arg0.low", "32 bits wide", "$address"});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(Mistakes)

// As the operators are not the only way to make one.
BOOST_AUTO_TEST_CASE(ConditionsMadeOfNodesByHandAreCheckedAlike) {
  const Values values(X86(), {Uint64("address")});
  const Value address = values.Uint64("address");
  CheckMessage([&] { Condition(Comparison{Arg32(0), Relation::kEqual, address}); }, {"32 bits wide"});
  CheckMessage([&] { Condition(MaskedEqual{Arg32(0), address, 0}); }, {"32 bits wide", "mask"});
  CheckMessage([&] { Condition(OneOf{Arg32(0), {1, address}}); }, {"32 bits wide"});
  CheckMessage([&] { Condition(NoOtherBits{Arg32(0), address}); }, {"32 bits wide"});
  CheckMessage([] { Condition(Negation{}); }, {"a negation is of one condition, not of 0"});
  CheckMessage([] { Condition(Negation{{Always(), Always()}}); }, {"not of 2"});
  CheckMessage([] { Condition(Conjunction{}); }, {"joins no parts"});
  CheckMessage([] { Condition(Disjunction{}); }, {"joins no parts"});
  CheckMessage([] { Condition(OneOf{Arg(0), {}}); }, {"joins no parts"});
}

BOOST_AUTO_TEST_CASE(HalfOfA64BitValueIsNoDataOfAnAction) {
  CheckMessage([] { Action::Errno(Value(Word(7), Word::Variable("code"))); }, {"32-bit variable"});
}

BOOST_AUTO_TEST_CASE(ANegativeNumberSaysWhatASkippedCallIs) {
  CheckMessage([] { Policy().Allow(-1); }, {"-1", "Syscall::Skipped()"});
  CheckMessage([] { Policy().KnownUpTo(Syscall::Skipped()); }, {"skipped call", "newest known"});
}

BOOST_AUTO_TEST_CASE(ConditionsThatAreNeverTrue) {
  CheckMessage([] { (void)(Arg(0) < 0); }, {"arg0 < 0", "never true"});
  CheckMessage([] { (void)(Arg(0) > ~std::uint64_t{0}); }, {"never true"});
  CheckMessage([] { (void)(Arg32(0) > 0xffffffffU); }, {"never true"});
  CheckMessage([] { (void)((Arg(0) & 0xf0) == 1); }, {"(arg0 & 240) == 1", "never true"});
  CheckMessage([] { (void)Arg(0).In({}); }, {"arg0", "empty"});
  CheckMessage([] { (void)AnyOf({}); }, {"AnyOf()", "at least one"});
  CheckMessage([] { (void)AllOf({}); }, {"AllOf()", "at least one"});
}

BOOST_AUTO_TEST_CASE(AMaskedInequalityOfBitsOutsideTheMaskIsAlwaysTrue) {
  BOOST_TEST(Matches((Arg(0) & 0xf0) != 1, {1}));
}

BOOST_AUTO_TEST_CASE(AValueTooWideForALowHalf) {
  CheckMessage([] { (void)(Arg32(1) == 0x100000000); }, {"arg1.low", "0x100000000", "does not fit"});
  CheckMessage([] { (void)((Arg32(1) & 0x100000000) == 0); }, {"arg1.low", "mask", "does not fit"});
}

BOOST_AUTO_TEST_CASE(AWholeArgumentComparedWithANegativeInt) {
  CheckMessage([] { (void)(Arg(0) == AT_FDCWD); }, {"arg0", "-100", "Arg32"});
  BOOST_TEST(Matches(Arg(0) == std::int64_t{-100}, {0xffffffffffffff9c}));
}

BOOST_AUTO_TEST_CASE(ArgumentsThatDoNotExist) {
  CheckMessage([] { (void)Arg(6); }, {"arguments 0 to 5", "6"});
  CheckMessage([] { (void)Arg32(-1); }, {"arguments 0 to 5", "-1"});
}

BOOST_AUTO_TEST_CASE(ConditionsNestedTooDeep) {
  CheckMessage(
      [] {
        Condition condition = Arg(0) == 1;
        for (int i = 0; i < 2000; ++i)
          condition = i % 2 == 0 ? (condition && Arg(1) == 2) : (condition || Arg(2) == 3);
      },
      {"nested more than 500"});
}

BOOST_AUTO_TEST_CASE(NumbersThatAreNoSystemCalls) {
  CheckMessage([] { Policy().Allow(-1); }, {"-1", "0 to"});
  CheckMessage([] { Policy().Allow(std::int64_t{1} << 32); }, {"4294967296", "0 to"});
  CheckMessage([] { Policy().Allow(0x40000000 | 1); }, {"1073741825", "0 to"});
}

BOOST_AUTO_TEST_CASE(ErrnoNeedsACodeTheKernelCanReturn) {
  CheckMessage([] { Policy().Errno(0, "read"); }, {"errno", "1 to 4095", "not 0"});
  CheckMessage([] { Policy().Errno(4096, "read"); }, {"errno", "1 to 4095"});
  CheckMessage([] { Policy().Errno(-EPERM, "read"); }, {"errno", "negative"});
}

BOOST_AUTO_TEST_CASE(DataOnlyWhereAnActionTakesIt) {
  CheckMessage([] { Action::Trap(65536); }, {"trap", "0 to 65535"});
  CheckMessage([] { Action::FromReturnValue(SECCOMP_RET_ALLOW | 1); }, {"allow", "takes no data"});
  CheckMessage([] { Action::FromReturnValue(SECCOMP_RET_KILL_PROCESS | 5); },
               {"kill_process", "takes no data"});
  CheckMessage([] { Action::FromReturnValue(0x12340000); }, {"0x12340000", "no action"});
  CheckMessage([] { Action::FromReturnValue(SECCOMP_RET_ERRNO); }, {"errno", "1 to 4095"});
  BOOST_TEST(AreSame(Action::FromReturnValue(SECCOMP_RET_ERRNO | EPERM), Action::Errno(EPERM)));
}

BOOST_AUTO_TEST_CASE(ARuleWithoutCalls) {
  CheckMessage([] { Policy().Allow(std::vector<Syscall>{}); }, {"allow", "no system call"});
}

BOOST_AUTO_TEST_CASE(AnUnknownNameListsNearMisses) {
  CheckMessage([] { Resolve(Policy().Allow("opennat"), Arm()); },
               {"unknown system call \"opennat\" for aarch64", "did you mean", "\"openat\""});
}

BOOST_AUTO_TEST_CASE(ANameOfOtherArchitecturesPointsToIfAvailable) {
  CheckMessage([] { Resolve(Policy().Allow("open"), Arm()); },
               {"\"open\" for aarch64", "IfAvailable(\"open\")"});
}

BOOST_AUTO_TEST_CASE(AnUnknownNameFarFromAnyOtherPointsToNumbers) {
  CheckMessage([] { Resolve(Policy().Allow("some_future_call"), X86()); }, {"give its number"});
}

BOOST_AUTO_TEST_CASE(AnActionForUnknownCallsNeedsABaseline) {
  CheckMessage([] { Resolve(Policy().Unknown(Action::Errno(ENOSYS)), X86()); }, {"KnownUpTo"});
}

BOOST_AUTO_TEST_CASE(AHotCallGivenTwice) {
  CheckMessage([] { Resolve(Policy().HotSyscalls({"read", 0}), X86()); }, {"given twice"});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(Composition)

BOOST_AUTO_TEST_CASE(MergingAppendsTheRulesAndKeepsTheOwnOptions) {
  Policy base;
  base.Errno(EPERM, "read", Arg(0) == 1).Default(Action::Errno(EACCES));
  Policy other;
  other.Allow("read").Allow("openat").Default(Action::Trap()).KnownUpTo(450).HotSyscalls({"read"});
  base.Merge(other);
  BOOST_TEST(Answer(base, Call(kRead, {1})) == (SECCOMP_RET_ERRNO | EPERM));
  BOOST_TEST(Answer(base, Call(kRead, {2})) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(base, Call(kOpenat)) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(base, Call(5)) == (SECCOMP_RET_ERRNO | EACCES));
  BOOST_TEST(Answer(base, Call(451)) == (SECCOMP_RET_ERRNO | ENOSYS));
  BOOST_TEST(base.counts().size() == 1U);
}

BOOST_AUTO_TEST_CASE(APolicyCanBeMergedWithItself) {
  Policy policy;
  policy.Allow("read");
  policy.Merge(policy);
  BOOST_TEST(policy.rule_sets().size() == 2U);
}

BOOST_AUTO_TEST_CASE(CopiesAreIndependent) {
  Policy first;
  first.Allow("read");
  Policy second = first;
  second.Allow("openat");
  BOOST_TEST(Answer(first, Call(kOpenat)) == SECCOMP_RET_KILL_PROCESS);
  BOOST_TEST(Answer(second, Call(kOpenat)) == SECCOMP_RET_ALLOW);
}

BOOST_AUTO_TEST_CASE(CountsAreSortedAndOrderAloneFollowsZipfsLaw) {
  Policy policy;
  policy.SyscallCounts({{"read", 3}, {"futex", 90}});
  BOOST_TEST(policy.counts()[0].syscall.name() == "futex");
  policy.HotSyscalls({"read", "futex", "ioctl"});
  BOOST_TEST(policy.counts()[1].count == policy.counts()[0].count / 2);
  BOOST_TEST(policy.counts()[2].count == policy.counts()[0].count / 3);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(APolicyPrintsItselfReadably) {
  const Values values(X86(), {"fd1"});
  Policy policy;
  policy.Allow("read", Arg(0) == values["fd1"] || (Arg32(1) & 0x7f) == 2);
  policy.Allow({"exit_group", 15});
  policy.Errno(EPERM, "openat", !(Arg(2).OnlyBits(3) && Arg(3) < 4096));
  policy.Add(RuleSet::OnlyVsyscall().Allow("time"));
  policy.KnownUpTo("futex_waitv").Default(Action::Trap(5)).HotSyscalls({"read"});
  const std::string expected = R"(rule set:
  allow read if arg0 == $fd1 || (arg1.low & 127) == 2
  allow exit_group, #15
  errno 1 openat if !(arg2 has only bits 3 && arg3 < 0x1000)
rule set, from the vsyscall page only:
  allow time
above futex_waitv: errno 38
default: trap 5
other architectures: kill_process
hot: read
)";
  std::ostringstream printed;
  printed << policy;
  BOOST_TEST(printed.str() == expected);
}

}  // namespace
}  // namespace precompiledseccomp
