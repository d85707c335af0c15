// SPDX-License-Identifier: Apache-2.0
//
// For the tests of filters, and of programs that run under them. In any test framework, or none:
//
//   namespace pt = precompiledseccomp::testing;
//
//   const pt::TestedFilter worker(myapp::GetPrecompiled("worker"), {{"fd1", 3}, {"fd2", 4}});
//   BOOST_TEST(pt::ExpectAllowed(worker, "write(4)"));                        // Boost.Test
//   EXPECT_TRUE(pt::ExpectErrno(EACCES, worker, "openat(AT_FDCWD)"));         // GoogleTest
//   CHECK(pt::ExpectKilled(worker, "ioctl(4, TIOCSTI)"));                     // Catch2, doctest
//   assert(pt::RunUnder(worker, [] { Work(3, 4); }).ok());
//
// Three ways to look at a filter: what it answers to a call (Simulate() and the expectations), by the
// interpreter that the library's own tests compare with the kernel; the calls at which its answers change
// (BoundaryCalls()); and what becomes of code that runs under it (RunUnder()), in the real kernel.
//
// A part of the build side, for tests: it takes libseccomp, for the names of calls, and allocates. No
// function throws for what it is given: a misspelt call, a missing value or a filter that the kernel would
// refuse makes an answer, an expectation or an outcome that is not ok, and says why. Functions that are given
// const objects may be called by several threads at once. None is async-signal-safe.
//
// Calls are of the architecture that this code is compiled for, if nothing else is said. On another than
// x86-64 and aarch64 there are no calls to be named, and nothing is ok.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <precompiledseccomp/filter_view.h>
#include <precompiledseccomp/program.h>
#include <precompiledseccomp/variable.h>

namespace precompiledseccomp::testing {

// ---- Calls.

// An integer or enumerator as an argument of a call: 64 bits, those of negative numbers with their sign. A
// libc may pass an `int` without: 0xffffffff is what is then seen of -1.
class Argument {
 public:
  template <typename T>
  requires(std::integral<T> || std::is_enum_v<T>) constexpr Argument(  // NOLINT(google-explicit-constructor)
      T value) noexcept
      : bits_(static_cast<std::uint64_t>(value)) {}

  [[nodiscard]] constexpr std::uint64_t bits() const noexcept { return bits_; }

 private:
  std::uint64_t bits_;
};

// A call as a filter sees it, or why a text is none.
class SystemCall {
 public:
  // As it is written: "ioctl(3, TIOCSTI, 0)", "openat(AT_FDCWD, 0, O_RDONLY|O_CLOEXEC)", "#257(-100)",
  // "getpid". Names of usual constants are known, numbers are decimal, hexadecimal or octal. Arguments that
  // are not written are 0.
  SystemCall(const char* text);         // NOLINT(google-explicit-constructor)
  SystemCall(std::string_view text);    // NOLINT(google-explicit-constructor)
  SystemCall(const std::string& text);  // NOLINT(google-explicit-constructor)

  // By name or number, and up to six arguments: SystemCall("ioctl", {3, TIOCSTI}), SYS_getpid.
  SystemCall(std::string_view name, std::initializer_list<Argument> arguments);
  template <std::integral T>
  SystemCall(T number, std::initializer_list<Argument> arguments = {})  // NOLINT(google-explicit-constructor)
      : SystemCall(NumberOnly{static_cast<std::uint32_t>(number)}, arguments) {}

  // As it is: of any architecture, and made at any address.
  SystemCall(const seccomp_data& call);  // NOLINT(google-explicit-constructor)

  // None, for this reason.
  static SystemCall None(std::string message);

  // Whether it is a call; if not, message() says why, in one line.
  [[nodiscard]] bool ok() const { return message_.empty(); }
  [[nodiscard]] const std::string& message() const { return message_; }

  // All zero if it is none.
  [[nodiscard]] const seccomp_data& data() const { return call_; }
  [[nodiscard]] std::uint32_t number() const { return static_cast<std::uint32_t>(call_.nr); }
  [[nodiscard]] std::uint64_t argument(std::size_t index) const { return call_.args[index]; }  // 0 to 5

  // "openat", or "#1023" where it has no name.
  [[nodiscard]] std::string name() const;

  // "ioctl(3, 0x5412)": with the arguments that were given, or that the call has if all were. Can be read
  // again, if it is of this architecture and made at address 0. What is not has " of aarch64" or
  // " of architecture 0x40000003", and " at 0x7f0000001000" behind it.
  [[nodiscard]] std::string text() const;

  friend bool operator==(const SystemCall& left, const SystemCall& right);
  friend std::ostream& operator<<(std::ostream& stream, const SystemCall& call);

 private:
  struct NumberOnly {
    std::uint32_t number;
  };
  SystemCall(NumberOnly number, std::initializer_list<Argument> arguments);
  void Read(std::string_view text);
  void SetArguments(std::initializer_list<Argument> arguments);

  seccomp_data call_{};
  std::optional<std::size_t> given_;  // how many arguments were; nothing if it is all of a seccomp_data
  std::string message_;
};

// ---- Answers.

enum class AnswerKind : std::uint8_t {
  kAllow,
  kLog,
  kTrace,
  kUserNotify,
  kErrno,
  kTrap,
  kKillThread,
  kKillProcess,  // also what the kernel does at an action that it does not know
};

// What a filter answers to a call, or why it does not.
class Answer {
 public:
  // What a filter returns: a SECCOMP_RET_ action and its data.
  explicit Answer(std::uint32_t value) : value_(value) {}
  static Answer None(std::string message);

  // Whether there is one; if not, message() says why, in one line, and the rest is as of kill-thread.
  [[nodiscard]] bool ok() const { return message_.empty(); }
  [[nodiscard]] const std::string& message() const { return message_; }

  [[nodiscard]] std::uint32_t value() const { return value_; }
  [[nodiscard]] AnswerKind kind() const;
  // The lower 16 bits: of kTrap what is in si_errno, of kTrace the event's message.
  [[nodiscard]] std::uint16_t data() const { return static_cast<std::uint16_t>(value_); }
  // Of kErrno, what the caller finds in errno: at most 4095, and 0 if the call returns 0 without being made.
  // 0 of all others.
  [[nodiscard]] int error_number() const;

  // "errno 1 (EPERM)", "kill_process"; or the message.
  [[nodiscard]] std::string text() const;

  friend bool operator==(const Answer&, const Answer&) = default;
  friend std::ostream& operator<<(std::ostream& stream, const Answer& answer);

 private:
  std::uint32_t value_;
  std::string message_;
};

// ---- Filters.

// A copy of a filter, made for this architecture, with a name for messages; or why there is none.
class TestedFilter {
 public:
  // A program with values for its variables, as for Program::Render(). Not ok if `program` is nullptr, as
  // GetPrecompiled() returns for a name that is none, and in a build with --stub.
  TestedFilter(const Program* program, std::initializer_list<VariableValue> values);
  TestedFilter(const Program* program, std::span<const VariableValue> values);
  // Without variables.
  TestedFilter(const Program& program);  // NOLINT(google-explicit-constructor)

  // Whatever Install() takes: a Filter, what a generated struct renders, instructions.
  template <std::convertible_to<FilterView> T>
  TestedFilter(const T& filter, std::string name = {})  // NOLINT(google-explicit-constructor)
      : TestedFilter(Copied(), FilterView(filter), std::move(name)) {}

  // Whether it is a filter that the kernel would accept; if not, message() says why, in one line.
  [[nodiscard]] bool ok() const { return message_.empty(); }
  [[nodiscard]] const std::string& message() const { return message_; }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::span<const sock_filter> instructions() const { return instructions_; }

 private:
  struct Copied {};
  TestedFilter(Copied copied, FilterView filter, std::string name);

  std::string name_;
  std::vector<sock_filter> instructions_;
  std::string message_;
};

// What the kernel will do at this call under this filter, and under no other: of several filters, the
// strictest answer counts.
[[nodiscard]] Answer Simulate(const TestedFilter& filter, const SystemCall& call);
[[nodiscard]] Answer Simulate(const Program* program, std::initializer_list<VariableValue> values,
                              const SystemCall& call);

// ---- Expectations.

// Like GoogleTest's AssertionResult, which is named nowhere here.
template <typename T>
concept ExplainedResult = std::constructible_from<T, bool> &&
    requires(T result, const T& constant, const std::string& text) {
  result << text;
  constant.failure_message();
};

// Whether something is as expected, and a line for people.
class [[nodiscard]] Expectation {
 public:
  Expectation(bool is_met, std::string message) : is_met_(is_met), message_(std::move(message)) {}

  explicit operator bool() const { return is_met_; }
  template <ExplainedResult T>
  operator T() const {  // NOLINT(google-explicit-constructor)
    T result(is_met_);
    result << message_;
    return result;
  }

  // What is, and what was expected, if that is something else:
  //
  //   read(5) of "worker" on x86_64: killed (kill_process), expected allowed
  [[nodiscard]] const std::string& message() const { return message_; }
  friend std::ostream& operator<<(std::ostream& stream, const Expectation& expectation);

 private:
  bool is_met_;
  std::string message_;
};

// That the call is made, and nobody is told: the answer is allow.
Expectation ExpectAllowed(const TestedFilter& filter, const SystemCall& call);
// That it is made, and logged.
Expectation ExpectLogged(const TestedFilter& filter, const SystemCall& call);
// That it fails with this error number, 1 to 4095; 0: that it returns 0 without being made.
Expectation ExpectErrno(int error_number, const TestedFilter& filter, const SystemCall& call);
// That SIGSYS is raised, whatever the data.
Expectation ExpectTrapped(const TestedFilter& filter, const SystemCall& call);
// That a supervisor is asked.
Expectation ExpectNotified(const TestedFilter& filter, const SystemCall& call);
// That it ends the thread or the process.
Expectation ExpectKilled(const TestedFilter& filter, const SystemCall& call);

// That two filters answer the boundary calls of both in the same way. Finds what was changed by mistake, and
// proves nothing.
Expectation ExpectSameAnswers(const TestedFilter& left, const TestedFilter& right);

// ---- Boundary calls.

// BoundaryCalls() gives no more than this.
inline constexpr std::size_t kMostBoundaryCalls = 65536;

// The calls at which the filter's answer may change, found by looking at its instructions:
//
//   - each number that it compares numbers with, one less and one more; the last call of this architecture
//     and the one after it, numbers of other ABIs, and that of a call that a tracer skips;
//   - of each of these numbers, for every comparison of an argument that such a call gets to: the constant,
//     one less and one more; of masks, each bit set and cleared; the constant with another upper half (1, and
//     all bits); the smallest and largest numbers of 32 bits with and without a sign;
//   - other architectures, and addresses, if it compares them.
//
// The same for the same instructions, ascending by number and arguments, each once, and no more than
// kMostBoundaryCalls, which is enough for filters of a thousand comparisons. For a table of calls and answers
// to compare with the one of last time, or to say something of every call. Of a filter that is not ok, one
// call that is not either, and has its message: nothing can be expected of that.
[[nodiscard]] std::vector<SystemCall> BoundaryCalls(const TestedFilter& filter);

// ---- Running code under a filter.

struct RunOptions {
  // How long it may take; then it is killed. At most a day.
  std::chrono::milliseconds time_limit = std::chrono::seconds(30);
};

enum class End : std::uint8_t {
  kExited,     // the callable returned, or called exit(): with `status`
  kThrew,      // an exception left it: `problem` is its type and what() it says
  kKilled,     // by the filter: kill-process, or kill-thread or trap where that ended the process
  kSignalled,  // by `signal`, for another reason
  kTimedOut,   // it was killed at the end of the time limit
  kUnknown,    // nobody told its parent: `problem` says why
  kNotRun,     // `problem` says why: the filter is not ok, the kernel refuses it, there is no child
};

// A call that was made under a filter, and the filter's answer.
struct ObservedCall {
  SystemCall call;  // without its instruction pointer, and arguments that it does not have
  Answer answer;
  std::size_t count = 1;
};

// How a callable ended under a filter.
struct [[nodiscard]] Outcome {
  // RunUnder() lists no more refused calls than this.
  static constexpr std::size_t kMostRefused = 1000;

  std::string filter_name;
  End end = End::kNotRun;
  int status = 0;  // of kExited
  int signal = 0;  // of kKilled (SIGSYS) and kSignalled
  std::string problem;

  // Of kKilled, the call that it was; of kTimedOut, the one that the callable's own thread is in, if it is in
  // one. Nothing if that is not known.
  std::optional<ObservedCall> call;

  // What the filter did not let through, in the order in which it was first tried, by any of the threads and
  // processes: errors, traps, calls that end a thread, those for a supervisor. Calls are the same if numbers,
  // answers and arguments are, addresses aside, of which the first is shown.
  std::vector<ObservedCall> refused;

  // Why calls are not known, `refused` included: "ptrace: Operation not permitted". Empty if they are.
  std::string why_untraced;

  // Whether the callable returned nothing or 0, or exited with 0. What was refused meanwhile is in `refused`.
  [[nodiscard]] bool ok() const { return end == End::kExited && status == 0; }
  explicit operator bool() const { return ok(); }
  template <ExplainedResult T>
  operator T() const {  // NOLINT(google-explicit-constructor)
    T result(ok());
    result << text();
    return result;
  }

  // One line, unless the exception's what() has more:
  //
  //   killed by the filter "worker": openat(0xffffff9c, 0x5581d1a0, 0, 0): kill_process
  //   exited with status 1; refused: uname(0x7ffc9d00): errno 1 (EPERM), 2 times
  [[nodiscard]] std::string text() const;
  friend std::ostream& operator<<(std::ostream& stream, const Outcome& outcome);
};

namespace internal {
Outcome RunUnder(const TestedFilter& filter, const std::function<int()>& callable, const RunOptions& options);
}  // namespace internal

// Runs `callable`, which takes nothing and returns nothing or an exit status, in a child of this process,
// under the filter, and waits for its end.
//
//   const pt::Outcome outcome = pt::RunUnder(worker, [&] { Work(in, out); });
//   BOOST_TEST(outcome.ok(), outcome);
//   BOOST_TEST(outcome.refused.empty());
//
// The child is a copy of the process with the calling thread as its only one; what the callable changes in
// memory is gone with it. Output goes where it always goes. Handlers of signals are reset, as by execve(2),
// no core file is written, no_new_privs is set, and a supervisor is nobody: notified calls fail with ENOSYS.
//
// The filter has to allow what the callable calls, and nothing besides: not exit_group, unless the callable
// itself exits. What it wrote to stdout and std::cout, and did not flush, is written when it returns, as at
// the end of main(). A child that the callable forks and that returns from it ends there, with that status.
//
// The calls are known from ptrace(2), by which the child and all its threads and children are followed; it
// takes Linux 5.3. Where a container, a debugger or a filter of this process refuses it, the code runs all
// the same, and the outcome says how it ended, but not by which call. Then the child is a process group of
// its own, kill(getpid(), SIGSYS) counts as killed by the filter, and the child ends by exit_group or, where
// the filter refuses that, by SIGILL or SIGTRAP. Of calls that another filter refuses, one that was there
// before or that the callable installs, nothing is known. Under ptrace each call takes some microseconds
// more.
//
// Whatever of the child's threads and children is left at its end is killed; without ptrace, what is in its
// process group. When this process dies, so does the child.
//
// May be called by several threads at once, each with a child of its own. Meanwhile nobody is to wait for any
// child of the process (waitpid(-1), wait()): it might be this one. Nor is SIGCHLD to be ignored. An
// exception does not leave the child.
template <typename Callable>
requires std::invocable<Callable&> Outcome RunUnder(const TestedFilter& filter, Callable&& callable,
                                                    const RunOptions& options = {}) {
  return internal::RunUnder(
      filter,
      [&callable]() -> int {
        if constexpr (std::is_void_v<std::invoke_result_t<Callable&>>) {
          callable();
          return 0;
        } else {
          return callable();
        }
      },
      options);
}

}  // namespace precompiledseccomp::testing
