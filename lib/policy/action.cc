// SPDX-License-Identifier: Apache-2.0

#include <precompiledseccomp/action.h>

#include <algorithm>
#include <array>
#include <ostream>

#include <linux/seccomp.h>

#include <precompiledseccomp/error.h>

namespace precompiledseccomp {
namespace {

constexpr std::uint32_t kDataMask = SECCOMP_RET_DATA;
constexpr std::uint32_t kMaximumErrno = 4095;  // MAX_ERRNO in linux/err.h

struct KindFacts {
  Action::Kind kind;
  std::uint32_t return_value;
  const char* name;
};

constexpr std::array<KindFacts, 9> kKinds = {{
    {Action::Kind::kKillProcess, SECCOMP_RET_KILL_PROCESS, "kill_process"},
    {Action::Kind::kKillThread, SECCOMP_RET_KILL_THREAD, "kill_thread"},
    {Action::Kind::kTrap, SECCOMP_RET_TRAP, "trap"},
    {Action::Kind::kErrno, SECCOMP_RET_ERRNO, "errno"},
    {Action::Kind::kSucceed, SECCOMP_RET_ERRNO, "succeed"},
    {Action::Kind::kUserNotify, SECCOMP_RET_USER_NOTIF, "user_notify"},
    {Action::Kind::kTrace, SECCOMP_RET_TRACE, "trace"},
    {Action::Kind::kLog, SECCOMP_RET_LOG, "log"},
    {Action::Kind::kAllow, SECCOMP_RET_ALLOW, "allow"},
}};

const KindFacts& FactsOf(Action::Kind kind) {
  return *std::find_if(kKinds.begin(), kKinds.end(),
                       [&](const KindFacts& facts) { return facts.kind == kind; });
}

Word CheckedData(const char* action, const Value& data, std::uint32_t least, std::uint32_t most) {
  const std::string range = std::to_string(least) + " to " + std::to_string(most);
  if (!data.IsConstant()) {
    if (data.high().IsVariable() || data.high().constant() != 0)
      throw Error(std::string(action) + " takes a 32-bit variable, not " + data.ToString());
    return data.low();
  }
  if (data.bits() < least || data.bits() > most)
    throw Error(std::string(action) + " takes " + range + ", not " +
                (data.ComesFromNegativeInt() ? "a negative number" : data.ToString()));
  return data.low();
}

}  // namespace

Action Action::Errno(const Value& code) {
  if (code.IsConstant() && code.bits() == 0)
    throw Error(
        "the errno action takes 1 to 4095, not 0; for a call that is not made and returns 0, use Succeed");
  return Action(Kind::kErrno, CheckedData("the errno action", code, 1, kMaximumErrno));
}

Action Action::Trap(const Value& data) {
  return Action(Kind::kTrap, CheckedData("the trap action", data, 0, kDataMask));
}

Action Action::Trace(const Value& data) {
  return Action(Kind::kTrace, CheckedData("the trace action", data, 0, kDataMask));
}

Action Action::FromReturnValue(std::uint32_t return_value) {
  const std::uint32_t data = return_value & kDataMask;
  const auto* const facts = std::find_if(kKinds.begin(), kKinds.end(), [&](const KindFacts& candidate) {
    return candidate.return_value == (return_value & SECCOMP_RET_ACTION_FULL);
  });
  if (facts == kKinds.end())
    throw Error("the return value " + Value(return_value).ToString() +
                " is no action of seccomp; the kernel would kill the process");
  switch (facts->kind) {
    case Kind::kErrno:
      return Errno(data);
    case Kind::kTrap:
      return Trap(data);
    case Kind::kTrace:
      return Trace(data);
    default:
      break;
  }
  if (data != 0)
    throw Error(std::string("the action ") + facts->name + " takes no data, but the return value " +
                Value(return_value).ToString() + " carries " + std::to_string(data));
  return Action(facts->kind);
}

std::uint32_t Action::ReturnValueWithoutData() const {
  return FactsOf(kind_).return_value;
}

std::uint32_t Action::ReturnValue(const VariableNumbers& numbers) const {
  return ReturnValueWithoutData() | (data_.NumberWith(numbers) & kDataMask);
}

Action Action::With(const VariableNumbers& numbers) const {
  return Action(kind_, Word(data_.NumberWith(numbers) & kDataMask));
}

std::string Action::ToString() const {
  std::string text = FactsOf(kind_).name;
  if (data_.IsVariable()) return text + " $" + data_.variable();
  const bool shows_data = kind_ == Kind::kErrno || data_.constant() != 0;
  return shows_data ? text + " " + std::to_string(data_.constant()) : text;
}

std::ostream& operator<<(std::ostream& out, const Action& action) {
  return out << action.ToString();
}

}  // namespace precompiledseccomp
