// SPDX-License-Identifier: Apache-2.0
//
// The reader of generated sources is as strict as a compiler: else fuzzing with it would find nothing.

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "fuzz/source_reader.h"
#include "write/header_text.h"
#include "write/source_text.h"

namespace precompiledseccomp::fuzz {
namespace {

std::vector<ProgramDefinition> SomeDefinitions() {
  const auto policy = [](const Values&) { return Policy(); };
  return {{"idle", {}, policy}, {"worker", {"fd", Uint64("address")}, policy}};
}

std::vector<gen::CompiledTarget> SomeTargets() {
  std::vector<gen::CompiledTarget> targets;
  for (const Target& target : Targets()) {
    gen::CompiledTarget& compiled = targets.emplace_back();
    compiled.target = target;
    compiled.used_syscalls = {{"read", 63}, {"write", 64}};
    compiled.programs.push_back({"idle", target, {{0x06, 0, 0, 0x80000000}}, {}, {}, {}});
    compiled.programs.push_back({"worker",
                                 target,
                                 {{0x20, 0, 0, 16}, {0x15, 1, 2, 0}, {0x15, 3, 4, 0}, {0x106, 0, 255, 0}},
                                 {{"fd", 32, {1}, {}}, {"address", 64, {2}, {3}}},
                                 {},
                                 {}});
    for (const PrecompiledProgram& program : compiled.programs) compiled.proofs[program.name] = {};
  }
  return targets;
}

std::string SomeSource() {
  return gen::SourceText(SomeDefinitions(), SomeTargets(), "my::app", "dir/filters.h").WithName("some_name");
}

// All that was read, to compare; nothing if it was refused.
std::optional<std::string> Reading(const std::string& source) {
  try {
    const ReadSource read = ReadGeneratedSource(source);
    std::string text = read.header + " " + read.name_space + " " + read.content_name + "\n";
    for (const ReadTable& table : read.tables) {
      text += table.condition + "\n";
      for (const UsedSyscall& used : table.used_syscalls)
        text += used.name + std::to_string(used.number) + "\n";
      for (const PrecompiledProgram& program : table.programs) {
        text += program.name + ":";
        for (const sock_filter& instruction : program.instructions)
          for (const std::uint32_t part : {std::uint32_t{instruction.code}, std::uint32_t{instruction.jt},
                                           std::uint32_t{instruction.jf}, instruction.k})
            text += " " + std::to_string(part);
        for (const PrecompiledVariable& variable : program.variables) {
          text += " " + variable.name + std::to_string(variable.bits);
          for (const std::uint32_t offset : variable.low_offsets) text += " low " + std::to_string(offset);
          for (const std::uint32_t offset : variable.high_offsets) text += " high " + std::to_string(offset);
        }
        text += "\n";
      }
    }
    for (const ReadRendering& rendering : read.renderings) {
      text += rendering.struct_name + (rendering.program ? std::to_string(*rendering.program) : "");
      for (const std::string& variable : rendering.variables) text += " " + variable;
      text += "\n";
    }
    return text;
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

BOOST_AUTO_TEST_SUITE(SourceReader)

BOOST_AUTO_TEST_CASE(ReadsWhatWasWritten) {
  const std::string table =
      "read63\nwrite64\nidle: 6 0 0 2147483648\n"
      "worker: 32 0 0 16 21 1 2 0 21 3 4 0 262 0 255 0 fd32 low 1 address64 low 2 high 3\n";
  std::string expected = "dir/filters.h my::app some_name\n";
  for (const Target& target : Targets()) expected += std::string(target.compiler_condition) + "\n" + table;
  expected += "Idle0\nWorker1 fd address\n";
  BOOST_TEST(Reading(SomeSource()).value_or("refused") == expected);
}

BOOST_AUTO_TEST_CASE(ReadsStubsAndHeaders) {
  const std::string stub = gen::SourceText(SomeDefinitions(), {}, "app", "f.h").WithName("some_name");
  BOOST_TEST(Reading(stub).value_or("refused") == "f.h app some_name\nIdle\nWorker\n");
  const ReadHeader header =
      ReadGeneratedHeader(gen::HeaderText(SomeDefinitions(), false, "my::app").WithName("some_name"));
  BOOST_TEST(header.name_space == "my::app");
  BOOST_TEST(header.content_name == "some_name");
  const std::vector<ReadStruct>& structs = header.structs;
  BOOST_REQUIRE(structs.size() == 2U);
  BOOST_TEST(structs[0].name == "Idle");
  BOOST_TEST(structs[0].variables.empty());
  BOOST_TEST(structs[1].name == "Worker");
  BOOST_TEST((structs[1].variables == std::vector<std::pair<std::string, int>>{{"fd", 32}, {"address", 64}}));
}

// Blanks in the place of comments.
std::string WithoutComments(std::string source) {
  for (std::size_t place = 0; (place = source.find("//", place)) != std::string::npos;)
    for (; source[place] != '\n'; ++place) source[place] = ' ';
  return source;
}

// Each is read as something else, or not at all. What follows the tables is not looked at so closely: but for
// the renderings it is the same in all sources.
BOOST_AUTO_TEST_CASE(EveryOtherCharacterOfATableIsNoticed) {
  const std::string source = WithoutComments(SomeSource());
  const std::optional<std::string> reading = Reading(source);
  BOOST_REQUIRE(reading.has_value());
  const std::size_t end = source.find("#else");
  BOOST_REQUIRE(end != std::string::npos);
  std::size_t changes = 0;
  for (std::size_t place = source.find("namespace my"); place < end; ++place) {
    if (source[place] == ' ' || source[place] == '\n') continue;
    std::string changed = source;
    changed[place] = source[place] == '7' ? '8' : '7';
    BOOST_TEST((Reading(changed) != reading), "not noticed: " << changed.substr(place - 20, 40));
    ++changes;
  }
  BOOST_TEST(changes > 1000U);
}

BOOST_AUTO_TEST_CASE(RangesOutsideOfTheirArraysAreRefused) {
  const std::string source = SomeSource();
  for (const auto& [right, wrong] : std::vector<std::pair<std::string, std::string>>{
           {"MakeProgram(1, {4, 6}", "MakeProgram(1, {4, 99}"},
           {"MakeProgram(1, {4, 6}", "MakeProgram(1, {99, 0}"},
           {"{1, 4}, {0, 2})", "{1, 5}, {0, 2})"},
           {"{1, 4}, {0, 2})", "{1, 4}, {1, 2})"},
           {"{1, 4}, {0, 2})", "{1, 1}, {0, 2})"},
           {"32, {0, 1}, {0, 0})", "32, {0, 1}, {0, 1})"},
           {"32, {0, 1}, {0, 0})", "16, {0, 1}, {0, 0})"},
       }) {
    std::string changed = source;
    const std::size_t place = changed.find(right);
    BOOST_REQUIRE(place != std::string::npos);
    changed.replace(place, right.size(), wrong);
    BOOST_TEST(!Reading(changed).has_value(), wrong);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::fuzz
