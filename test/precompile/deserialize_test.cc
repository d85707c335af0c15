// SPDX-License-Identifier: Apache-2.0
//
// What is written is read again; what cannot have been written is refused.

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>

#include "policy/same.h"
#include "precompile/allocated_bytes.h"
#include "precompile/deserialize.h"
#include "precompile/serialize.h"
#include "support/errors.h"

namespace precompiledseccomp::testing {
namespace {

using precompile::DeserializePolicy;
using precompile::DeserializeVariables;
using precompile::Serialize;
using precompile::SerializeToHandOver;

BOOST_AUTO_TEST_SUITE(DeserializeTest)

Value Variable32(const std::string& name) {
  return {Word(), Word::Variable(name)};
}
Value Variable64(const std::string& name) {
  return {Word::Variable(HighHalfName(name)), Word::Variable(LowHalfName(name))};
}

void CheckRoundTrip(const Policy& policy) {
  const std::string bytes = Serialize(policy);
  const Policy read = DeserializePolicy(bytes);
  BOOST_TEST(read.ToString() == policy.ToString());
  BOOST_TEST((Serialize(read) == bytes), "other bytes for " << policy);
  BOOST_TEST(AreSame(read, policy), "not the same: " << policy);
  BOOST_TEST((SerializeToHandOver(policy) == bytes));
}

Condition NestedNegation(int depth) {
  Condition condition = Always();
  while (condition.depth() < depth) condition = Condition(Negation{{condition}});
  return condition;
}

BOOST_AUTO_TEST_CASE(EveryKindOfConditionIsReadAsItWasWritten) {
  const std::vector<Condition> conditions = {
      Always(),
      Arg(0) == 1,
      Arg(1) != 2,
      Arg32(2) < 3,
      Arg32(3) <= 4,
      Arg(4) > 5,
      Arg(5) >= std::uint64_t{0x123456789abcdef0},
      InstructionPointer() < 0x7f0000000000,
      Arg32(0) == -100,
      Arg(0) == std::int64_t{-100},
      Arg32(0) == Variable32("fd"),
      Arg(0) == Variable64("address"),
      Arg(0) == Value(Word(7), Word::Variable("low")),
      Arg(0) == Value(Word::Variable("high"), Word(7)),
      Arg32(0).NonNegativeFd(),
      Param("fd").NonNegativeFd(),
      Param("niceval") >= -5,
      Arg32(0).Signed() >= -5,
      Arg(0).Signed() >= -5,
      Operand::Argument(1, 16, false) == 0600,
      (Param("mode") & 06000).AnySet(),
      (Arg(0) & 0xf0) == 0x30,
      (Arg(0) & ~4095) != 0,
      (Arg(0) & Variable64("mask")) == Variable64("value"),
      Arg(0).In({1, Variable64("x"), 3}),
      Arg(0).OnlyBits(7),
      Arg(0).OnlyBits(~7),
      Arg(0) == 1 && Arg(1) == 2 && Arg(2) == 3,
      Arg(0) == 1 || Arg(1) == 2,
      !(Arg(0) == 1),
      Condition(Negation{{!(Arg(0) == 1)}}),
      AllOf({Arg(0) == 1}),
      AnyOf({AllOf({Arg(0) == 1, !(Arg32(1).In({2, 3}) || Always())}), Arg(2) < 4}),
      // The operators refuse it, and it is a condition nevertheless.
      Condition(Comparison{Arg(0), Relation::kLess, 0}),
      NestedNegation(Condition::kMaximumDepth),
  };
  for (const Condition& condition : conditions) CheckRoundTrip(Policy().Allow("read", condition));
}

BOOST_AUTO_TEST_CASE(EveryActionIsReadAsItWasWritten) {
  const std::vector<Action> actions = {
      Action::KillProcess(),
      Action::KillThread(),
      Action::UserNotify(),
      Action::Log(),
      Action::Allow(),
      Action::Errno(1),
      Action::Succeed(),
      Action::Errno(4095),
      Action::Trap(),
      Action::Trap(65535),
      Action::Trace(),
      Action::Trace(7),
      Action::Errno(Variable32("code")),
      Action::Trap(Variable32("trap")),
      Action::Trace(Variable32("message")),
  };
  for (const Action& action : actions)
    CheckRoundTrip(Policy().Add(action, "read").Default(action).BadArchitecture(action).Unknown(action));
}

BOOST_AUTO_TEST_CASE(EveryCallIsReadAsItWasWritten) {
  using namespace std::string_literals;
  CheckRoundTrip(
      Policy().Allow({"read", IfAvailable("open"), IfAvailable("listns", 470), Syscall(0),
                      Syscall(Syscall::kMaximumNumber), Syscall::Skipped(), "\0\n\xff"s, "no_such"}));
}

// Each option alone, so that none is read for another.
BOOST_AUTO_TEST_CASE(EveryOptionIsReadAsItWasWritten) {
  const std::vector<Policy> policies = {
      Policy(),
      Policy().Default(Action::Allow()),
      Policy().BadArchitecture(Action::Allow()),
      Policy().KnownUpTo("openat2"),
      Policy().KnownUpTo(IfAvailable("openat2")),
      Policy().KnownUpTo(Syscall(400)),
      Policy().KnownUpTo(Kernel{6, 6}),
      Policy().Unknown(Action::Log()),
      Policy().ForLinuxFrom(3, 5),
      Policy().ForLinuxFrom(std::numeric_limits<int>::max(), std::numeric_limits<int>::max()),
      Policy().ReportsViolations(2),
      Policy().ReportsViolations(std::numeric_limits<std::int32_t>::max(), AfterReport::kExit),
      Policy().ReportsViolations(Variable32("log"), AfterReport::kContinue),
      Policy().HotSyscalls({"read", "write", IfAvailable("open"), Syscall(7)}),
      Policy().SyscallCounts({{"read", 0}, {"write", ~std::uint64_t{0}}, {"close", 5}, {"futex", 5}}),
      Policy().Accept("pointer-compared", "it is null").Accept("pointer-compared", "or one"),
  };
  for (const Policy& policy : policies) CheckRoundTrip(policy);
}

BOOST_AUTO_TEST_CASE(EveryRuleSetIsReadAsItWasWritten) {
  RuleSet vsyscall = RuleSet::OnlyVsyscall();
  vsyscall.Allow("time").Log("getcpu");
  CheckRoundTrip(
      Policy().Add(RuleSet()).Allow("read").Errno(EPERM, "write", Arg(0) == 1).Add(vsyscall).Trap("read"));
}

// Lines are no part of the bytes; one of the reader's own would mislead.
BOOST_AUTO_TEST_CASE(WhereARuleStandsIsNotKnown) {
  const Policy policy = DeserializePolicy(Serialize(Policy().Allow("read")));
  BOOST_TEST(policy.rule_sets()[0].rules()[0].where.ToString() == "");
}

BOOST_AUTO_TEST_CASE(VariablesAreReadAsTheyWereWritten) {
  for (const std::vector<Variable>& variables :
       {std::vector<Variable>{}, std::vector<Variable>{"fd", Uint64("address"), Variable("", -7)}}) {
    const std::vector<Variable> read = DeserializeVariables(Serialize(variables));
    BOOST_REQUIRE(read.size() == variables.size());
    for (std::size_t i = 0; i < read.size(); ++i) {
      BOOST_TEST(read[i].name == variables[i].name);
      BOOST_TEST(read[i].bits == variables[i].bits);
    }
  }
}

// As it is in memory.
template <typename Number>
std::string Raw(Number number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}
std::string Size(std::size_t size) {
  return Raw(size);
}
std::string Text(const std::string& text) {
  return Size(text.size()) + text;
}
std::string ListOfOne(const std::string& element) {
  return Size(1) + element;
}

using Byte = std::uint8_t;

const std::string kNo = Raw(Byte{0});
const std::string kYes = Raw(Byte{1});
const std::string kTwo = Raw(Byte{2});  // as a bool, neither
const std::string kEmpty = Size(0);
const std::string kAlways = Size(0);

std::string ConstantWord(std::uint32_t number) {
  return kNo + Raw(number);
}
std::string VariableWord(const std::string& name) {
  return kYes + Text(name);
}
std::string ConstantValue(std::uint32_t high, std::uint32_t low, const std::string& from_negative_int = kNo) {
  return ConstantWord(high) + ConstantWord(low) + from_negative_int;
}
std::string ActionBytes(Action::Kind kind, const std::string& data = ConstantWord(0)) {
  return Raw(kind) + data;
}
std::string NamedCall(const std::string& name) {
  return kNo + kYes + Text(name);
}
std::string NumberedCall(std::uint32_t number) {
  return kNo + kNo + Raw(number);
}
const std::string kWhole = Raw(64);
const std::string kLowHalf = Raw(32);
std::string OperandBytes(Operand::Source source, int index, const std::string& parameter,
                         const std::string& bits, const std::string& is_signed) {
  return Raw(source) + Raw(index) + Text(parameter) + bits + is_signed;
}
std::string Argument(int index, const std::string& bits = kWhole, const std::string& is_signed = kNo) {
  return OperandBytes(Operand::Source::kArgument, index, "", bits, is_signed);
}
std::string CountBytes(std::uint64_t count) {
  return NumberedCall(0) + Raw(count);
}

const std::string kAllow = ActionBytes(Action::Kind::kAllow);
const std::string kKill = ActionBytes(Action::Kind::kKillProcess);
const std::string kRead = NamedCall("read");
const std::string kSeven = ConstantValue(0, 7);

std::string Equal(const std::string& operand, const std::string& value) {
  return Size(1) + operand + Raw(Relation::kEqual) + value;
}
std::string NegationOf(const std::string& condition) {
  return Size(7) + ListOfOne(condition);
}

// The parts of a policy, and what makes it one.
struct Parts {
  std::string rule_sets = kEmpty;
  std::string default_action = kKill;
  std::string bad_architecture = kKill;
  std::string newest = kNo;
  std::string newest_kernel = kNo;
  std::string unknown = kNo;
  std::string kernel = kNo;
  std::string report = kNo;
  std::string counts = kEmpty;
  std::string calls_per_run = kNo;
  std::string accepted = kEmpty;

  [[nodiscard]] std::string Bytes() const {
    return rule_sets + default_action + bad_architecture + newest + newest_kernel + unknown + kernel +
           report + counts + calls_per_run + accepted;
  }
};

std::string WithRule(const std::string& rule, const std::string& is_for_any_call = kNo) {
  return Parts{.rule_sets = ListOfOne(kNo + ListOfOne(rule + is_for_any_call))}.Bytes();
}
std::string WithCondition(const std::string& condition) {
  return WithRule(kAllow + ListOfOne(kRead) + condition);
}
std::string WithCall(const std::string& call) {
  return WithRule(kAllow + ListOfOne(call) + kAlways);
}
std::string WithDefault(const std::string& action) {
  return Parts{.default_action = action}.Bytes();
}
std::string WithKernel(int version, int patch_level) {
  return Parts{.kernel = kYes + Raw(version) + Raw(patch_level)}.Bytes();
}

// The malformed bytes below are malformed for what is said of them, and for nothing else.
BOOST_AUTO_TEST_CASE(BytesMadeByHandAreThoseThatAreWritten) {
  const auto check = [](const std::string& bytes, const Policy& policy) {
    BOOST_TEST((bytes == Serialize(policy)), "not the bytes of " << policy);
  };
  check(Parts().Bytes(), Policy());
  check(WithRule(kAllow + kEmpty + kAlways, kYes), Policy().Allow(AnyCall()));
  check(WithCall(NumberedCall(7)), Policy().Allow(Syscall(7)));
  check(WithCondition(Equal(Argument(5), kSeven)), Policy().Allow("read", Arg(5) == 7));
  check(WithCondition(Equal(Argument(0, kLowHalf), ConstantValue(0xffffffff, 0xfffffffe, kYes))),
        Policy().Allow("read", Arg32(0) == -2));
  check(WithCondition(Equal(Argument(0, kLowHalf, kYes), kSeven)),
        Policy().Allow("read", Arg32(0).Signed() == 7));
  check(WithCondition(Equal(OperandBytes(Operand::Source::kParameter, 0, "fd", kWhole, kNo), kSeven)),
        Policy().Allow("read", Param("fd") == 7));
  check(WithCondition(Equal(Argument(0), ConstantWord(0) + VariableWord("fd") + kNo)),
        Policy().Allow("read", Arg(0) == Variable32("fd")));
  check(WithCondition(Size(2) + Argument(0) + kSeven + kSeven), Policy().Allow("read", (Arg(0) & 7) == 7));
  check(WithCondition(Size(3) + Argument(0) + ListOfOne(kSeven)), Policy().Allow("read", Arg(0).In({7})));
  check(WithCondition(Size(4) + Argument(0) + kSeven), Policy().Allow("read", Arg(0).OnlyBits(7)));
  check(WithCondition(Size(5) + ListOfOne(kAlways)), Policy().Allow("read", AllOf({Always()})));
  check(WithCondition(Size(6) + ListOfOne(kAlways)), Policy().Allow("read", AnyOf({Always()})));
  check(WithCondition(NegationOf(kAlways)), Policy().Allow("read", !Always()));
  check(WithDefault(ActionBytes(Action::Kind::kErrno, ConstantWord(1))), Policy().Default(Action::Errno(1)));
  check(WithKernel(5, 4), Policy().ForLinuxFrom(5, 4));
  check(Parts{.report = kYes + kSeven + Raw(AfterReport::kExit)}.Bytes(),
        Policy().ReportsViolations(7, AfterReport::kExit));
  check(Parts{.newest = kYes + kRead}.Bytes(), Policy().KnownUpTo("read"));
  check(Parts{.newest_kernel = kYes + Raw(6) + Raw(6)}.Bytes(), Policy().KnownUpTo(Kernel{6, 6}));
  check(Parts{.unknown = kYes + kAllow}.Bytes(), Policy().Unknown(Action::Allow()));
  check(Parts{.counts = Size(2) + CountBytes(6) + CountBytes(5)}.Bytes(),
        Policy().SyscallCounts({{Syscall(0), 6}, {Syscall(0), 5}}));
  check(Parts{.calls_per_run = kYes + Raw(std::uint64_t{300})}.Bytes(), Policy().CallsPerRun(300));
  check(Parts{.accepted = ListOfOne(Text("a finding") + Text("a reason"))}.Bytes(),
        Policy().Accept("a finding", "a reason"));
}

void CheckRefused(const std::string& bytes, const std::string& problem) {
  const std::string error = ErrorOf([&] { DeserializePolicy(bytes); });
  BOOST_TEST(error == "the bytes of a policy are malformed: " + problem);
}

const std::string kTooEarly = "they end too early";
const std::string kTooLong = "a list or a text is longer than what is left of them";
const std::string kOther = "what they say is written with other bytes";

struct Malformed {
  const char* what;
  std::string bytes;
  std::string problem;
};

void CheckRefused(const std::vector<Malformed>& cases) {
  for (const Malformed& malformed : cases)
    BOOST_TEST_CONTEXT(malformed.what) CheckRefused(malformed.bytes, malformed.problem);
}

BOOST_AUTO_TEST_CASE(BytesThatEndTooEarlyOrTooLateAreRefused) {
  const std::string whole = Parts().Bytes();
  CheckRefused({
      {"none", "", kTooEarly},
      {"half of a number", whole.substr(0, 4), kTooEarly},
      {"the last is missing", whole.substr(0, whole.size() - 1), kTooEarly},
      {"one too many", whole + '\0', kOther},
      {"another policy", whole + whole, kOther},
  });
}

BOOST_AUTO_TEST_CASE(LengthsThatTheRestCannotHoldAreRefused) {
  const std::size_t largest = std::numeric_limits<std::size_t>::max();
  CheckRefused({
      {"rule sets", Parts{.rule_sets = Size(largest)}.Bytes(), kTooLong},
      {"rules", Parts{.rule_sets = ListOfOne(kNo + Size(largest))}.Bytes(), kTooLong},
      {"calls", WithRule(kAllow + Size(largest)), kTooLong},
      {"a name", WithCall(kNo + kYes + Size(largest)), kTooLong},
      {"a variable's name", WithDefault(Raw(Action::Kind::kErrno) + kYes + Size(largest)), kTooLong},
      {"values", WithCondition(Size(3) + Argument(0) + Size(largest)), kTooLong},
      {"conditions", WithCondition(Size(5) + Size(largest)), kTooLong},
      {"counts", Parts{.counts = Size(largest)}.Bytes(), kTooLong},
      {"one more than is left", Parts{.accepted = Size(1)}.Bytes(), kTooLong},
      {"more elements than bytes for them", Parts{.counts = Size(2) + CountBytes(5)}.Bytes(), kTooEarly},
  });
}

BOOST_AUTO_TEST_CASE(BoolsThatAreNeitherAreRefused) {
  CheckRefused({
      {"vsyscall only", Parts{.rule_sets = ListOfOne(kTwo + kEmpty)}.Bytes(), kOther},
      {"an optional value", Parts{.newest = kTwo + kRead}.Bytes(), kOther},
      {"an optional call", WithCall(kTwo + kYes + Text("read") + kNo), kOther},
      {"a call's name", WithCall(kNo + kTwo + Text("read")), kOther},
      {"a sign", WithCondition(Equal(Argument(0, kLowHalf, kTwo), kSeven)), kOther},
      {"a variable", WithDefault(Raw(Action::Kind::kErrno) + kTwo + Text("code")), kOther},
      {"a negative int", WithCondition(Equal(Argument(0, kLowHalf), ConstantValue(~0U, ~0U, kTwo))), kOther},
  });
}

BOOST_AUTO_TEST_CASE(UnknownKindsAreRefused) {
  CheckRefused({
      {"an action", WithDefault(ActionBytes(Action::Kind{9})), "an action is of an unknown kind"},
      {"a condition", WithCondition(Size(8)), "a condition is of an unknown kind"},
      {"a condition", WithCondition(Size(std::size_t{1} << 32)), "a condition is of an unknown kind"},
      {"an operand", WithCondition(Equal(OperandBytes(Operand::Source{3}, 0, "", kWhole, kNo), kSeven)),
       "an operand has an unknown source"},
      {"a relation", WithCondition(Size(1) + Argument(0) + Raw(Byte{6}) + kSeven),
       "a comparison has an unknown relation"},
  });
}

BOOST_AUTO_TEST_CASE(OperandsThatDoNotExistAreRefused) {
  using Source = Operand::Source;
  const auto pointer = [](int index, const std::string& bits, const std::string& is_signed) {
    return WithCondition(
        Equal(OperandBytes(Source::kInstructionPointer, index, "", bits, is_signed), kSeven));
  };
  const auto parameter = [](const std::string& name, const std::string& bits, const std::string& is_signed) {
    return WithCondition(Equal(OperandBytes(Source::kParameter, 0, name, bits, is_signed), kSeven));
  };
  const std::string no_such_bits = "an operand has 64, 32 or 16 bits, the 16 without a sign, not ";
  CheckRefused({
      {"argument 6", WithCondition(Equal(Argument(6), kSeven)),
       "a system call has arguments 0 to 5, no argument 6"},
      {"argument -1", WithCondition(Equal(Argument(-1), kSeven)),
       "a system call has arguments 0 to 5, no argument -1"},
      {"argument 256", WithCondition(Equal(Argument(256), kSeven)),
       "a system call has arguments 0 to 5, no argument 256"},
      {"8 bits", WithCondition(Equal(Argument(0, Raw(8)), kSeven)), no_such_bits + "8"},
      {"16 with a sign", WithCondition(Equal(Argument(0, Raw(16), kYes), kSeven)),
       no_such_bits + "16 with one"},
      {"an argument with a name",
       WithCondition(Equal(OperandBytes(Source::kArgument, 0, "fd", kWhole, kNo), kSeven)), kOther},
      {"an index", pointer(1, kWhole, kNo), kOther},
      {"a low half", pointer(0, kLowHalf, kNo), kOther},
      {"a sign", pointer(0, kWhole, kYes), kOther},
      {"no name", parameter("", kWhole, kNo), "a parameter has an empty name"},
      {"a parameter's bits", parameter("fd", kLowHalf, kNo), kOther},
      {"a parameter's sign", parameter("fd", kWhole, kYes), kOther},
  });
}

BOOST_AUTO_TEST_CASE(ValuesThatDoNotExistAreRefused) {
  const auto with_value = [](const std::string& value) { return WithCondition(Equal(Argument(0), value)); };
  CheckRefused({
      {"a variable without a name", with_value(VariableWord("") + ConstantWord(0) + kNo),
       "a variable has an empty name"},
      {"a negative int that is positive", with_value(ConstantValue(0, 7, kYes)), kOther},
      {"a negative int without its upper half", with_value(ConstantValue(0, 0xfffffffe, kYes)), kOther},
      {"a negative int with half of its upper half", with_value(ConstantValue(0xffff0000, 0xfffffffe, kYes)),
       kOther},
      {"a negative int of a variable", with_value(ConstantWord(~0U) + VariableWord("fd") + kYes), kOther},
      {"a negative int under a variable", with_value(VariableWord("fd") + ConstantWord(~0U) + kYes), kOther},
  });
}

BOOST_AUTO_TEST_CASE(ConditionsThatDoNotExistAreRefused) {
  const std::string low_half = Argument(1, kLowHalf);
  const std::string wide = ConstantValue(1, 0);
  const std::string no_parts = "a condition joins no parts: it needs at least one";
  const auto does_not_fit = [](const std::string& what) {
    return "arg1.low is 32 bits wide; the " + what + " 0x100000000 does not fit; use the whole argument";
  };
  CheckRefused({
      {"a value that does not fit", WithCondition(Equal(low_half, wide)), does_not_fit("value")},
      {"a mask that does not fit", WithCondition(Size(2) + low_half + wide + kSeven), does_not_fit("mask")},
      {"a member that does not fit", WithCondition(Size(3) + low_half + ListOfOne(wide)),
       does_not_fit("value")},
      {"bits that do not fit", WithCondition(Size(4) + low_half + wide), does_not_fit("set of bits")},
      {"no members", WithCondition(Size(3) + Argument(0) + kEmpty), "the set that arg0 is to be in is empty"},
      {"an and in an and", WithCondition(Size(5) + ListOfOne(Size(5) + ListOfOne(kAlways))), kOther},
      {"all of nothing", WithCondition(Size(5) + kEmpty), no_parts},
      {"any of nothing", WithCondition(Size(6) + kEmpty), no_parts},
      {"not nothing", WithCondition(Size(7) + kEmpty), "a negation is of one condition, not of 0"},
      {"not both", WithCondition(Size(7) + Size(2) + kAlways + kAlways),
       "a negation is of one condition, not of 2"},
  });
}

BOOST_AUTO_TEST_CASE(ActionsThatDoNotExistAreRefused) {
  const std::string one = ConstantWord(1);
  CheckRefused({
      {"errno 0", WithDefault(ActionBytes(Action::Kind::kErrno)),
       "the errno action takes 1 to 4095, not 0; for a call that is not made and returns 0, use Succeed"},
      {"errno 4096", WithDefault(ActionBytes(Action::Kind::kErrno, ConstantWord(4096))),
       "the errno action takes 1 to 4095, not 0x1000"},
      {"trap", WithDefault(ActionBytes(Action::Kind::kTrap, ConstantWord(0x10000))),
       "the trap action takes 0 to 65535, not 0x10000"},
      {"trace", WithDefault(ActionBytes(Action::Kind::kTrace, ConstantWord(0x10000))),
       "the trace action takes 0 to 65535, not 0x10000"},
      {"kill_process with data", WithDefault(ActionBytes(Action::Kind::kKillProcess, one)), kOther},
      {"kill_thread with data", WithDefault(ActionBytes(Action::Kind::kKillThread, one)), kOther},
      {"succeed with data", WithDefault(ActionBytes(Action::Kind::kSucceed, one)), kOther},
      {"user_notify with data", WithDefault(ActionBytes(Action::Kind::kUserNotify, one)), kOther},
      {"log with data", WithDefault(ActionBytes(Action::Kind::kLog, one)), kOther},
      {"allow with a variable", WithDefault(ActionBytes(Action::Kind::kAllow, VariableWord("x"))), kOther},
      {"errno of no name", WithDefault(ActionBytes(Action::Kind::kErrno, VariableWord(""))),
       "a variable has an empty name"},
  });
}

BOOST_AUTO_TEST_CASE(CallsAndRulesThatDoNotExistAreRefused) {
  CheckRefused({
      {"no name", WithCall(NamedCall("")), "a system call has an empty name"},
      {"too large a number", WithCall(NumberedCall(Syscall::kMaximumNumber + 1)),
       "system call number 1073741824 is not in 0 to 1073741823"},
      {"nearly a skipped call", WithCall(NumberedCall(0xfffffffe)),
       "system call number 4294967294 is not in 0 to 1073741823"},
      {"a number that is optional", WithCall(kYes + kNo + Raw(std::uint32_t{7})), kOther},
      {"any call and a name", WithRule(kAllow + ListOfOne(kRead) + kAlways, kYes), kOther},
      {"no calls", WithRule(kAllow + kEmpty + kAlways), "a rule \"allow\" names no system call"},
  });
}

BOOST_AUTO_TEST_CASE(OptionsThatDoNotExistAreRefused) {
  const auto no_kernel = [](const std::string& version) {
    return "ForLinuxFrom(" + version +
           "): give a version of Linux from 3.5 on, the first with filters, as in ForLinuxFrom(5, 4)";
  };
  CheckRefused({
      {"a skipped call as the newest", Parts{.newest = kYes + NumberedCall(~0U)}.Bytes(),
       "a skipped call cannot be the newest known call: it is above every baseline"},
      {"a kernel without filters", WithKernel(3, 4), no_kernel("3, 4")},
      {"a negative version", WithKernel(-5, 4), no_kernel("-5, 4")},
      {"a negative patch level", WithKernel(5, -4), no_kernel("5, -4")},
      {"a report to what is no descriptor",
       Parts{.report = kYes + ConstantValue(0, 0x80000000) + Raw(AfterReport::kExit)}.Bytes(),
       "ReportsViolations(0x80000000): give the descriptor that the reporter writes to, a 32-bit variable or "
       "a number"},
      {"a report that ends otherwise", Parts{.report = kYes + kSeven + Raw(Byte{3})}.Bytes(),
       "a report of refused calls has an unknown end"},
      {"counts in another order", Parts{.counts = Size(2) + CountBytes(5) + CountBytes(6)}.Bytes(), kOther},
      {"a finding that is accepted without a reason",
       Parts{.accepted = ListOfOne(Text("a finding") + Text(" "))}.Bytes(),
       "Accept(\"a finding\") has no reason: say why the finding may stay"},
  });
}

BOOST_AUTO_TEST_CASE(MalformedVariablesAreRefused) {
  const auto error_of = [](const std::string& bytes) {
    return ErrorOf([&] { DeserializeVariables(bytes); });
  };
  const std::string prefix = "the bytes of a list of variables are malformed: ";
  const std::string fd = Text("fd") + Raw(32) + Raw(Variable::Kind::kFd);
  BOOST_TEST(error_of(ListOfOne(fd)) == kNoError);
  BOOST_TEST(error_of(ListOfOne(Text("fd") + Raw(32) + Raw(std::uint8_t{5}))) ==
             prefix + "a variable is of an unknown kind");
  BOOST_TEST(error_of("") == prefix + kTooEarly);
  BOOST_TEST(error_of(ListOfOne(Text("fd"))) == prefix + kTooEarly);
  BOOST_TEST(error_of(Size(1000) + fd) == prefix + kTooLong);
  BOOST_TEST(error_of(ListOfOne(fd) + fd) == prefix + kOther);
}

BOOST_AUTO_TEST_CASE(WhatInstallingNeedsIsReadAsItWasWritten) {
  const InstallNeeds needs = {.log = true, .wait_killable_recv = true};
  BOOST_TEST((precompile::DeserializeInstallNeeds(precompile::Serialize(needs)) == needs));
  BOOST_TEST(ErrorOf([] { precompile::DeserializeInstallNeeds("1"); }) ==
             "the bytes of what installing needs are malformed: " + kTooEarly);
}

std::string Repeated(std::string_view text, std::size_t times) {
  std::string repeated;
  for (std::size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

// The largest depth that there is can be read: EveryKindOfConditionIsReadAsItWasWritten.
BOOST_AUTO_TEST_CASE(TooDeepANestIsRefusedBeforeItOverflowsTheStack) {
  const std::string problem = "a condition is nested more than 500 levels deep";
  for (const std::size_t nested : {std::size_t{500}, std::size_t{1'000'000}}) {
    CheckRefused(WithCondition(Repeated(NegationOf(""), nested) + kAlways), problem);
    CheckRefused(WithCondition(Repeated(Size(5) + Size(1), nested) + kAlways), problem);
  }
}

BOOST_AUTO_TEST_CASE(ManyConditionsAreNoDeepNest) {
  constexpr int kMany = 2 * Condition::kMaximumDepth;
  Policy policy;
  for (int rule = 0; rule < kMany; ++rule) policy.Allow("read", Arg(0) == rule);
  policy.Allow("write", AllOf(std::vector<Condition>(kMany, Arg(0) == 1)));
  CheckRoundTrip(policy);
}

// Each of the lists could be as long as it says, but not all of them.
BOOST_AUTO_TEST_CASE(ListsThatClaimTheSameBytesTakeNoMemoryForThem) {
  const std::string rest(1'000'000, '\xff');
  const std::string bytes = WithCondition(Repeated(Size(5) + Size(rest.size()), 400) + rest);
  const std::size_t before = AllocatedBytes();
  const std::string error = ErrorOf([&] { DeserializePolicy(bytes); });
  const std::size_t allocated = AllocatedBytes() - before;
  BOOST_TEST(error == "the bytes of a policy are malformed: a condition is of an unknown kind");
  BOOST_TEST(allocated < rest.size() / 10);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
