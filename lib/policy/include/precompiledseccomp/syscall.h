// SPDX-License-Identifier: Apache-2.0
//
// System calls, by name or by number, before they are resolved for a target.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace precompiledseccomp {

struct Target;

// What a number can be given as: characters and bools are none.
template <typename T>
concept CallNumber =
    std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> && !std::same_as<T, wchar_t> &&
    !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

// What a name can be given as. Not 0, which would be a null pointer.
template <typename T>
concept CallName = std::convertible_to<const T&, std::string_view> && !std::same_as<T, std::nullptr_t>;

class Syscall {
 public:
  // By name: resolved for each target, whatever libseccomp is installed with the names of Linux 6.18. A name
  // that the target does not have is an error that lists near misses; of newer calls, give the number.
  template <CallName Name>
  Syscall(const Name& name) : Syscall(Named(), name) {}  // NOLINT(google-explicit-constructor)

  // By number, the same for every target: Syscall(470). Throws Error unless it is 0 to kMaximumNumber: larger
  // numbers are x32's, or do not exist on any architecture. When the policy is resolved for x86-64, 512 to
  // 547 are an error, too: see Policy::ForLinuxFrom().
  template <CallNumber T>
  explicit Syscall(T number) : call_(CheckedNumber(static_cast<std::int64_t>(number))) {}

  static constexpr std::uint32_t kMaximumNumber = 0x3fffffff;

  // A call that a tracer has the kernel skip, by writing -1 over its number: strace's injection, debuggers,
  // proot. Filters see the number -1 and the arguments of the call that was to be made. Without a rule, it
  // gets what any call gets that no rule decides: the action for unknown calls, or the default action. A
  // policy whose default is to kill therefore kills the tracee when a call is skipped, and one whose default
  // is an errno lets the tracer have its way, which sets the result afterwards. No call is
  // made, unless the answer asks a tracer (Action::Trace), which may write another number.
  static Syscall Skipped();

  // The number is Target::kSkippedCall for Skipped().
  [[nodiscard]] bool HasName() const { return std::holds_alternative<std::string>(call_); }
  [[nodiscard]] const std::string& name() const { return std::get<std::string>(call_); }
  [[nodiscard]] std::uint32_t number() const { return std::get<std::uint32_t>(call_); }
  // Whether the call is left out on targets that do not have it.
  [[nodiscard]] bool IsOptional() const { return optional_; }
  // Of an optional call: its number where no table knows its name.
  [[nodiscard]] const std::optional<std::uint32_t>& number_without_name() const {
    return number_without_name_;
  }

  // "openat", "#257", or "#-1" for a skipped call.
  [[nodiscard]] std::string ToString() const;
  // The same for messages about a target, with the name that a number has there: "openat (#257)".
  [[nodiscard]] std::string ToString(const Target& target) const;

 private:
  friend Syscall IfAvailable(std::string_view name);
  template <CallNumber T>
  friend Syscall IfAvailable(std::string_view name, T number);
  struct Named {};
  Syscall(Named by_name, std::string_view name);
  static std::uint32_t CheckedNumber(std::int64_t number);

  std::variant<std::string, std::uint32_t> call_;
  bool optional_ = false;
  std::optional<std::uint32_t> number_without_name_;
};

// The call of that name where the target has it, nothing where it has not: for calls such as open, which
// newer architectures never had. A name that no architecture has is misspelt, or too new, and an error. What
// is left out stands in --stats; of a rule that refuses calls where those that no rule names may run, the
// generator says it.
Syscall IfAvailable(std::string_view name);

// The same for a call that may be newer than all tables of names: where its name is known, that counts, as
// above; where no table of any architecture has it, the call is `number` on every target, as it is with all
// calls since Linux 5.1. Throws Error for what is no number of a call.
//
//   policy.Errno(EPERM, pcs::IfAvailable("listns", 470));
template <CallNumber T>
Syscall IfAvailable(std::string_view name, T number) {
  Syscall call = IfAvailable(name);
  call.number_without_name_ = Syscall(number).number();
  return call;
}

// One call or a list of them: what the rule functions of Policy take. Numbers have to be called calls, as in
// Allow({"read", Syscall(470)}): among all the numbers that a rule has, nothing else tells them from an error
// number or an argument at the wrong place.
class Syscalls {
 public:
  Syscalls(std::initializer_list<Syscall> calls) : calls_(calls) {}
  Syscalls(std::vector<Syscall> calls) : calls_(std::move(calls)) {}  // NOLINT(google-explicit-constructor)
  Syscalls(const std::vector<std::string>& names);                    // NOLINT(google-explicit-constructor)
  Syscalls(Syscall call) : calls_{std::move(call)} {}                 // NOLINT(google-explicit-constructor)
  template <CallName Name>
  Syscalls(const Name& name) : calls_{Syscall(name)} {}  // NOLINT(google-explicit-constructor)

  // A number alone may be anything: give a call by its number as Syscall(number).
  template <std::integral Number>
  Syscalls(Number number) = delete;

  [[nodiscard]] const std::vector<Syscall>& calls() const& { return calls_; }
  [[nodiscard]] std::vector<Syscall> calls() && { return std::move(calls_); }
  // Whether these are all calls: AnyCall(). Then calls() is empty.
  [[nodiscard]] bool IsAnyCall() const { return any_call_; }

 private:
  friend Syscalls AnyCall();
  Syscalls() = default;

  std::vector<Syscall> calls_;
  bool any_call_ = false;
};

// Every call of the architecture's own ABI, whatever its number, known or not; but for Syscall::Skipped(),
// which is no call. For what is to be refused or looked at before, or behind, the rules for single calls:
//
//   policy.KillProcess(pcs::AnyCall(), InstructionPointer() < 0x10000);
//
// With a condition, the kernel runs the filter for each call that reaches the rule, and can answer none of
// them from its bitmap (--stats names such rules): calls that are made often are best decided before it.
Syscalls AnyCall();

// IfAvailable() of each name.
Syscalls IfAvailable(std::initializer_list<std::string_view> names);

}  // namespace precompiledseccomp
