// SPDX-License-Identifier: Apache-2.0
//
// Conditions: tests over the six arguments of a system call and its instruction pointer.
//
//   Arg(0) == v["fd"]                           the whole 64-bit argument
//   Arg32(0) == AT_FDCWD                        its low half: parameters the kernel reads as int or unsigned
//   (Arg(1) & 0x7f) == 2                        masked equality
//   Arg32(1).In({F_GETFD, F_SETFD, F_GETFL})    membership
//   Arg32(2).OnlyBits(PROT_READ | PROT_WRITE)   no other bit is set
//   Arg32(0).NonNegativeFd()                    0 to INT_MAX
//   InstructionPointer() >= 0x7f0000000000      the address of the system call instruction
//   Arg(0) == 1 && (Arg(1) < 4096 || !(Arg(2) == 0))   and, or, not; nested at will
//
// The grammar:
//
//   condition  = operand relation value
//              | (operand & value) == value | (operand & value) != value
//              | operand.In({value, ...}) | operand.OnlyBits(value) | operand.NonNegativeFd()
//              | condition && condition | condition || condition | !condition
//              | AllOf({...}) | AnyOf({...}) | Always()
//   operand    = Arg(0..5) | Arg32(0..5) | InstructionPointer()
//   relation   = == != < <= > >=                       unsigned
//   value      = any integer | a variable
//
// Which width? The kernel reads an `int` parameter from the low half and ignores the rest, which a caller may
// fill with anything: a whole-argument test refuses harmless calls, and as a test to refuse something it can
// be evaded. A 64-bit parameter (a pointer, size or offset) tested with Arg32 can be evaded through its upper
// half. So: Arg32 for int and unsigned, Arg for everything else.
//
// Conditions are values: copy and keep them freely. Building one throws Error when it can never be true (a
// masked value with bits outside the mask, a 33-bit value for a low half, an empty set), when an argument
// index is not 0 to 5, and when a whole argument is compared with a negative int (use Arg32, or a 64-bit
// constant if that is what is meant). A 32-bit variable compared with a whole argument is zero-extended. Not
// for use after fork.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <variant>
#include <vector>

#include <precompiledseccomp/value.h>

namespace precompiledseccomp {

class Condition;

// What a test looks at.
class Operand {
 public:
  enum class Source : std::uint8_t { kArgument, kInstructionPointer };

  [[nodiscard]] Source source() const { return source_; }
  // 0 to 5 for an argument, 0 for the instruction pointer.
  [[nodiscard]] int index() const { return index_; }
  [[nodiscard]] bool IsLowHalf() const { return low_half_; }

  // Equal to one of the values; at least one. Variables and constants may be mixed.
  [[nodiscard]] Condition In(std::vector<Value> values) const;
  // No bit outside `bits` is set. A negative int is sign-extended, as in C.
  [[nodiscard]] Condition OnlyBits(const Value& bits) const;
  // 0 to INT_MAX: a descriptor the kernel can have given out. With Arg(), a set bit in the upper half does
  // not pass.
  [[nodiscard]] Condition NonNegativeFd() const;

  // "arg0", "arg0.low" or "instruction_pointer".
  [[nodiscard]] std::string ToString() const;

  // A filter cannot compare two arguments, and whoever writes `Arg(0) == Arg(1)` should be told so.
  friend bool operator==(const Operand&, const Operand&) = delete;

 private:
  friend Operand Arg(int index);
  friend Operand Arg32(int index);
  friend Operand InstructionPointer();
  Operand(Source source, int index, bool low_half);

  Source source_;
  std::uint8_t index_;
  bool low_half_;
};

// The whole 64-bit argument, its low 32 bits, and the address of the system call instruction.
Operand Arg(int index);
Operand Arg32(int index);
Operand InstructionPointer();

// `operand & mask`, waiting for == or !=.
struct MaskedOperand {
  Operand operand;
  Value mask;
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
struct Conjunction {
  std::vector<Condition> conditions;
};
struct Disjunction {
  std::vector<Condition> conditions;
};
struct Negation {
  std::vector<Condition> condition;  // exactly one
};

class Condition {
 public:
  using Node = std::variant<AlwaysTrue, Comparison, MaskedEqual, OneOf, NoOtherBits, Conjunction, Disjunction,
                            Negation>;

  // How deep a tree may be nested. Chains of && or || count once, however long.
  static constexpr int kMaximumDepth = 500;

  // Throws Error when the tree is nested deeper than kMaximumDepth, when a value does not fit its operand,
  // and when a list is empty.
  explicit Condition(Node node);

  [[nodiscard]] const Node& node() const { return node_; }
  [[nodiscard]] int depth() const { return depth_; }
  [[nodiscard]] bool IsAlwaysTrue() const { return std::holds_alternative<AlwaysTrue>(node_); }

  // As in the examples above: "arg0 == $fd1 && (arg1.low & 0x7f) == 2".
  [[nodiscard]] std::string ToString() const;

 private:
  Node node_;
  int depth_ = 1;
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
