// SPDX-License-Identifier: Apache-2.0
//
// Precompiled programs: looking at them and rendering them.
//
// Rendering copies a program's instructions and writes the values of its variables in:
//
//   const pcs::Program* program = myapp::GetPrecompiled("worker");   // generated; nullptr if there is none
//   pcs::Filter filter;
//   if (auto error = program->Render({{"fd1", in}, {"fd2", out}}, filter)) Fail(error.message());
//
// Nothing here allocates, throws, or changes errno; all of it is async-signal-safe and may be called between
// fork (or vfork) and exec. The tables are read-only, so that any number of threads may render one program at
// once with different values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include <linux/filter.h>

#include <precompiledseccomp/filter.h>
#include <precompiledseccomp/interface.h>
#include <precompiledseccomp/render_error.h>
#include <precompiledseccomp/variable.h>

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

template <std::size_t Programs, std::size_t Variables, std::size_t Offsets, std::size_t Instructions,
          std::size_t NameBytes>
struct ProgramTable;

namespace internal {

// Where a part of a table is, in bytes from the record that refers to it, and how many elements it has.
struct TablePlace {
  std::int32_t distance = 0;
  std::uint32_t count = 0;
};

}  // namespace internal

// A variable of a program and the places where its value stands. An element of a generated table: it finds
// its name and offsets by their distance from itself, and so can be neither copied nor made by hand.
class VariableRecord {
 public:
  // No variable: the filler of a table whose programs have none.
  PRECOMPILEDSECCOMP_LOCAL constexpr VariableRecord() noexcept = default;

  VariableRecord(const VariableRecord&) = delete;
  VariableRecord& operator=(const VariableRecord&) = delete;

  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::string_view name() const noexcept;
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] bool is_64_bit() const noexcept { return is_64_bit_ != 0; }
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] int bits() const noexcept { return is_64_bit() ? 64 : 32; }

  // Indexes of the instructions whose operand `k` is the low, or the high, half of the value. Ascending. A
  // 32-bit variable has low ones only. A variable that was optimised away has none, yet must be given a
  // value.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::span<const std::uint32_t> low_offsets() const noexcept;
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::span<const std::uint32_t> high_offsets() const noexcept;

 private:
  template <std::size_t, std::size_t, std::size_t, std::size_t, std::size_t>
  friend struct ProgramTable;

  using Place = internal::TablePlace;

  PRECOMPILEDSECCOMP_LOCAL constexpr VariableRecord(Place name, bool is_64_bit, Place low,
                                                    Place high) noexcept
      : name_(name), low_(low), high_(high), is_64_bit_(is_64_bit ? 1 : 0) {}

  Place name_;
  Place low_;
  Place high_;
  std::uint32_t is_64_bit_ = 0;
};

// A precompiled program: a name, instructions, and variables. An element of a generated table, like its
// variables; passed around as a pointer or reference, valid as long as the code that holds the table.
class Program {
 public:
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::string_view name() const noexcept;

  // In the order in which the definition declares them.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::span<const VariableRecord> variables() const noexcept;

  // The instructions before rendering, with 0 where the value of a variable is to stand. Installing these is
  // only right for a program without variables, and rendering such a program needs no values either.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::span<const sock_filter> instructions() const noexcept;

  // Writes the program with these values into `filter`. Every variable of the program needs exactly one
  // value, in any order. On an error `filter` is empty, never half written: kMissingVariable,
  // kUnknownVariable, kDuplicateVariable, kValueTooLarge.
  //
  // Takes time in proportion to the instructions, plus the number of variables squared.
  PRECOMPILEDSECCOMP_LOCAL RenderError Render(std::span<const VariableValue> values,
                                              Filter& filter) const noexcept;
  PRECOMPILEDSECCOMP_LOCAL RenderError Render(std::initializer_list<VariableValue> values,
                                              Filter& filter) const noexcept;

  // For the generated typed structs: one value for each variable, in the order of variables(); none for a
  // program without. Another number of values gives an empty filter, which Install() refuses.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] Filter RenderInOrder() const noexcept;
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] Filter RenderInOrder(
      std::initializer_list<std::uint64_t> values) const noexcept;

 private:
  template <std::size_t, std::size_t, std::size_t, std::size_t, std::size_t>
  friend struct ProgramTable;

  using Place = internal::TablePlace;

  PRECOMPILEDSECCOMP_LOCAL constexpr Program(Place name, Place instructions, Place variables) noexcept
      : name_(name), instructions_(instructions), variables_(variables) {}

  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] RenderError Check(
      std::span<const VariableValue> values) const noexcept;
  PRECOMPILEDSECCOMP_LOCAL static void Write(const VariableRecord& variable, std::uint64_t value,
                                             Filter& filter) noexcept;

  Place name_;
  Place instructions_;
  Place variables_;
};

// The program of this name, or nullptr. `programs` are sorted by name, as bytes; takes logarithmic time.
PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const Program* FindProgram(std::span<const Program> programs,
                                                                  std::string_view name) noexcept;

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
