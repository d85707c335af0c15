// SPDX-License-Identifier: Apache-2.0
//
// Precompiled programs: looking at them and rendering them.
//
// Rendering copies a program's instructions and writes the values of its variables in. By name, for which the
// caller has the room, 32 KiB of it in a Filter:
//
//   const pcs::Program* program = myapp::GetPrecompiled("worker");   // generated; nullptr if there is none
//   static constinit pcs::Filter filter;
//   const auto rendered = program->Render({{"fd1", in}, {"fd2", out}}, filter);
//   if (!rendered.ok()) Fail(rendered.message());
//
// or by the generated structs, into a filter that is as large as the program, and that tells Install() what
// went wrong:
//
//   const auto result = pcs::Install(myapp::Worker{.fd1 = in, .fd2 = out}.Render());
//
// Nothing here allocates, throws, or changes errno; all of it is async-signal-safe and may be called between
// fork (or vfork) and exec. The tables are read-only, so that any number of threads may render one program at
// once with different values. No function has a frame of more than a page, so none steps over the guard page
// of a stack; what the caller makes room for on its own stack is the caller's matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include <linux/filter.h>

#include <precompiledseccomp/filter.h>
#include <precompiledseccomp/interface.h>
#include <precompiledseccomp/render_result.h>
#include <precompiledseccomp/table_format.h>
#include <precompiledseccomp/variable.h>

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

template <std::size_t Programs, std::size_t Variables, std::size_t Places, std::size_t Abis,
          std::size_t Instructions, std::size_t NameBytes>
struct ProgramTable;
class RenderedSpan;

namespace internal {

// For functions in this header, which are compiled as their user compiles: a span is made by functions of the
// C++ library, which the dynamic linker would have to find if they are not optimised (see interface.h).
PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::span<const sock_filter> InstructionsAt(
    const sock_filter* first, std::size_t count) noexcept;

}  // namespace internal

// What a variable is: see table_format.h.
enum class VariableKind : std::uint16_t {
  kInteger = PRECOMPILEDSECCOMP_KIND_INTEGER,
  kFd = PRECOMPILEDSECCOMP_KIND_FD,
  kPid = PRECOMPILEDSECCOMP_KIND_PID,
  kErrno = PRECOMPILEDSECCOMP_KIND_ERRNO,
  kAnswerData = PRECOMPILEDSECCOMP_KIND_ANSWER_DATA,
};

// Where a value stands, and the calls of one architecture: see table_format.h.
using ValuePlace = ::precompiledseccomp_table_place;
using Abi = ::precompiledseccomp_table_abi;

// A variable of a program and the places where its value stands. An element of a table: it finds its name and
// places by their distance from itself, and so can be neither copied nor made by hand.
class VariableRecord {
 public:
  VariableRecord(const VariableRecord&) = delete;
  VariableRecord& operator=(const VariableRecord&) = delete;

  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::string_view name() const noexcept;

  // 32 or 64.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] int bits() const noexcept { return record_.bits; }
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] bool is_64_bit() const noexcept { return bits() == 64; }

  // What rendering refuses. Declared by the definition, or given by the use of the variable as the data of an
  // answer. Of a table that was made by a newer generator, it may be none of the enumerators.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] VariableKind kind() const noexcept {
    return static_cast<VariableKind>(record_.kind);
  }

  // By half, low ones first, and ascending. A 32-bit variable has low halves only. A variable that was
  // optimised away has none, yet must be given a value.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::span<const ValuePlace> places() const noexcept;

 private:
  template <std::size_t, std::size_t, std::size_t, std::size_t, std::size_t, std::size_t>
  friend struct ProgramTable;

  PRECOMPILEDSECCOMP_LOCAL explicit constexpr VariableRecord(
      const precompiledseccomp_table_variable& record) noexcept
      : record_(record) {}

  precompiledseccomp_table_variable record_;
};

// A precompiled program: a name, instructions, and variables. An element of a table, like its variables;
// passed around as a pointer or reference, valid as long as the code that holds the table.
class Program {
 public:
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::string_view name() const noexcept;

  // In the order in which the definition declares them.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::span<const VariableRecord> variables() const noexcept;

  // The instructions before rendering, with 0 where the value of a variable is to stand. Not to be installed
  // by themselves: Install() takes a program without variables as it is.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::span<const sock_filter> instructions() const noexcept;

  // The calls that are answered by the policy; all others get the answer for a bad architecture.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::span<const Abi> abis() const noexcept;

  // What every installation asks for, as the definition has it: PRECOMPILEDSECCOMP_INSTALL_... of
  // table_format.h. Install() sees to it where it is given a rendering or the program.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::uint32_t install_options() const noexcept {
    return record_.install_options;
  }

  // Writes the program with these values into `filter`. Every variable of the program needs exactly one
  // value, in any order. On an error `filter` is empty, never half written. Errors are all of
  // RenderErrorCode but kBufferTooSmall and kStub.
  //
  // Takes time in proportion to the instructions, plus the number of variables squared.
  PRECOMPILEDSECCOMP_LOCAL RenderResult Render(std::span<const VariableValue> values,
                                               Filter& filter) const noexcept;
  PRECOMPILEDSECCOMP_LOCAL RenderResult Render(std::initializer_list<VariableValue> values,
                                               Filter& filter) const noexcept;

  // The same into the caller's buffer, which must have room for all of instructions(), and must live as long
  // as what is returned. Also kBufferTooSmall. On an error, the buffer is filled with instructions that
  // refuse all calls.
  //
  //   sock_filter buffer[64];
  //   const auto result = pcs::Install(program->RenderInto({{"fd1", in}, {"fd2", out}}, buffer));
  PRECOMPILEDSECCOMP_LOCAL RenderedSpan RenderInto(std::span<const VariableValue> values,
                                                   InstructionBuffer buffer) const noexcept;
  PRECOMPILEDSECCOMP_LOCAL RenderedSpan RenderInto(std::initializer_list<VariableValue> values,
                                                   InstructionBuffer buffer) const noexcept;

 private:
  template <std::size_t, std::size_t, std::size_t, std::size_t, std::size_t, std::size_t>
  friend struct ProgramTable;
  template <std::size_t>
  friend class RenderedFilter;

  PRECOMPILEDSECCOMP_LOCAL explicit constexpr Program(const precompiledseccomp_table_program& record) noexcept
      : record_(record) {}

  // The values in the order of variables(), for the generated structs. `capacity` is the number of
  // instructions. On an error, the buffer is filled with instructions that refuse all calls.
  PRECOMPILEDSECCOMP_LOCAL RenderResult RenderInOrder(std::initializer_list<std::uint64_t> values,
                                                      sock_filter* buffer,
                                                      std::size_t capacity) const noexcept;
  PRECOMPILEDSECCOMP_LOCAL RenderResult RenderInOrder(sock_filter* buffer,
                                                      std::size_t capacity) const noexcept;

  // After a check: writes instructions and values into the buffer, which is large enough.
  PRECOMPILEDSECCOMP_LOCAL void Write(std::span<const VariableValue> values,
                                      sock_filter* buffer) const noexcept;

  precompiledseccomp_table_program record_;
};

// A filter that was rendered into the caller's buffer, or what went wrong. Installed by Install(). Does not
// own the buffer.
class [[nodiscard]] RenderedSpan {
 public:
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] bool ok() const noexcept { return result_.ok(); }
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const RenderResult& result() const noexcept { return result_; }
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const char* message() const noexcept { return result_.message(); }

  // None on an error.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::span<const sock_filter> instructions() const noexcept;
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  friend class FilterView;
  friend class Program;

  PRECOMPILEDSECCOMP_LOCAL RenderedSpan(const sock_filter* instructions, std::uint32_t size,
                                        std::uint32_t install_options) noexcept
      : instructions_(instructions), size_(size), install_options_(install_options) {}
  PRECOMPILEDSECCOMP_LOCAL explicit RenderedSpan(const RenderResult& error) noexcept : result_(error) {}

  RenderResult result_;
  const sock_filter* instructions_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t install_options_ = 0;
};

// A filter that was rendered by a generated struct, with room for exactly its instructions, or what went
// wrong: Install() says it. May be copied, and kept as long as is wanted.
template <std::size_t Instructions>
class [[nodiscard]] RenderedFilter {
 public:
  // For the generated functions, which are compiled as their user compiles, and so call nothing of the C++
  // library (see interface.h): renders the program with a value for each of its variables, in their order.
  PRECOMPILEDSECCOMP_LOCAL RenderedFilter(const Program& program,
                                          std::initializer_list<std::uint64_t> values) noexcept
      : result_(program.RenderInOrder(values, instructions_, Instructions)),
        install_options_(program.install_options()) {}
  PRECOMPILEDSECCOMP_LOCAL RenderedFilter(const Program& program) noexcept
      : result_(program.RenderInOrder(instructions_, Instructions)),
        install_options_(program.install_options()) {}

  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] bool ok() const noexcept { return result_.ok(); }
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const RenderResult& result() const noexcept { return result_; }
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const char* message() const noexcept { return result_.message(); }

  // None on an error. Valid until the filter changes or ends.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::span<const sock_filter> instructions() const noexcept {
    return internal::InstructionsAt(instructions_, size());
  }
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::size_t size() const noexcept {
    return result_.ok() ? Instructions : 0;
  }

 private:
  friend class FilterView;

  RenderResult result_;
  std::uint32_t install_options_;
  sock_filter instructions_[Instructions];
};

// What the structs of a stub (--stub) render: always an error.
template <>
class [[nodiscard]] RenderedFilter<0> {
 public:
  PRECOMPILEDSECCOMP_LOCAL RenderedFilter(const char* program) noexcept
      : result_(RenderErrorCode::kStub, program) {}

  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] bool ok() const noexcept { return result_.ok(); }
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const RenderResult& result() const noexcept { return result_; }
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const char* message() const noexcept { return result_.message(); }
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::span<const sock_filter> instructions() const noexcept {
    return internal::InstructionsAt(nullptr, 0);
  }
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::size_t size() const noexcept { return 0; }

 private:
  friend class FilterView;

  RenderResult result_;
};

// The program of this name, or nullptr. `programs` are sorted by name, as bytes; takes logarithmic time.
PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const Program* FindProgram(std::span<const Program> programs,
                                                                  std::string_view name) noexcept;

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
