// SPDX-License-Identifier: Apache-2.0
//
// The generated sources: compiled by both compilers with all warnings, linked, and run.
#include <algorithm>
#include <sstream>
#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/precompile.h>
#include <precompiledseccomp/table_format.h>

#include "bpf/disassembler.h"
#include "modules/good.h"
#include "run.h"
#include "section_reader.h"

namespace precompiledseccomp::gen {
namespace {

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;

const char* const kCompilers[] = {"g++", "clang++"};

const Words kStrict = {"-std=c++20", "-Wall",   "-Wextra", "-Wpedantic",      "-Wconversion",
                       "-Wshadow",   "-Werror", "-I",      RUNTIME "/include"};

bool IsMissing(const std::string& compiler) {
  if (Exists(compiler)) return false;
  BOOST_TEST_MESSAGE("skipped: needs " << compiler);
  return true;
}

// Fails the test with what the command printed, unless it succeeds.
std::string Succeed(const Words& command) {
  const Outcome outcome = Run(command);
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, command.front() << ": " << outcome.err << outcome.out);
  return outcome.out;
}

// Of the machine that runs this test; in a cross build the generator's default is another one.
Words NativeArch() {
  return {"--arch", std::string(NativeTarget().name)};
}

// Writes f.cc and f.h.
void Generate(const std::string& module, const TemporaryFolder& folder,
              const Words& arguments = NativeArch()) {
  const Outcome outcome = RunGenerator(module, SourcesIn(folder) + arguments);
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
}

Words SourcesOfRuntime() {
  Words sources;
  for (const auto& entry : fs::directory_iterator(RUNTIME))
    if (entry.path().extension() == ".cc") sources.push_back(entry.path());
  std::sort(sources.begin(), sources.end());
  return sources;
}

// Builds one of applications/ with f.cc and f.h, runs it, and returns what it printed.
std::string RunApplication(const std::string& compiler, const std::string& name,
                           const TemporaryFolder& folder) {
  const std::string program = folder / name;
  Succeed(Words{compiler} + kStrict +
          Words{"-I", folder.path(), APPLICATIONS "/" + name + ".cc", folder / "f.cc", "-o", program} +
          SourcesOfRuntime());
  return Succeed({program});
}

// As applications/print_rendered.cc does it, from the definitions.
std::string ExpectedPrint() {
  std::vector<ProgramDefinition> definitions = GoodPrograms();
  std::sort(definitions.begin(), definitions.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  std::string text;
  for (const ProgramDefinition& definition : definitions) {
    const PrecompiledProgram program = Precompile(definition, NativeTarget());
    std::vector<std::uint64_t> values;
    for (const PrecompiledVariable& variable : program.variables) {
      const std::uint64_t low = 0x80000001 + values.size() * 0x01010101;
      const std::uint64_t integer = variable.bits == 64 ? std::uint64_t{0x12345678} << 32 | low : low;
      values.push_back(variable.kind == Variable::Kind::kErrno ? 0xabc : integer);
    }
    text += definition.name + "\n";
    for (const sock_filter& instruction : Render(program, values))
      text += std::to_string(instruction.code) + " " + std::to_string(instruction.jt) + " " +
              std::to_string(instruction.jf) + " " + std::to_string(instruction.k) + "\n";
  }
  return text;
}

BOOST_AUTO_TEST_SUITE(sources)

BOOST_DATA_TEST_CASE(RenderedProgramsAreThoseOfTheDefinitions, data::make(kCompilers), compiler) {
  if (IsMissing(compiler)) return;
  const TemporaryFolder folder;
  Generate("good", folder);
  BOOST_TEST(RunApplication(compiler, "print_rendered", folder) == ExpectedPrint());
}

BOOST_DATA_TEST_CASE(AModuleWithoutProgramsGivesSourcesThatFindNothing, data::make(kCompilers), compiler) {
  if (IsMissing(compiler)) return;
  const TemporaryFolder folder;
  Generate("empty", folder);
  RunApplication(compiler, "no_programs", folder);
}

BOOST_DATA_TEST_CASE(StubsFindNothing, data::make(kCompilers), compiler) {
  if (IsMissing(compiler)) return;
  const TemporaryFolder folder;
  Generate("good", folder, {"--stub"});
  RunApplication(compiler, "stub", folder);
}

BOOST_DATA_TEST_CASE(TheSourcesCompileWithoutExceptionsAndAtAnyOptimisation, data::make(kCompilers),
                     compiler) {
  if (IsMissing(compiler)) return;
  const TemporaryFolder folder;
  for (const Words& arguments :
       {NativeArch(), Words{"--stub"}, Words{"--arch", "aarch64", "--arch", "x86_64"}}) {
    Generate("good", folder, arguments);
    for (const char* const optimisation : {"-O0", "-O2"})
      Succeed(Words{compiler} + kStrict +
              Words{optimisation, "-fno-exceptions", "-fno-rtti", "-fPIC", "-fvisibility=hidden", "-c",
                    folder / "f.cc", "-o", folder / "f.o"});
  }
}

BOOST_AUTO_TEST_CASE(ACompilerForAnotherArchitectureTakesItsOwnTable) {
  if (IsMissing("aarch64-linux-gnu-g++")) return;
  const TemporaryFolder folder;
  const Words compile =
      Words{"aarch64-linux-gnu-g++"} + kStrict + Words{"-c", folder / "f.cc", "-o", folder / "f.o"};
  Generate("good", folder, {"--arch", "x86_64", "--arch", "aarch64"});
  Succeed(compile);

  Generate("good", folder, {"--arch", "x86_64"});
  const Outcome outcome = Run(compile);
  BOOST_TEST(outcome.status != 0);
  BOOST_TEST(outcome.err.find("These seccomp filters are compiled for x86_64 only") != std::string::npos,
             outcome.err);
}

// Read-only data that needs no relocation, and nothing that runs at start.
BOOST_DATA_TEST_CASE(TablesAreReadOnlyDataWithoutRelocationsOrConstructors, data::make(kCompilers),
                     compiler) {
  if (IsMissing(compiler) || IsMissing("readelf")) return;
  const TemporaryFolder folder;
  Generate("good", folder);
  for (const char* const optimisation : {"-O0", "-O2"}) {
    Succeed(Words{compiler} + kStrict +
            Words{optimisation, "-fPIC", "-c", folder / "f.cc", "-o", folder / "f.o"});
    const std::string sections = Succeed({"readelf", "-S", "-W", folder / "f.o"});
    BOOST_TEST(sections.find(" pcs_tables ") != std::string::npos, sections);
    for (const char* const unwanted :
         {".relapcs_tables", ".rela.note", ".data.rel", ".rela.data", ".init_array", ".ctors"})
      BOOST_TEST(sections.find(unwanted) == std::string::npos, unwanted << " is among " << sections);
  }
}

// As released programs are linked: with link-time optimisation, without sections that nothing refers to, and
// stripped.
BOOST_DATA_TEST_CASE(ProgramsCanBeReadOutOfWhatWasBuilt, data::make(kCompilers), compiler) {
  if (IsMissing(compiler) || IsMissing("objcopy") || IsMissing("readelf")) return;
  if (compiler == std::string("clang++") && IsMissing("ld.lld")) return;
  const TemporaryFolder folder;
  Generate("good", folder);
  const std::string program = folder / "program";
  Words command = Words{compiler} + kStrict +
                  Words{"-O2",
                        "-flto",
                        "-ffunction-sections",
                        "-fdata-sections",
                        "-Wl,--gc-sections",
                        "-s",
                        "-I",
                        folder.path(),
                        APPLICATIONS "/print_rendered.cc",
                        folder / "f.cc",
                        "-o",
                        program} +
                  SourcesOfRuntime();
  if (compiler == std::string("clang++")) command.emplace_back("-fuse-ld=lld");
  Succeed(command);
  BOOST_TEST(Succeed({program}) == ExpectedPrint());

  Succeed({"objcopy", "-O", "binary", "--only-section=pcs_tables", program, folder / "tables"});
  const std::vector<SectionProgram> programs = ReadSection(ReadFile(folder / "tables"));
  std::vector<ProgramDefinition> definitions = GoodPrograms();
  BOOST_REQUIRE(programs.size() == definitions.size());
  std::sort(definitions.begin(), definitions.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  for (std::size_t i = 0; i < programs.size(); ++i) {
    const PrecompiledProgram expected = Precompile(definitions[i], NativeTarget());
    const PrecompiledProgram& read = programs[i].program;
    BOOST_TEST(read.name == expected.name);
    BOOST_TEST(bpf::Disassemble(read.instructions) == bpf::Disassemble(expected.instructions));
    BOOST_TEST(programs[i].audit_arch == NativeTarget().audit_arch);
    BOOST_TEST(programs[i].install_options ==
               std::uint32_t{definitions[i].install.spec_allow} * PRECOMPILEDSECCOMP_INSTALL_SPEC_ALLOW);
    BOOST_REQUIRE(read.variables.size() == expected.variables.size());
    for (std::size_t j = 0; j < read.variables.size(); ++j) {
      BOOST_TEST(read.variables[j].name == expected.variables[j].name);
      BOOST_TEST(read.variables[j].bits == expected.variables[j].bits);
      BOOST_TEST((read.variables[j].kind == expected.variables[j].kind));
      BOOST_TEST(read.variables[j].low_offsets == expected.variables[j].low_offsets);
      BOOST_TEST(read.variables[j].high_offsets == expected.variables[j].high_offsets);
      BOOST_TEST(read.variables[j].flipped_offsets == expected.variables[j].flipped_offsets);
    }
  }
  const std::string notes = Succeed({"readelf", "-n", "-W", program});
  BOOST_TEST(notes.find("precompiledseccomp") != std::string::npos, notes);
}

// Symbols of an object file that are seen from outside of what it is linked into, or looked for there.
std::string SymbolsThatAreNotLocal(const std::string& object) {
  std::istringstream lines(Succeed({"readelf", "-sW", object}));
  std::string symbols;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string number, value, size, type, binding, visibility, section, name;
    words >> number >> value >> size >> type >> binding >> visibility >> section >> name;
    const bool is_local = binding != "GLOBAL" && binding != "WEAK" && binding != "UNIQUE";
    if (is_local || visibility == "HIDDEN" || name == "_GLOBAL_OFFSET_TABLE_") continue;
    symbols += name + "\n";
  }
  return symbols;
}

// So that the dynamic linker has nothing to do with them, however they are compiled.
BOOST_DATA_TEST_CASE(GeneratedFunctionsAreLocalAndCallOnlyWhatIs, data::make(kCompilers), compiler) {
  if (IsMissing(compiler) || IsMissing("readelf")) return;
  const TemporaryFolder folder;
  for (const char* const module : {"good", "empty"}) {
    for (const Words& arguments : {NativeArch(), Words{"--stub"}}) {
      Generate(module, folder, arguments);
      for (const char* const optimisation : {"-O0", "-Og", "-O2"}) {
        Succeed(Words{compiler} + kStrict +
                Words{optimisation, "-fPIC", "-fno-stack-protector", "-c", folder / "f.cc", "-o",
                      folder / "f.o"});
        BOOST_TEST(SymbolsThatAreNotLocal(folder / "f.o") == "");
      }
    }
  }
}

// Another table for the other machine is all that is new in the second source.
BOOST_DATA_TEST_CASE(AStaleHeaderDoesNotLink, data::make(kCompilers), compiler) {
  if (IsMissing(compiler)) return;
  const TemporaryFolder folder;
  const Words compile = Words{compiler} + kStrict;
  Generate("good", folder);
  Succeed(compile + Words{"-c", APPLICATIONS "/print_rendered.cc", "-I", folder.path(), "-o",
                          folder / "application.o"});
  const Words link = compile +
                     Words{folder / "application.o", folder / "f.cc", "-o", folder / "application"} +
                     SourcesOfRuntime();
  Succeed(link);

  Generate("good", folder, {"--arch", "x86_64", "--arch", "aarch64"});
  const Outcome outcome = Run(link);
  BOOST_TEST(outcome.status != 0);
  for (const char* const name : {"GetPrecompiled", "ListPrecompiled", "Worker::Render"})
    BOOST_TEST(outcome.err.find(name) != std::string::npos, name << " is not in " << outcome.err);
}

BOOST_AUTO_TEST_CASE(NestedNamespacesAreThoseOfTheFilters) {
  if (IsMissing("g++")) return;
  const TemporaryFolder folder;
  const Outcome outcome = RunGenerator("good", NativeArch() + Words{"--source", folder / "f.cc", "--header",
                                                                    folder / "f.h", "--namespace", "a::b"});
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  WriteFile(folder / "main.cc", R"(#include "f.h"
int main() { return a::b::GetPrecompiled("worker")->instructions().size() == a::b::Worker{.fd1 = 1, .fd2 = 2}.Render().instructions().size() ? 0 : 1; }
)");
  Succeed(Words{"g++"} + kStrict + Words{folder / "main.cc", folder / "f.cc", "-o", folder / "main"} +
          SourcesOfRuntime());
  Succeed({folder / "main"});
}

BOOST_DATA_TEST_CASE(TypesMayBeMembersOfTheUsersClasses, data::make(kCompilers), compiler) {
  if (IsMissing(compiler)) return;
  const TemporaryFolder folder;
  Generate("good", folder);
  for (const char* const visibility : {"-fvisibility=default", "-fvisibility=hidden"})
    Succeed(Words{compiler} + kStrict +
            Words{"-Wattributes", visibility, "-fPIC", "-I", folder.path(), "-c", APPLICATIONS "/members.cc",
                  "-o", folder / "members.o"});
}

// What the compiler says of sources in the format of today with the headers of a library whose version.h has
// this line instead.
Outcome CompileWithFormat(const std::string& compiler, const std::string& line, const std::string& instead) {
  const TemporaryFolder folder;
  Generate("good", folder);
  fs::copy(RUNTIME "/include", folder.path() / "include", fs::copy_options::recursive);
  const std::string header = folder / "include/precompiledseccomp/version.h";
  std::string text = ReadFile(header);
  const std::size_t place = text.find(line);
  BOOST_REQUIRE(place != std::string::npos);
  WriteFile(header, text.replace(place, line.size(), instead));
  return Run({compiler, "-std=c++20", "-fsyntax-only", "-I", folder.path() / "include", "-I", folder.path(),
              folder / "f.cc"});
}

BOOST_DATA_TEST_CASE(SourcesInAFormatThatTheLibraryDoesNotHaveSayWhatToDo, data::make(kCompilers), compiler) {
  if (IsMissing(compiler)) return;
  const Outcome outcome = CompileWithFormat(compiler, "FORMAT_MAJOR 2", "FORMAT_MAJOR 3");
  BOOST_TEST(outcome.status != 0);
  for (const char* const part : {"these filters are in format 2.0 of precompiledseccomp",
                                 "generate them anew, with the precompiledseccomp-gen that belongs to"})
    BOOST_TEST(outcome.err.find(part) != std::string::npos, part << " is not in " << outcome.err);
}

BOOST_DATA_TEST_CASE(SourcesInAnotherMinorFormatGoOnCompiling, data::make(kCompilers), compiler) {
  if (IsMissing(compiler)) return;
  const Outcome outcome = CompileWithFormat(compiler, "FORMAT_MINOR 0", "FORMAT_MINOR 1");
  BOOST_TEST(outcome.status == 0, outcome.err);
}

BOOST_AUTO_TEST_CASE(ACallNumberThatTheCompilerDoesNotAgreeWithDoesNotCompile) {
  const TemporaryFolder folder;
  Generate("good", folder);
  const Words compile = Words{"g++"} + kStrict + Words{"-fsyntax-only", folder / "f.cc"};
  if (IsMissing("g++")) return;
  Succeed(compile);
  std::string source = ReadFile(folder / "f.cc");
  const std::string include = "#include <sys/syscall.h>\n";
  const std::size_t place = source.find(include);
  BOOST_REQUIRE(place != std::string::npos);
  source.insert(place + include.size(), "#undef __NR_openat\n#define __NR_openat 4711\n");
  WriteFile(folder / "f.cc", source);
  const Outcome outcome = Run(compile);
  BOOST_TEST(outcome.status != 0);
  BOOST_TEST(outcome.err.find("static assertion failed") != std::string::npos, outcome.err);
}

// worker and twin.1 are the same; worker/second differs in what stands where, but not in its instructions.
BOOST_AUTO_TEST_CASE(SharedInstructionsNameTheirProgramsAndVariables) {
  const TemporaryFolder folder;
  Generate("good", folder);
  const std::string source = ReadFile(folder / "f.cc");
  for (const char* const part : {"// twin.1, worker, worker/second: ", "// Table, everything: ",
                                 "jeq $fd1|$fd2 ", "jeq $address.low ", "ld $code\n"})
    BOOST_TEST(source.find(part) != std::string::npos, part << " is not in " << source);
}

// Every third of the 300 is like another.
BOOST_AUTO_TEST_CASE(HundredsOfProgramsAreSortedAndShareTheirTables) {
  const TemporaryFolder folder;
  Generate("many", folder);
  const std::string source = ReadFile(folder / "f.cc");
  std::size_t blocks = 0;
  for (std::size_t at = 0; (at = source.find(" instructions\n", at)) != std::string::npos; ++at) ++blocks;
  BOOST_TEST(blocks == 200U);
  BOOST_TEST(source.find("MakeProgram(0, {0, 60}") != std::string::npos);
  const auto place = [&](const std::string& number) {
    return source.find("),  // configuration-of-a-machine-with-a-long-name-and-the-number-" + number + "\n");
  };
  BOOST_TEST(place("0") < place("1"));
  BOOST_TEST(place("1") < place("10"));
  BOOST_TEST(place("299") != std::string::npos);
  if (!IsMissing("g++")) Succeed(Words{"g++"} + kStrict + Words{"-fsyntax-only", folder / "f.cc"});
}

// A compiler need not accept literals of more than 65535 characters.
BOOST_AUTO_TEST_CASE(ManyNamesMakeNoOverlongLiteral) {
  const TemporaryFolder folder;
  const Outcome outcome = RunGenerator("many", SourcesIn(folder) + NativeArch(),
                                       {{"PRECOMPILEDSECCOMP_NUMBER_OF_PROGRAMS", "1200"}});
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  if (!IsMissing("clang++")) Succeed(Words{"clang++"} + kStrict + Words{"-fsyntax-only", folder / "f.cc"});
}

BOOST_AUTO_TEST_CASE(SourcesNameTheGeneratorAndNothingOfTheMachine) {
  const TemporaryFolder folder;
  Generate("good", folder);
  for (const char* const file : {"f.cc", "f.h"}) {
    const std::string text = ReadFile(folder / file);
    BOOST_TEST(text.starts_with("// Made by precompiledseccomp-gen " VERSION ". Do not edit.\n"));
    BOOST_TEST(text.find(folder.path().string()) == std::string::npos);
    BOOST_TEST(text.find(ModuleFile("good")) == std::string::npos);
    BOOST_TEST(
        std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
