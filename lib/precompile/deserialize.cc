// SPDX-License-Identifier: Apache-2.0

#include "precompile/deserialize.h"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include <precompiledseccomp/error.h>

#include "policy/same.h"
#include "precompile/serialize.h"

namespace precompiledseccomp::precompile {
namespace {

// Reads what serialize.h describes. Only looks after what would be unsafe to read, and leaves the rest to the
// constructors of what is read, and to Deserialize() below: a bool of 2, a low half of the instruction
// pointer, counts in another order and so on give a policy that is written with other bytes.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  T Read() {
    return Read(As<T>());
  }

 private:
  template <typename T>
  using As = std::type_identity<T>;

  std::string_view Take(std::size_t count) {
    if (count > bytes_.size()) throw Error("they end too early");
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }

  template <std::integral Number>
  Number Read(As<Number> /*type*/) {
    Number number = 0;
    std::memcpy(&number, Take(sizeof number).data(), sizeof number);
    return number;
  }
  bool Read(As<bool> /*type*/) {
    static_assert(sizeof(bool) == sizeof(unsigned char));
    return Read<unsigned char>() != 0;
  }
  // May have a value that is none of the enumerators: to be looked at with a switch.
  template <typename Enum>
  Enum ReadEnum() {
    return static_cast<Enum>(Read<std::underlying_type_t<Enum>>());
  }

  // Each character, and each element of any list, takes a byte at least.
  std::size_t ReadLength() {
    const auto length = Read<std::size_t>();
    if (length > bytes_.size()) throw Error("a list or a text is longer than what is left of them");
    return length;
  }
  std::string Read(As<std::string> /*type*/) { return std::string(Take(ReadLength())); }
  template <typename T>
  std::vector<T> Read(As<std::vector<T>> /*type*/) {
    // No memory is reserved: lists in lists could each claim all the bytes that are left.
    std::vector<T> list;
    for (std::size_t left = ReadLength(); left > 0; --left) list.push_back(Read<T>());
    return list;
  }
  template <typename T>
  std::optional<T> Read(As<std::optional<T>> /*type*/) {
    if (!Read<bool>()) return std::nullopt;
    return Read<T>();
  }

  // In braces, the parts are read from left to right.

  Variable Read(As<Variable> /*type*/) {
    return Variable{Read<std::string>(), Read<int>(), Read<Variable::Kind>()};
  }
  Variable::Kind Read(As<Variable::Kind> /*type*/) {
    const auto kind = ReadEnum<Variable::Kind>();
    switch (kind) {
      case Variable::Kind::kInteger:
      case Variable::Kind::kFd:
      case Variable::Kind::kPid:
      case Variable::Kind::kErrno:
      case Variable::Kind::kAnswerData:
        return kind;
    }
    throw Error("a variable is of an unknown kind");
  }
  InstallNeeds Read(As<InstallNeeds> /*type*/) {
    return {.tsync = Read<bool>(),
            .log = Read<bool>(),
            .spec_allow = Read<bool>(),
            .new_listener = Read<bool>(),
            .wait_killable_recv = Read<bool>(),
            .confirmed_kill_process = Read<bool>()};
  }
  Word Read(As<Word> /*type*/) {
    return Read<bool>() ? Word::Variable(Read<std::string>()) : Word(Read<std::uint32_t>());
  }
  Value Read(As<Value> /*type*/) {
    auto high = Read<Word>();
    auto low = Read<Word>();
    const bool from_negative_int = Read<bool>();
    // Its upper half is a matter of course.
    if (from_negative_int && !low.IsVariable()) return static_cast<std::int32_t>(low.constant());
    return {std::move(high), std::move(low)};
  }
  Operand Read(As<Operand> /*type*/) {
    const auto source = ReadEnum<Operand::Source>();
    const int index = Read<int>();
    const auto parameter = Read<std::string>();
    const int bits = Read<int>();
    const bool is_signed = Read<bool>();
    switch (source) {
      case Operand::Source::kArgument:
        return Operand::Argument(index, bits, is_signed);
      case Operand::Source::kParameter:
        return Param(parameter);
      case Operand::Source::kInstructionPointer:
        return InstructionPointer();
    }
    throw Error("an operand has an unknown source");
  }
  Relation Read(As<Relation> /*type*/) {
    const auto relation = ReadEnum<Relation>();
    switch (relation) {
      case Relation::kEqual:
      case Relation::kNotEqual:
      case Relation::kLess:
      case Relation::kLessOrEqual:
      case Relation::kGreater:
      case Relation::kGreaterOrEqual:
        return relation;
    }
    throw Error("a comparison has an unknown relation");
  }

  Condition Read(As<Condition> /*type*/) {
    // The constructor looks at the depth as well, but only after all that is nested has been read.
    if (++depth_ > Condition::kMaximumDepth)
      throw Error("a condition is nested more than " + std::to_string(Condition::kMaximumDepth) +
                  " levels deep");
    Condition condition(ReadNode(Read<std::size_t>(), kNodeKinds));
    --depth_;
    return condition;
  }
  static constexpr std::make_index_sequence<std::variant_size_v<Condition::Node>> kNodeKinds = {};
  template <std::size_t... kKinds>
  Condition::Node ReadNode(std::size_t kind, std::index_sequence<kKinds...> /*kinds*/) {
    std::optional<Condition::Node> node;
    const auto read_if_it_is = [&]<std::size_t kKind>(std::in_place_index_t<kKind> /*index*/) {
      if (kind == kKind) node = Read<std::variant_alternative_t<kKind, Condition::Node>>();
    };
    (read_if_it_is(std::in_place_index<kKinds>), ...);
    if (!node) throw Error("a condition is of an unknown kind");
    return *std::move(node);
  }
  AlwaysTrue Read(As<AlwaysTrue> /*type*/) { return {}; }
  Comparison Read(As<Comparison> /*type*/) { return {Read<Operand>(), Read<Relation>(), Read<Value>()}; }
  MaskedEqual Read(As<MaskedEqual> /*type*/) { return {Read<Operand>(), Read<Value>(), Read<Value>()}; }
  OneOf Read(As<OneOf> /*type*/) { return {Read<Operand>(), Read<std::vector<Value>>()}; }
  NoOtherBits Read(As<NoOtherBits> /*type*/) { return {Read<Operand>(), Read<Value>()}; }
  Conjunction Read(As<Conjunction> /*type*/) { return Conjunction(Read<std::vector<Condition>>()); }
  Disjunction Read(As<Disjunction> /*type*/) { return Disjunction(Read<std::vector<Condition>>()); }
  Negation Read(As<Negation> /*type*/) { return {Read<std::vector<Condition>>()}; }

  Action Read(As<Action> /*type*/) {
    const auto kind = ReadEnum<Action::Kind>();
    const Value data(Word(), Read<Word>());
    switch (kind) {
      case Action::Kind::kKillProcess:
        return Action::KillProcess();
      case Action::Kind::kKillThread:
        return Action::KillThread();
      case Action::Kind::kTrap:
        return Action::Trap(data);
      case Action::Kind::kErrno:
        return Action::Errno(data);
      case Action::Kind::kSucceed:
        return Action::Succeed();
      case Action::Kind::kUserNotify:
        return Action::UserNotify();
      case Action::Kind::kTrace:
        return Action::Trace(data);
      case Action::Kind::kLog:
        return Action::Log();
      case Action::Kind::kAllow:
        return Action::Allow();
    }
    throw Error("an action is of an unknown kind");
  }
  Syscall Read(As<Syscall> /*type*/) {
    const bool is_optional = Read<bool>();
    const bool has_name = Read<bool>();
    if (has_name) {
      const auto name = Read<std::string>();
      if (!is_optional) return Syscall(name);
      const auto without_name = Read<std::optional<std::uint32_t>>();
      return without_name ? IfAvailable(name, *without_name) : IfAvailable(name);
    }
    const auto number = Read<std::uint32_t>();
    return number == Target::kSkippedCall ? Syscall::Skipped() : Syscall(number);
  }
  KernelVersion Read(As<KernelVersion> /*type*/) { return {Read<int>(), Read<int>()}; }
  SyscallCount Read(As<SyscallCount> /*type*/) { return {Read<Syscall>(), Read<std::uint64_t>()}; }
  Rule Read(As<Rule> /*type*/) {
    return {Read<Action>(), Read<std::vector<Syscall>>(), Read<Condition>(), SourceLocation(), Read<bool>()};
  }
  AfterReport Read(As<AfterReport> /*type*/) {
    const auto then = ReadEnum<AfterReport>();
    switch (then) {
      case AfterReport::kAbort:
      case AfterReport::kExit:
      case AfterReport::kContinue:
        return then;
    }
    throw Error("a report of refused calls has an unknown end");
  }
  ViolationReport Read(As<ViolationReport> /*type*/) { return {Read<Value>(), Read<AfterReport>()}; }
  Acceptance Read(As<Acceptance> /*type*/) { return {Read<std::string>(), Read<std::string>()}; }
  RuleSet Read(As<RuleSet> /*type*/) {
    RuleSet set = Read<bool>() ? RuleSet::OnlyVsyscall() : RuleSet();
    for (Rule& rule : Read<std::vector<Rule>>())
      set.Add(std::move(rule.action), rule.any_call ? AnyCall() : Syscalls(std::move(rule.syscalls)),
              std::move(rule.condition), std::move(rule.where));
    return set;
  }
  Policy Read(As<Policy> /*type*/) {
    Policy policy;
    for (RuleSet& set : Read<std::vector<RuleSet>>()) policy.Add(std::move(set));
    policy.Default(Read<Action>());
    policy.BadArchitecture(Read<Action>());
    if (auto newest = Read<std::optional<Syscall>>()) policy.KnownUpTo(*std::move(newest));
    if (const auto newest = Read<std::optional<KernelVersion>>()) policy.KnownUpTo(*newest);
    if (auto action = Read<std::optional<Action>>()) policy.Unknown(*std::move(action));
    if (const auto oldest = Read<std::optional<KernelVersion>>())
      policy.ForLinuxFrom(oldest->version, oldest->patch_level);
    if (auto report = Read<std::optional<ViolationReport>>())
      policy.ReportsViolations(std::move(report->descriptor), report->then);
    policy.SyscallCounts(Read<std::vector<SyscallCount>>());
    if (const auto calls = Read<std::optional<std::uint64_t>>()) policy.CallsPerRun(*calls);
    for (Acceptance& acceptance : Read<std::vector<Acceptance>>())
      policy.Accept(std::move(acceptance.finding), std::move(acceptance.reason));
    return policy;
  }

  std::string_view bytes_;  // what is not read yet
  int depth_ = 0;           // of the condition that is being read
};

// Whatever the reader has been told, and however it took that: what comes back means these bytes, all of them
// and no others.
template <typename T>
T Deserialize(std::string_view bytes, const std::string& what) {
  try {
    T value = Reader(bytes).Read<T>();
    if (Serialize(value) != bytes) throw Error("what they say is written with other bytes");
    return value;
  } catch (const Error& error) {
    throw Error("the bytes of " + what + " are malformed: " + error.problem());
  }
}

}  // namespace

Policy DeserializePolicy(std::string_view bytes) {
  return Deserialize<Policy>(bytes, "a policy");
}

std::string SerializeToHandOver(const Policy& policy) {
  std::string bytes = Serialize(policy);
  if (!AreSame(DeserializePolicy(bytes), policy))
    throw Error(
        "the policy is another one after it was handed over; please report this as a bug of "
        "precompiledseccomp");
  return bytes;
}

InstallNeeds DeserializeInstallNeeds(std::string_view bytes) {
  return Deserialize<InstallNeeds>(bytes, "what installing needs");
}

std::vector<Variable> DeserializeVariables(std::string_view bytes) {
  return Deserialize<std::vector<Variable>>(bytes, "a list of variables");
}

}  // namespace precompiledseccomp::precompile
