// SPDX-License-Identifier: Apache-2.0
//
// Conditions: tests over the six arguments of a system call and its instruction pointer.
//
//   Param("cmd") == TIOCGWINSZ                  the parameter of that name, as the kernel reads it
//   Param("niceval") >= -5                      signed where the kernel's parameter is
//   (Param("mode") & S_IFMT) == S_IFIFO         masked equality
//   (Param("mode") & 06000).AnySet()            one of these bits is set; AllSet(): all of them are
//   Param("cmd").In({F_GETFD, F_SETFD})         membership; of masked bits, too
//   Param("prot").OnlyBits(PROT_READ)           no other bit is set
//   Param("fd").NonNegativeFd()                 0 to INT_MAX
//   Arg(0) == v["fd"]                           the whole 64-bit argument
//   Arg32(0) == AT_FDCWD                        its low half: parameters the kernel reads as int or unsigned
//   Arg32(2).Signed() < 20                      as an int
//   InstructionPointer() >= 0x7f0000000000      the address of the system call instruction
//   Arg(0) == 1 && (Arg(1) < 4096 || !(Arg(2) == 0))   and, or, not; nested at will
//
// The grammar:
//
//   condition  = operand relation value
//              | masked == value | masked != value
//              | masked.In({value, ...}) | masked.AnySet() | masked.AllSet()
//              | operand.In({value, ...}) | operand.OnlyBits(value) | operand.NonNegativeFd()
//              | condition && condition | condition || condition | !condition
//              | AllOf({...}) | AnyOf({...}) | Always()
//   masked     = operand & value
//   operand    = Param("name") | argument | argument.Signed() | InstructionPointer()
//   argument   = Arg(0..5) | Arg32(0..5)
//   relation   = == != < <= > >=                       unsigned, unless the operand is signed
//   value      = any integer | a variable
//
// Which width? The kernel reads an `int` parameter from the low half and ignores the rest, which a caller may
// fill with anything: a whole-argument test refuses harmless calls, and as a test to refuse something it can
// be evaded. A 64-bit parameter (a pointer, size or offset) tested with Arg32 can be evaded through its upper
// half; a mode is 16 bits, and a test that sees more of it can be evaded, too. Param() knows the widths of
// parameters, and their signs. For what has no name: Arg32 for int and unsigned, Arg for everything else.
// What a parameter is can depend on another one, as arg2 to arg5 of prctl or arg of fcntl do: of these
// Param() sees all 64 bits that the kernel declares, and for an operation that takes an int, Arg32 is right.
//
// Param() finds its parameter when the policy is resolved for a target, for each call of its rule by itself:
// in {"chmod", "fchmodat"}, "mode" is argument 1 of one call and 2 of the other. Names are the kernel's, of
// the function that implements the call, or those of the manual pages. A call that has no parameter of the
// name is an error.
//
// Conditions are values: copy and keep them freely, and join as many as you like. Building one throws Error
// when it can never be true, or always is, so that it says nothing (a masked value with bits outside the
// mask, a 33-bit value for a low half, a comparison with an end of the range, an empty set), when an argument
// index is not 0 to 5, when a whole argument is compared with a negative int (use Param, Arg32, or a 64-bit
// constant if that is what is meant), and when an unsigned operand is ordered against a negative int, or a
// signed one against a 64-bit constant that is negative or larger than all its values. Of a parameter by
// name, these are found when it is resolved. A 32-bit variable compared with a whole argument is
// zero-extended. Not for use after fork.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <precompiledseccomp/value.h>

namespace precompiledseccomp {

class Condition;

// What a test looks at.
class Operand {
 public:
  enum class Source : std::uint8_t { kArgument, kInstructionPointer, kParameter };

  // What Arg(), Arg32() and Param() come to: the lowest `bits` of an argument, 64, 32 or 16. What is above
  // them does not count. Throws Error for any other number of bits, and for 16 that are signed.
  static Operand Argument(int index, int bits, bool is_signed);

  [[nodiscard]] Source source() const { return source_; }
  // 0 to 5 for an argument, 0 for others.
  [[nodiscard]] int index() const { return index_; }
  // The name of a parameter; empty for others.
  [[nodiscard]] const std::string& parameter() const;
  // How many of the lowest bits count. Of a parameter that is known when it is resolved, and here 64.
  [[nodiscard]] int bits() const { return bits_; }
  [[nodiscard]] bool IsLowHalf() const { return bits_ <= 32; }
  // Whether orderings are those of numbers with a sign.
  [[nodiscard]] bool IsSigned() const { return is_signed_; }

  // The same as a signed number: int for Arg32(), long for Arg(). For orderings; nothing else depends on it.
  // Throws Error for Param(), which knows, and for the instruction pointer.
  [[nodiscard]] Operand Signed() const;

  // Equal to one of the values; at least one. Variables and constants may be mixed.
  [[nodiscard]] Condition In(std::vector<Value> values) const;
  // No bit outside `bits` is set. A negative int is sign-extended, as in C.
  [[nodiscard]] Condition OnlyBits(const Value& bits) const;
  // 0 to INT_MAX: a descriptor the kernel can have given out. With Arg(), a set bit in the upper half does
  // not pass.
  [[nodiscard]] Condition NonNegativeFd() const;

  // "arg0", "arg0.low", "arg0.int" and "arg0.long" with a sign, "arg1.low16", "mode" for a parameter (but
  // "param.arg2", which is no argument 2), or "instruction_pointer".
  [[nodiscard]] std::string ToString() const;

  // A filter cannot compare two arguments, and whoever writes `Arg(0) == Arg(1)` should be told so.
  friend bool operator==(const Operand&, const Operand&) = delete;

 private:
  friend Operand InstructionPointer();
  friend Operand Param(std::string_view name);
  Operand(Source source, int index, int bits, bool is_signed);

  Source source_;
  std::uint8_t index_;
  std::uint8_t bits_;
  bool is_signed_;
  // Null unless it is a parameter. Copies share it.
  std::shared_ptr<const std::string> parameter_;
};

// The whole 64-bit argument, its low 32 bits, and the address of the system call instruction.
Operand Arg(int index);
Operand Arg32(int index);
Operand InstructionPointer();

// The parameter of that name, as wide as the kernel reads it, and with its sign: for each call of the rule,
// on each target. Throws Error for an empty name.
Operand Param(std::string_view name);

// `operand & mask`, waiting for what is to be said of it.
struct MaskedOperand {
  Operand operand;
  Value mask;

  // At least one bit of the mask is set; all of them are.
  [[nodiscard]] Condition AnySet() const;
  [[nodiscard]] Condition AllSet() const;
  // The bits of the mask equal one of the values; at least one.
  [[nodiscard]] Condition In(const std::vector<Value>& values) const;
};

enum class Relation : std::uint8_t { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };

// The nodes of a condition tree; Condition::node() is one of them.
struct AlwaysTrue {};
struct Comparison {
  Operand operand;
  Relation relation;
  Value value;
};
struct MaskedEqual {  // (operand & mask) == value
  Operand operand;
  Value mask;
  Value value;
};
struct OneOf {
  Operand operand;
  std::vector<Value> values;
};
struct NoOtherBits {  // (operand & ~bits) == 0
  Operand operand;
  Value bits;
};
class Conjunction {
 public:
  explicit Conjunction(std::vector<Condition> conditions);
  // What is joined, none of it a conjunction itself: `(a && b) && c` are three.
  [[nodiscard]] std::vector<Condition> conditions() const;

 private:
  friend class Condition;
  std::vector<Condition> parts_;
};
class Disjunction {
 public:
  explicit Disjunction(std::vector<Condition> conditions);
  // Likewise: none of it a disjunction.
  [[nodiscard]] std::vector<Condition> conditions() const;

 private:
  friend class Condition;
  std::vector<Condition> parts_;
};
struct Negation {
  std::vector<Condition> condition;  // exactly one
};

// Immutable; copies share what they consist of. What has been moved from can be assigned to, and no more.
class Condition {
 public:
  using Node = std::variant<AlwaysTrue, Comparison, MaskedEqual, OneOf, NoOtherBits, Conjunction, Disjunction,
                            Negation>;

  // How deep a tree may be nested. Chains of && or || count once, however long.
  static constexpr int kMaximumDepth = 500;
  // How many tests there may be, each counted as often as it is joined.
  static constexpr std::size_t kMaximumTests = 1'000'000;

  // Throws Error when the tree is nested deeper than kMaximumDepth, or has more than kMaximumTests; when a
  // value does not fit its operand, and when a list is empty. What can never be true, or always is, may be
  // made this way.
  explicit Condition(Node node);

  [[nodiscard]] const Node& node() const;
  [[nodiscard]] int depth() const;
  [[nodiscard]] bool IsAlwaysTrue() const { return std::holds_alternative<AlwaysTrue>(node()); }

  // As in the examples above: "arg0 == $fd1 && (arg1.low & 0x7f) == 2".
  [[nodiscard]] std::string ToString() const;

 private:
  friend class Conjunction;
  friend class Disjunction;
  struct Tree;
  std::shared_ptr<Tree> tree_;
};

// True for every call.
Condition Always();

Condition operator==(const Operand& operand, const Value& value);
Condition operator!=(const Operand& operand, const Value& value);
Condition operator<(const Operand& operand, const Value& value);
Condition operator<=(const Operand& operand, const Value& value);
Condition operator>(const Operand& operand, const Value& value);
Condition operator>=(const Operand& operand, const Value& value);

// A negative int as a mask is sign-extended, as in C: `Arg(0) & ~4095`.
MaskedOperand operator&(const Operand& operand, const Value& mask);
Condition operator==(const MaskedOperand& masked, const Value& value);
Condition operator!=(const MaskedOperand& masked, const Value& value);

Condition operator&&(const Condition& left, const Condition& right);
Condition operator||(const Condition& left, const Condition& right);
Condition operator!(const Condition& condition);

// && and || over a list that a program builds; an empty list is an Error.
Condition AllOf(std::vector<Condition> conditions);
Condition AnyOf(std::vector<Condition> conditions);

std::ostream& operator<<(std::ostream& out, const Condition& condition);

}  // namespace precompiledseccomp
