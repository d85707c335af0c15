// SPDX-License-Identifier: Apache-2.0
//
// Actions: what the kernel does with a call (seccomp(2), "Return values" of a filter).
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <utility>

#include <precompiledseccomp/value.h>

namespace precompiledseccomp {

class Action {
 public:
  enum class Kind : std::uint8_t {
    kKillProcess,  // SECCOMP_RET_KILL_PROCESS, Linux 4.14; the runtime has a fall-back for older kernels
    kKillThread,   // SECCOMP_RET_KILL_THREAD
    kTrap,         // SECCOMP_RET_TRAP: SIGSYS, si_errno is the data
    kErrno,        // SECCOMP_RET_ERRNO
    kSucceed,      // SECCOMP_RET_ERRNO with 0: the call is not made, and returns 0
    kUserNotify,   // SECCOMP_RET_USER_NOTIF, Linux 5.0
    kTrace,        // SECCOMP_RET_TRACE: ptrace event, its message is the data; ENOSYS without a tracer
    kLog,          // SECCOMP_RET_LOG, Linux 4.14: allowed and logged
    kAllow,        // SECCOMP_RET_ALLOW
  };

  static Action KillProcess() { return Action(Kind::kKillProcess); }
  static Action KillThread() { return Action(Kind::kKillThread); }
  static Action UserNotify() { return Action(Kind::kUserNotify); }
  static Action Log() { return Action(Kind::kLog); }
  static Action Allow() { return Action(Kind::kAllow); }

  // The call is not made and returns 0, as if it had succeeded: chown and mknod in the build of an image,
  // fsync in a test. For calls of which 0 says no more than that; mmap or read would be believed.
  static Action Succeed() { return Action(Kind::kSucceed); }

  // The call fails with `code`, 1 to 4095: the kernel caps larger ones, and with 0 the call would seem to
  // succeed, which is Succeed(), so that both are an Error. Of a variable the filter answers the low 16 bits,
  // and rendering refuses what is not 1 to 4095 (Variable::Kind in define.h).
  static Action Errno(const Value& code);
  // `data` is 0 to 65535; of a variable, the low 16 bits, and rendering refuses more.
  static Action Trap(const Value& data = 0);
  static Action Trace(const Value& data = 0);

  // From a filter's return value, such as SECCOMP_RET_ERRNO | EPERM. Throws Error for an action the kernel
  // does not know (it would kill the process), for data on an action that takes none, and for what the
  // functions above refuse.
  static Action FromReturnValue(std::uint32_t return_value);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] const Word& data() const { return data_; }

  // What the filter returns: the action in the upper 16 bits, the data in the lower ones. Throws Error if the
  // data is a variable for which `numbers` has no number.
  [[nodiscard]] std::uint32_t ReturnValue(const VariableNumbers& numbers = {}) const;
  // The upper part alone, SECCOMP_RET_ERRNO for example.
  [[nodiscard]] std::uint32_t ReturnValueWithoutData() const;

  // "allow", "errno 38", "errno $code", "succeed", "trap 7".
  [[nodiscard]] std::string ToString() const;

  // Whether two actions are equal is for the running program to say where their data are variables; see
  // Value.
  friend bool operator==(const Action&, const Action&) = delete;

  // The same action with a constant as its data: the low 16 bits of the variable's number, as the filter
  // answers them. Throws Error if `numbers` has none for it.
  [[nodiscard]] Action With(const VariableNumbers& numbers) const;

 private:
  explicit Action(Kind kind, Word data = {}) : kind_(kind), data_(std::move(data)) {}

  Kind kind_;
  Word data_;
};

std::ostream& operator<<(std::ostream& out, const Action& action);

}  // namespace precompiledseccomp
