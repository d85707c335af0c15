// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <ostream>

#include <precompiledseccomp/testing.h>

#include "bpf/interpreter.h"
#include "inspect/path.h"

namespace precompiledseccomp::testing {

Answer Answer::None(std::string message) {
  Answer none(SECCOMP_RET_KILL_THREAD);
  none.message_ = std::move(message);
  return none;
}

AnswerKind Answer::kind() const {
  switch (value_ & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW:
      return AnswerKind::kAllow;
    case SECCOMP_RET_LOG:
      return AnswerKind::kLog;
    case SECCOMP_RET_TRACE:
      return AnswerKind::kTrace;
    case SECCOMP_RET_USER_NOTIF:
      return AnswerKind::kUserNotify;
    case SECCOMP_RET_ERRNO:
      return AnswerKind::kErrno;
    case SECCOMP_RET_TRAP:
      return AnswerKind::kTrap;
    case SECCOMP_RET_KILL_THREAD:
      return AnswerKind::kKillThread;
    default:
      return AnswerKind::kKillProcess;
  }
}

int Answer::error_number() const {
  constexpr int kLargest = 4095;  // MAX_ERRNO
  return ok() && kind() == AnswerKind::kErrno ? std::min<int>(data(), kLargest) : 0;
}

std::string Answer::text() const {
  return ok() ? inspect::AnswerText(value_) : message_;
}

std::ostream& operator<<(std::ostream& stream, const Answer& answer) {
  return stream << answer.text();
}

Answer Simulate(const TestedFilter& filter, const SystemCall& call) {
  if (!filter.ok()) return Answer::None(filter.message());
  if (!call.ok()) return Answer::None(call.message());
  return Answer(bpf::Run(filter.instructions(), call.data()).result);
}

Answer Simulate(const Program* program, std::initializer_list<VariableValue> values, const SystemCall& call) {
  return Simulate(TestedFilter(program, values), call);
}

}  // namespace precompiledseccomp::testing
