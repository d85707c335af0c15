// SPDX-License-Identifier: Apache-2.0

#include <ostream>
#include <set>

#include <precompiledseccomp/target.h>
#include <precompiledseccomp/testing.h>

#include "testing/boundary_calls.h"

namespace precompiledseccomp::testing {
namespace {

// Appended: GCC 12 warns of `"literal" + string` when it optimises (its bug 105651).
std::string Quoted(const std::string& text) {
  return std::string("\"").append(text).append("\"");
}

// "killed (kill_process)": what it means first, for who does not know the kernel's names.
std::string InWords(const Answer& answer) {
  const auto with = [&](std::string word) { return word.append(" (").append(answer.text()).append(")"); };
  switch (answer.kind()) {
    case AnswerKind::kAllow:
      return "allowed";
    case AnswerKind::kLog:
      return "logged";
    case AnswerKind::kTrace:
      return with("left to a tracer");
    case AnswerKind::kUserNotify:
      return with("notified");
    case AnswerKind::kErrno:
      return answer.text();
    case AnswerKind::kTrap:
      return with("trapped");
    default:
      return with("killed");
  }
}

// "read(5) of "worker" on x86_64"; calls of other architectures say so themselves.
std::string Subject(const TestedFilter& filter, const SystemCall& call) {
  std::string text = call.text();
  if (!filter.name().empty()) text += " of " + Quoted(filter.name());
  for (const Target& target : Targets())
    if (target.is_native && target.audit_arch == call.data().arch) text.append(" on ").append(target.name);
  return text;
}

template <typename IsExpected>
Expectation Expect(const TestedFilter& filter, const SystemCall& call, const std::string& expected,
                   const IsExpected& is_expected) {
  if (!call.ok()) return {false, call.message()};
  const Answer answer = Simulate(filter, call);
  if (!answer.ok()) return {false, Subject(filter, call) + ": " + answer.message()};
  const bool is_met = is_expected(answer);
  return {is_met, Subject(filter, call) + ": " + InWords(answer) + (is_met ? "" : ", expected " + expected)};
}

Expectation ExpectKind(AnswerKind kind, const TestedFilter& filter, const SystemCall& call,
                       const std::string& expected) {
  return Expect(filter, call, expected, [&](const Answer& answer) { return answer.kind() == kind; });
}

bool IsKill(const Answer& answer) {
  return answer.kind() == AnswerKind::kKillProcess || answer.kind() == AnswerKind::kKillThread;
}

std::string NameOr(const TestedFilter& filter, const std::string& name) {
  return filter.name().empty() ? name : Quoted(filter.name());
}

}  // namespace

std::ostream& operator<<(std::ostream& stream, const Expectation& expectation) {
  return stream << expectation.message();
}

Expectation ExpectAllowed(const TestedFilter& filter, const SystemCall& call) {
  return ExpectKind(AnswerKind::kAllow, filter, call, "allowed");
}

Expectation ExpectLogged(const TestedFilter& filter, const SystemCall& call) {
  return ExpectKind(AnswerKind::kLog, filter, call, "logged");
}

Expectation ExpectErrno(int error_number, const TestedFilter& filter, const SystemCall& call) {
  const Answer expected(SECCOMP_RET_ERRNO | static_cast<std::uint16_t>(error_number));
  return Expect(filter, call, expected.text(), [&](const Answer& answer) {
    return answer.kind() == AnswerKind::kErrno && answer.error_number() == error_number;
  });
}

Expectation ExpectTrapped(const TestedFilter& filter, const SystemCall& call) {
  return ExpectKind(AnswerKind::kTrap, filter, call, "trapped");
}

Expectation ExpectNotified(const TestedFilter& filter, const SystemCall& call) {
  return ExpectKind(AnswerKind::kUserNotify, filter, call, "notified");
}

Expectation ExpectKilled(const TestedFilter& filter, const SystemCall& call) {
  return Expect(filter, call, "killed", IsKill);
}

Expectation ExpectSameAnswers(const TestedFilter& left, const TestedFilter& right) {
  for (const TestedFilter* const filter : {&left, &right})
    if (!filter->ok()) return {false, filter->message()};
  std::set<CallWords, ComesFirst> calls = BoundaryWords(left.instructions(), kMostBoundaryCalls);
  calls.merge(BoundaryWords(right.instructions(), kMostBoundaryCalls));
  std::string first;
  std::size_t different = 0;
  for (const CallWords& words : calls) {
    const SystemCall call(CallOf(words));
    const Answer by_left = Simulate(left, call);
    const Answer by_right = Simulate(right, call);
    if (by_left == by_right || different++ != 0) continue;
    first = call.text() + ": " + InWords(by_left) + " by " + NameOr(left, "the first filter") + ", " +
            InWords(by_right) + " by " + NameOr(right, "the second");
  }
  const std::string of_all = std::to_string(calls.size()) + " boundary calls";
  if (different == 0) return {true, "the same answers to " + of_all};
  return {false, first + "; " + std::to_string(different) + " of " + of_all + " are answered differently"};
}

}  // namespace precompiledseccomp::testing
