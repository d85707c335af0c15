// SPDX-License-Identifier: Apache-2.0

#include "read/source_reader.h"

#include <algorithm>

namespace precompiledseccomp::gen {
namespace {

using Kind = Token::Kind;

[[noreturn]] void Fail(const std::string& what) {
  throw Unreadable(what);
}

struct ReadRange {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

// The elements in a range of an array, which must have them.
template <typename Array>
Array Part(const Array& array, const ReadRange& range) {
  if (range.first > array.size() || range.count > array.size() - range.first)
    Fail("a range is outside of its array");
  const auto begin = array.begin() + static_cast<std::ptrdiff_t>(range.first);
  return Array(begin, begin + static_cast<std::ptrdiff_t>(range.count));
}

class TableReader {
 public:
  explicit TableReader(Tokens& tokens) : tokens_(tokens) {}

  // From the template arguments to the end of the object.
  std::vector<PrecompiledProgram> Read() {
    tokens_.Expect("using Table = ::precompiledseccomp::ProgramTable<");
    for (std::uint32_t* const size :
         {&sizes_.programs, &sizes_.variables, &sizes_.offsets, &sizes_.instructions, &sizes_.name_bytes}) {
      *size = tokens_.TakeNumber();
      tokens_.Expect(size == &sizes_.name_bytes ? ">;" : ",");
    }
    tokens_.Expect("constexpr Table kTable = {");
    ReadPrograms();
    ReadNames();
    ReadVariables();
    ReadOffsets();
    ReadInstructions();
    tokens_.Expect("};");
    CheckSizes();
    return Programs();
  }

 private:
  struct ProgramRecord {
    ReadRange name, instructions, variables;
  };
  struct VariableRecord {
    ReadRange name;
    std::uint32_t bits = 0;
    ReadRange low, high;
  };

  ReadRange TakeRange() {
    ReadRange range;
    tokens_.Expect("{");
    range.first = tokens_.TakeNumber();
    tokens_.Expect(",");
    range.count = tokens_.TakeNumber();
    tokens_.Expect("}");
    return range;
  }

  // `index` as the first argument of a record's constructor.
  void ExpectIndex(std::size_t index) {
    if (tokens_.TakeNumber() != index) Fail("a record does not have the index of its place");
    tokens_.Expect(",");
  }

  void ReadPrograms() {
    tokens_.Expect(".programs = {");
    while (tokens_.Skip("Table::MakeProgram(")) {
      ExpectIndex(programs_.size());
      ProgramRecord& record = programs_.emplace_back();
      record.name = TakeRange();
      tokens_.Expect(",");
      record.instructions = TakeRange();
      tokens_.Expect(",");
      record.variables = TakeRange();
      tokens_.Expect("),");
    }
    tokens_.Expect("},");
  }

  void ReadVariables() {
    tokens_.Expect(".variables = {");
    while (tokens_.Skip("Table::MakeVariable(")) {
      ExpectIndex(variables_.size());
      VariableRecord& record = variables_.emplace_back();
      record.name = TakeRange();
      tokens_.Expect(",");
      record.bits = tokens_.TakeNumber();
      tokens_.Expect(",");
      record.low = TakeRange();
      tokens_.Expect(",");
      record.high = TakeRange();
      tokens_.Expect("),");
    }
    tokens_.Expect("},");
  }

  // Literals, which the compiler joins, or characters.
  void ReadNames() {
    tokens_.Expect(".names =");
    if (tokens_.Skip("{")) {
      while (tokens_.Next().kind == Kind::kCharacter) {
        names_ += tokens_.Take(Kind::kCharacter).text;
        tokens_.Expect(",");
      }
      tokens_.Expect("},");
      return;
    }
    while (tokens_.Next().kind == Kind::kText) names_ += tokens_.Take(Kind::kText).text;
    constexpr std::size_t kLongestLiteral = 65535;
    if (names_.size() > kLongestLiteral) Fail("a literal that compilers need not accept");
    tokens_.Expect(",");
  }

  void ReadOffsets() {
    tokens_.Expect(".offsets = {");
    while (tokens_.Next().kind == Kind::kNumber) {
      offsets_.push_back(tokens_.TakeNumber());
      tokens_.Expect(",");
    }
    tokens_.Expect("},");
  }

  // A number that must not become narrower.
  template <typename T>
  T TakeNumberAs() {
    const std::uint32_t number = tokens_.TakeNumber();
    if (number != static_cast<T>(number)) Fail("a number is too large: " + std::to_string(number));
    return static_cast<T>(number);
  }

  void ReadInstructions() {
    tokens_.Expect(".instructions = {");
    while (tokens_.Skip("{")) {
      sock_filter& instruction = instructions_.emplace_back();
      instruction.code = TakeNumberAs<std::uint16_t>();
      tokens_.Expect(",");
      instruction.jt = TakeNumberAs<std::uint8_t>();
      tokens_.Expect(",");
      instruction.jf = TakeNumberAs<std::uint8_t>();
      tokens_.Expect(",");
      instruction.k = tokens_.TakeNumber();
      tokens_.Expect("},");
    }
    tokens_.Expect("},");
  }

  void CheckSizes() const {
    if (programs_.size() != sizes_.programs || variables_.size() != sizes_.variables ||
        offsets_.size() != sizes_.offsets || instructions_.size() != sizes_.instructions ||
        names_.size() + 1 != sizes_.name_bytes)
      Fail("an array does not have as many elements as the table says");
  }

  [[nodiscard]] std::vector<PrecompiledProgram> Programs() const {
    std::vector<PrecompiledProgram> programs;
    for (const ProgramRecord& record : programs_) {
      PrecompiledProgram& program = programs.emplace_back();
      program.name = Part(names_, record.name);
      program.instructions = Part(instructions_, record.instructions);
      if (program.instructions.size() > BPF_MAXINSNS) Fail("a program is too long");
      for (const VariableRecord& variable : Part(variables_, record.variables))
        program.variables.push_back(VariableOf(variable, program));
    }
    return programs;
  }

  [[nodiscard]] PrecompiledVariable VariableOf(const VariableRecord& record,
                                               const PrecompiledProgram& program) const {
    if (record.bits != 32 && (record.bits != 64)) Fail("a variable has neither 32 nor 64 bits");
    if (record.bits == 32 && record.high.count != 0) Fail("a variable of 32 bits has a high half");
    PrecompiledVariable variable{Part(names_, record.name), static_cast<int>(record.bits),
                                 Part(offsets_, record.low), Part(offsets_, record.high)};
    for (const auto* offsets : {&variable.low_offsets, &variable.high_offsets})
      for (const std::uint32_t offset : *offsets)
        if (offset >= program.instructions.size()) Fail("a variable stands outside of its program");
    return variable;
  }

  Tokens& tokens_;
  struct {
    std::uint32_t programs, variables, offsets, instructions, name_bytes;
  } sizes_{};
  std::vector<ProgramRecord> programs_;
  std::string names_;
  std::vector<VariableRecord> variables_;
  std::vector<std::uint32_t> offsets_;
  std::vector<sock_filter> instructions_;
};

// The next line must be a directive that begins with `start`; the rest of it.
bool NextIsDirective(const Tokens& tokens, std::string_view start) {
  return tokens.Next().kind == Kind::kDirective && tokens.Next().text.starts_with(start);
}
std::string TakeDirective(Tokens& tokens, std::string_view start) {
  if (!NextIsDirective(tokens, start)) tokens.Fail(std::string(start));
  return std::string(tokens.Take(Kind::kDirective).text.substr(start.size()));
}

// The namespace, and the one named after the content inside of it.
void OpenNamespaces(Tokens& tokens, std::string& name_space, std::string& content_name) {
  tokens.Expect("namespace");
  name_space = tokens.TakeWord();
  while (tokens.Skip("::")) name_space += "::" + tokens.TakeWord();
  tokens.Expect("{ inline namespace");
  content_name = tokens.TakeWord();
  tokens.Expect("{");
}

void CloseNamespaces(Tokens& tokens) {
  tokens.Expect("} }");
  if (tokens.Next().kind != Kind::kEnd) tokens.Fail("the end");
}

// "    // " + something: the lines of comments that begin so, without that.
std::vector<std::string_view> CommentLines(std::string_view comments) {
  constexpr std::string_view kBegin = "// ";
  std::vector<std::string_view> lines;
  while (!comments.empty()) {
    const std::size_t end = std::min(comments.find('\n'), comments.size());
    const std::string_view line = comments.substr(0, end);
    if (line.starts_with(kBegin)) lines.push_back(line.substr(kBegin.size()));
    comments.remove_prefix(std::min(end + 1, comments.size()));
  }
  return lines;
}

ReadProofNotes ReadProofs(std::string_view comments) {
  constexpr std::string_view kException = "  NOT PROVED: ";
  ReadProofNotes notes;
  for (const std::string_view line : CommentLines(comments)) {
    if (line.starts_with("Proved of every program")) notes.proved_but_for = true;
    if (!line.starts_with(kException)) continue;
    const std::string_view exception = line.substr(kException.size());
    const std::size_t name = exception.find(" (");
    if (name == std::string_view::npos || exception.back() != ')')
      Fail("it is not said why it is not proved");
    notes.not_proved.emplace(exception.substr(0, name),
                             exception.substr(name + 2, exception.size() - name - 3));
  }
  return notes;
}

class SourceReader {
 public:
  explicit SourceReader(std::string_view text) : tokens_(text) {}

  ReadSource Read() {
    source_.header = TakeDirective(tokens_, "#include \"");
    if (source_.header.empty() || source_.header.back() != '"') tokens_.Fail("the name of a header");
    source_.header.pop_back();
    const bool has_tables = NextIsDirective(tokens_, "#include <cstddef>");
    if (has_tables) tokens_.Expect("#include <cstddef>\n#include <sys/syscall.h>");
    tokens_.Expect("#include <precompiledseccomp/program_table.h>");
    OpenNamespaces(tokens_, source_.name_space, source_.content_name);
    if (has_tables) ReadTables();
    ReadLookups(has_tables);
    while (tokens_.Skip("::precompiledseccomp::Filter")) ReadOneRendering(has_tables);
    CloseNamespaces(tokens_);
    return std::move(source_);
  }

 private:
  void ReadTables() {
    source_.tables.push_back(TakeTable("#if "));
    while (NextIsDirective(tokens_, "#elif ")) source_.tables.push_back(TakeTable("#elif "));
    TakeDirective(tokens_, "#else");
    TakeDirective(tokens_, "#error ");
    TakeDirective(tokens_, "#endif");
    tokens_.Expect(R"(
namespace { namespace embedded {
[[gnu::noinline]] const ::precompiledseccomp::Program& ProgramAt(::std::size_t index) noexcept {
  return kTable.programs[index];
}
} })");
  }

  ReadTable TakeTable(std::string_view directive) {
    ReadTable table;
    table.condition = TakeDirective(tokens_, directive);
    while (NextIsDirective(tokens_, "#ifdef __NR_")) table.used_syscalls.push_back(TakeNumberCheck());
    table.proof_notes = ReadProofs(tokens_.Comments());
    tokens_.Expect("namespace { namespace embedded {");
    table.programs = TableReader(tokens_).Read();
    tokens_.Expect("} }");
    return table;
  }

  UsedSyscall TakeNumberCheck() {
    UsedSyscall used;
    used.name = TakeDirective(tokens_, "#ifdef __NR_");
    tokens_.Expect("static_assert(");
    if (tokens_.TakeWord() != "__NR_" + used.name) Fail("the number of another call is checked");
    tokens_.Expect("==");
    used.number = tokens_.TakeNumber();
    tokens_.Expect(");");
    TakeDirective(tokens_, "#endif");
    return used;
  }

  void ReadLookups(bool has_tables) {
    tokens_.Expect(R"(
const ::precompiledseccomp::Program* GetPrecompiled(::std::string_view name) noexcept {
  return ::precompiledseccomp::FindProgram()");
    source_.listed_programs = TakePrograms(has_tables);
    tokens_.Expect(R"(, name);
}
const ::precompiledseccomp::Program* GetPrecompiled(const char* name) noexcept {
  return ::precompiledseccomp::FindProgram()");
    const std::uint32_t found_by_text = TakePrograms(has_tables);
    tokens_.Expect(R"(, name);
}
::std::span<const ::precompiledseccomp::Program> ListPrecompiled() noexcept {
  return ::precompiledseccomp::ListPrograms()");
    const std::uint32_t listed = TakePrograms(has_tables);
    tokens_.Expect("); }");
    if (found_by_text != source_.listed_programs || listed != source_.listed_programs)
      Fail("the look-ups search different numbers of programs");
  }

  // What a look-up is about; how many programs these are.
  std::uint32_t TakePrograms(bool has_tables) {
    tokens_.Expect(has_tables ? "embedded::kTable.programs," : "nullptr,");
    return tokens_.TakeNumber();
  }

  void ReadOneRendering(bool has_tables) {
    ReadRendering& rendering = source_.renderings.emplace_back();
    rendering.struct_name = tokens_.TakeWord();
    tokens_.Expect("::Render() const noexcept { return");
    if (!has_tables) return tokens_.Expect("{}; }");
    tokens_.Expect("embedded::ProgramAt(");
    rendering.program = tokens_.TakeNumber();
    tokens_.Expect(").RenderInOrder(");
    if (tokens_.Skip("); }")) return;
    tokens_.Expect("{");
    while (!tokens_.Skip("}); }")) {
      if (!rendering.variables.empty()) tokens_.Expect(",");
      rendering.variables.push_back(tokens_.TakeWord());
      tokens_.Expect(".value()");
    }
  }

  Tokens tokens_;
  ReadSource source_;
};

class HeaderReader {
 public:
  explicit HeaderReader(std::string_view text) : tokens_(text) {}

  ReadHeader Read() {
    tokens_.Expect(R"(#pragma once
#include <span>
#include <string_view>
#include <precompiledseccomp/install.h>
#include <precompiledseccomp/interface.h>
#include <precompiledseccomp/program.h>
#include <precompiledseccomp/version.h>
static_assert(PRECOMPILEDSECCOMP_FORMAT_MAJOR ==)");
    header_.format_major = tokens_.TakeNumber();
    tokens_.Expect("&& PRECOMPILEDSECCOMP_FORMAT_MINOR >=");
    header_.format_minor = tokens_.TakeNumber();
    tokens_.Expect(",");
    while (tokens_.Next().kind == Kind::kText) tokens_.Take(Kind::kText);  // for people
    tokens_.Expect(");");
    OpenNamespaces(tokens_, header_.name_space, header_.content_name);
    tokens_.Expect("PRECOMPILEDSECCOMP_LOCAL inline constexpr bool kPrecompilationDisabledAtBuildTime =");
    header_.is_stub = tokens_.Skip("true");
    if (!header_.is_stub) tokens_.Expect("false");
    tokens_.Expect(R"(;
PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const ::precompiledseccomp::Program* GetPrecompiled(
    ::std::string_view name) noexcept;
PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const ::precompiledseccomp::Program* GetPrecompiled(
    const char* name) noexcept;
PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] ::std::span<const ::precompiledseccomp::Program>
ListPrecompiled() noexcept;)");
    while (tokens_.Skip("struct")) ReadOneStruct();
    CloseNamespaces(tokens_);
    return std::move(header_);
  }

 private:
  void ReadOneStruct() {
    ReadStruct& read = header_.structs.emplace_back();
    read.name = tokens_.TakeWord();
    tokens_.Expect("{");
    while (tokens_.Skip("::precompiledseccomp::")) {
      const bool is_64_bit = tokens_.Skip("Uint64Variable");
      if (!is_64_bit) tokens_.Expect("Uint32Variable");
      read.variables.emplace_back(tokens_.TakeWord(), is_64_bit ? 64 : 32);
      tokens_.Expect(";");
    }
    tokens_.Expect(
        "PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] ::precompiledseccomp::Filter Render() const noexcept; };");
  }

  Tokens tokens_;
  ReadHeader header_;
};

}  // namespace

ReadSource ReadGeneratedSource(std::string_view text) {
  return SourceReader(text).Read();
}

ReadHeader ReadGeneratedHeader(std::string_view text) {
  return HeaderReader(text).Read();
}

}  // namespace precompiledseccomp::gen
