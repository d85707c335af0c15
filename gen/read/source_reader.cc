// SPDX-License-Identifier: Apache-2.0

#include "read/source_reader.h"

#include <algorithm>

#include <precompiledseccomp/table_format.h>

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
  void Read(ReadTable& table) {
    tokens_.Expect("using Table = ::precompiledseccomp::ProgramTable<");
    for (std::uint32_t* const size : {&sizes_.programs, &sizes_.variables, &sizes_.places, &sizes_.abis,
                                      &sizes_.instructions, &sizes_.name_bytes}) {
      *size = tokens_.TakeNumber();
      tokens_.Expect(size == &sizes_.name_bytes ? ">;" : ",");
    }
    tokens_.Expect("constexpr Table kTable PRECOMPILEDSECCOMP_TABLE = { .header = Table::MakeHeader(),");
    ReadPrograms();
    ReadNames();
    ReadVariables();
    ReadPlaces();
    ReadAbis();
    ReadInstructions();
    tokens_.Expect("};");
    CheckSizes();
    table.programs = Programs();
    for (const ProgramRecord& record : programs_) table.abis.push_back(Part(abis_, record.abis));
  }

 private:
  struct ProgramRecord {
    ReadRange name, instructions, variables, abis;
    std::uint32_t install_options = 0;
  };
  struct VariableRecord {
    ReadRange name;
    std::uint32_t bits = 0;
    std::uint32_t kind = 0;
    ReadRange places;
  };
  struct Place {
    std::uint32_t instruction = 0;
    std::uint32_t form = 0;
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
      tokens_.Expect(",");
      record.abis = TakeRange();
      tokens_.Expect(",");
      record.install_options = tokens_.TakeNumber();
      tokens_.Expect("),");
    }
    tokens_.Expect("},");
  }

  void ReadVariables() {
    tokens_.Expect(".variables = {");
    if (tokens_.Skip("Table::MakeNoVariable()")) return tokens_.Expect("},");
    while (tokens_.Skip("Table::MakeVariable(")) {
      ExpectIndex(variables_.size());
      VariableRecord& record = variables_.emplace_back();
      record.name = TakeRange();
      tokens_.Expect(",");
      record.bits = tokens_.TakeNumber();
      tokens_.Expect(",");
      record.kind = tokens_.TakeNumber();
      tokens_.Expect(",");
      record.places = TakeRange();
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

  // {number, number}, as often as it is there, up to the end of the array.
  template <typename Pair>
  std::vector<Pair> ReadPairs() {
    std::vector<Pair> pairs;
    while (tokens_.Skip("{")) {
      const std::uint32_t first = tokens_.TakeNumber();
      tokens_.Expect(",");
      pairs.push_back({first, tokens_.TakeNumber()});
      tokens_.Expect("},");
    }
    tokens_.Expect("},");
    return pairs;
  }

  void ReadPlaces() {
    tokens_.Expect(".places = {");
    places_ = ReadPairs<Place>();
  }

  void ReadAbis() {
    tokens_.Expect(".abis = {");
    abis_ = ReadPairs<ReadAbi>();
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
        places_.size() != sizes_.places || abis_.size() != sizes_.abis ||
        instructions_.size() != sizes_.instructions || names_.size() + 1 != sizes_.name_bytes)
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
      program.install = NeedsOf(record.install_options);
    }
    return programs;
  }

  [[nodiscard]] PrecompiledVariable VariableOf(const VariableRecord& record,
                                               const PrecompiledProgram& program) const {
    if (record.bits != 32 && record.bits != 64) Fail("a variable has neither 32 nor 64 bits");
    PrecompiledVariable variable{
        Part(names_, record.name), static_cast<int>(record.bits), KindOf(record.kind), {}, {}};
    for (const Place& place : Part(places_, record.places)) {
      if (place.instruction >= program.instructions.size()) Fail("a variable stands outside of its program");
      const auto half = place.form & ~static_cast<std::uint32_t>(PRECOMPILEDSECCOMP_FORM_FLIPPED);
      if (half == PRECOMPILEDSECCOMP_FORM_HIGH_HALF && record.bits == 64)
        variable.high_offsets.push_back(place.instruction);
      else if (half == 0)
        variable.low_offsets.push_back(place.instruction);
      else
        Fail("a variable stands somewhere in a form that it cannot have");
      if ((place.form & PRECOMPILEDSECCOMP_FORM_FLIPPED) != 0)
        variable.flipped_offsets.push_back(place.instruction);
    }
    std::sort(variable.flipped_offsets.begin(), variable.flipped_offsets.end());
    return variable;
  }

  static Variable::Kind KindOf(std::uint32_t kind) {
    switch (kind) {
      case PRECOMPILEDSECCOMP_KIND_INTEGER:
        return Variable::Kind::kInteger;
      case PRECOMPILEDSECCOMP_KIND_FD:
        return Variable::Kind::kFd;
      case PRECOMPILEDSECCOMP_KIND_PID:
        return Variable::Kind::kPid;
      case PRECOMPILEDSECCOMP_KIND_ERRNO:
        return Variable::Kind::kErrno;
      case PRECOMPILEDSECCOMP_KIND_ANSWER_DATA:
        return Variable::Kind::kAnswerData;
      default:
        Fail("a variable is of an unknown kind");
    }
  }

  static InstallNeeds NeedsOf(std::uint32_t options) {
    const auto take = [&](std::uint32_t option) {
      const bool is_set = (options & option) != 0;
      options &= ~option;
      return is_set;
    };
    InstallNeeds needs;
    needs.tsync = take(PRECOMPILEDSECCOMP_INSTALL_TSYNC);
    needs.log = take(PRECOMPILEDSECCOMP_INSTALL_LOG);
    needs.spec_allow = take(PRECOMPILEDSECCOMP_INSTALL_SPEC_ALLOW);
    needs.new_listener = take(PRECOMPILEDSECCOMP_INSTALL_NEW_LISTENER);
    needs.wait_killable_recv = take(PRECOMPILEDSECCOMP_INSTALL_WAIT_KILLABLE_RECV);
    needs.confirmed_kill_process = take(PRECOMPILEDSECCOMP_INSTALL_CONFIRMED_KILL_PROCESS);
    if (options != 0) Fail("a program has an unknown install option");
    return needs;
  }

  Tokens& tokens_;
  struct {
    std::uint32_t programs, variables, places, abis, instructions, name_bytes;
  } sizes_{};
  std::vector<ProgramRecord> programs_;
  std::string names_;
  std::vector<VariableRecord> variables_;
  std::vector<Place> places_;
  std::vector<ReadAbi> abis_;
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

// Behind RenderedFilter<: the index of the program whose number of instructions it is.
std::uint32_t TakeSizeOf(Tokens& tokens) {
  tokens.Expect("kInstructions[");
  const std::uint32_t index = tokens.TakeNumber();
  tokens.Expect("]>");
  return index;
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
    while (tokens_.Skip("::precompiledseccomp::RenderedFilter<")) ReadOneRendering(has_tables);
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
constexpr ::precompiledseccomp_table_note kNote PRECOMPILEDSECCOMP_NOTE = PRECOMPILEDSECCOMP_NOTE_CONTENT;
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
    TableReader(tokens_).Read(table);
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
    const char* const table = has_tables ? "&embedded::kTable.header" : "nullptr";
    tokens_.Expect(table);
    tokens_.Expect(R"(, name);
}
const ::precompiledseccomp::Program* GetPrecompiled(const char* name) noexcept {
  return ::precompiledseccomp::FindProgram()");
    tokens_.Expect(table);
    tokens_.Expect(R"(, name);
}
::std::span<const ::precompiledseccomp::Program> ListPrecompiled() noexcept {
  return ::precompiledseccomp::ListPrograms()");
    tokens_.Expect(table);
    tokens_.Expect("); }");
  }

  void ReadOneRendering(bool has_tables) {
    ReadRendering& rendering = source_.renderings.emplace_back();
    rendering.size_of = TakeSizeOf(tokens_);
    rendering.struct_name = tokens_.TakeWord();
    tokens_.Expect("::Render() const noexcept { return {");
    if (!has_tables) {
      rendering.stub = tokens_.Take(Kind::kText).text;
      return tokens_.Expect("}; }");
    }
    tokens_.Expect("embedded::ProgramAt(");
    rendering.program = tokens_.TakeNumber();
    tokens_.Expect(")");
    if (tokens_.Skip("}; }")) return;
    tokens_.Expect(", {");
    while (!tokens_.Skip("}}; }")) {
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
#include <cstddef>
#include <span>
#include <string_view>
#include <precompiledseccomp/install.h>
#include <precompiledseccomp/interface.h>
#include <precompiledseccomp/program.h>
#include <precompiledseccomp/version.h>
static_assert(PRECOMPILEDSECCOMP_FORMAT_MAJOR ==)");
    header_.format_major = tokens_.TakeNumber();
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
    ReadInstructionCounts();
    while (tokens_.Skip("struct")) ReadOneStruct();
    CloseNamespaces(tokens_);
    return std::move(header_);
  }

 private:
  // For each target behind its condition, or for a stub, which has none.
  void ReadInstructionCounts() {
    if (!NextIsDirective(tokens_, "#if ")) {
      if (tokens_.Skip("PRECOMPILEDSECCOMP_LOCAL inline constexpr"))
        header_.instruction_counts.emplace_back("", TakeCounts());
      return;
    }
    do {
      std::string condition = TakeDirective(tokens_, header_.instruction_counts.empty() ? "#if " : "#elif ");
      tokens_.Expect("PRECOMPILEDSECCOMP_LOCAL inline constexpr");
      header_.instruction_counts.emplace_back(std::move(condition), TakeCounts());
    } while (NextIsDirective(tokens_, "#elif "));
    TakeDirective(tokens_, "#else");
    TakeDirective(tokens_, "#error ");
    TakeDirective(tokens_, "#endif");
  }

  std::vector<std::uint32_t> TakeCounts() {
    std::vector<std::uint32_t> counts;
    tokens_.Expect("::std::size_t kInstructions[] = {");
    while (!tokens_.Skip("};")) {
      counts.push_back(tokens_.TakeNumber());
      tokens_.Expect(",");
    }
    return counts;
  }

  void ReadOneStruct() {
    ReadStruct& read = header_.structs.emplace_back();
    read.name = tokens_.TakeWord();
    tokens_.Expect("{");
    read.is_filled_by_name = tokens_.Skip(
        "::precompiledseccomp::FilledByName filled_by_name = ::precompiledseccomp::FilledByName::Default();");
    while (tokens_.Skip("::precompiledseccomp::")) {
      const bool is_64_bit = tokens_.Skip("Uint64Variable");
      if (!is_64_bit) tokens_.Expect("Uint32Variable");
      read.variables.emplace_back(tokens_.TakeWord(), is_64_bit ? 64 : 32);
      tokens_.Expect(";");
    }
    tokens_.Expect("PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] ::precompiledseccomp::RenderedFilter<");
    read.size_of = TakeSizeOf(tokens_);
    tokens_.Expect("Render() const noexcept; };");
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
