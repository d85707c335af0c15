// SPDX-License-Identifier: Apache-2.0
//
// The reader of generated sources is as strict as a compiler: else what it lets pass would be called proved.

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/error.h>

#include "read/read_back.h"
#include "support/errors.h"
#include "write/header_text.h"
#include "write/identifiers.h"
#include "write/source_text.h"

namespace precompiledseccomp::gen {
namespace {

std::vector<ProgramDefinition> SomeDefinitions() {
  const auto policy = [](const Values&) { return Policy(); };
  return {{"idle", {}, policy},
          {"worker", {Fd("fd"), Uint64("address")}, policy, Proof::kRequired, {.spec_allow = true}}};
}

std::vector<CompiledTarget> SomeTargets() {
  std::vector<CompiledTarget> targets;
  for (const Target& target : Targets()) {
    CompiledTarget& compiled = targets.emplace_back();
    compiled.target = target;
    compiled.used_syscalls = {{"read", 63}, {"write", 64}};
    compiled.programs.push_back({"idle", target, {{0x06, 0, 0, 0x80000000}}, {}, {}, {}, {}});
    compiled.programs.push_back(
        {"worker",
         target,
         {{0x20, 0, 0, 16}, {0x15, 1, 2, 0}, {0x15, 3, 4, 0}, {0x106, 0, 255, 0}},
         {{"fd", 32, Variable::Kind::kFd, {1}, {}}, {"address", 64, Variable::Kind::kInteger, {2}, {3}}},
         {},
         {},
         {.spec_allow = true}});
    for (const PrecompiledProgram& program : compiled.programs) compiled.proofs[program.name] = {};
  }
  return targets;
}

const std::vector<ProgramDefinition> kDefinitions = SomeDefinitions();

GeneratedTexts Written(const std::vector<CompiledTarget>& targets) {
  return {HeaderText(kDefinitions, targets, "my::app").WithName("content_of_both"),
          SourceText(kDefinitions, targets, "my::app", "dir/filters.h").WithName("content_of_both")};
}

// "" if they say what they should; else the error.
std::string Refusal(const GeneratedTexts& texts, const std::vector<CompiledTarget>& targets) {
  try {
    ReadBack(texts, {kDefinitions, targets, "my::app", "dir/filters.h"});
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

std::string With(std::string text, const std::string& right, const std::string& wrong) {
  const std::size_t place = text.find(right);
  BOOST_REQUIRE_MESSAGE(place != std::string::npos, right);
  return text.replace(place, right.size(), wrong);
}

// Blanks in the place of comments, but for those on proofs.
std::string WithoutComments(std::string text) {
  for (std::size_t place = 0; (place = text.find("//", place)) != std::string::npos;)
    for (; text[place] != '\n'; ++place) text[place] = ' ';
  return text;
}

BOOST_AUTO_TEST_SUITE(read)

BOOST_AUTO_TEST_CASE(WhatWasWrittenIsRead) {
  const std::vector<CompiledTarget> targets = SomeTargets();
  const auto programs = ReadBack(Written(targets), {kDefinitions, targets, "my::app", "dir/filters.h"});
  BOOST_REQUIRE(programs.size() == targets.size());
  for (const std::vector<PrecompiledProgram>& of_target : programs) {
    BOOST_REQUIRE(of_target.size() == 2U);
    BOOST_TEST(of_target[0].name == "idle");
    BOOST_TEST(of_target[0].instructions.size() == 1U);
    const PrecompiledProgram& worker = of_target[1];
    BOOST_TEST(worker.name == "worker");
    BOOST_REQUIRE(worker.instructions.size() == 4U);
    BOOST_TEST(worker.instructions[3].code == 0x106);
    BOOST_TEST(worker.instructions[3].jf == 255);
    BOOST_REQUIRE(worker.variables.size() == 2U);
    BOOST_TEST(worker.variables[0].name == "fd");
    BOOST_TEST((worker.variables[0].kind == Variable::Kind::kFd));
    BOOST_TEST((worker.install == InstallNeeds{.spec_allow = true}));
    BOOST_TEST(worker.variables[1].bits == 64);
    BOOST_TEST(worker.variables[1].low_offsets == std::vector<std::uint32_t>{2});
    BOOST_TEST(worker.variables[1].high_offsets == std::vector<std::uint32_t>{3});
  }
}

BOOST_AUTO_TEST_CASE(StubsAreRead) {
  BOOST_TEST(Refusal(Written({}), {}) == "");
  BOOST_TEST(Refusal({Written({}).header, Written(SomeTargets()).source}, SomeTargets()) != "");
}

BOOST_AUTO_TEST_CASE(NamesOfStructsAreJudgedWithoutTheirWriter) {
  for (const char* const program :
       {"worker", "Worker", "sentry_kvm-directfs", "a/b.c:d+e", "stage2", "stage-2", "v1.12", "v11.2",
        "v1.x2", "trailing-", "twice--2--3", "camelCase"}) {
    BOOST_TEST(IsStructNameOf(StructName(program), program), program);
    BOOST_TEST(!IsStructNameOf(StructName(program) + "_", program), program);
    BOOST_TEST(!IsStructNameOf(StructName(program).substr(1), program), program);
  }
  BOOST_TEST(!IsStructNameOf("V112", "v1.12"));
  BOOST_TEST(!IsStructNameOf("V1_12", "v11.2"));
  BOOST_TEST(!IsStructNameOf("V_112", "v112"));
  BOOST_TEST(!IsStructNameOf("worker", "worker"));
}

// Whatever a compiler would look at. What is left out is for people: the text of #error and of the
// static_assert.
BOOST_AUTO_TEST_CASE(EveryOtherCharacterIsNoticed) {
  const std::vector<CompiledTarget> targets = {SomeTargets().front()};
  const GeneratedTexts written = Written(targets);
  for (const bool in_header : {false, true}) {
    const std::string text = WithoutComments(in_header ? written.header : written.source);
    std::size_t changes = 0;
    for (std::size_t place = 0; place < text.size(); ++place) {
      const std::size_t line = text.rfind('\n', place) + 1;
      if (text[place] == ' ' || text[place] == '\n' || text.compare(line, 6, "#error") == 0 ||
          text[text.find_first_not_of(' ', line)] == '"')
        continue;
      std::string changed = text;
      changed[place] = text[place] == '7' ? '8' : '7';
      // Of the name of the content, only that it is the same in both.
      const GeneratedTexts texts =
          in_header ? GeneratedTexts{changed, written.source} : GeneratedTexts{written.header, changed};
      BOOST_TEST(Refusal(texts, targets) != "",
                 "not noticed: " << changed.substr(place - std::min<std::size_t>(place, 20), 40));
      ++changes;
    }
    BOOST_TEST(changes > 800U);
  }
}

// Behind everything that is read there could be more.
BOOST_AUTO_TEST_CASE(WhatIsAddedIsNoticed) {
  const std::vector<CompiledTarget> targets = SomeTargets();
  const GeneratedTexts written = Written(targets);
  for (const char* const before :
       {"#include <cstddef>", "#ifdef __NR_read", "namespace my", "#else", "#endif\n\nnamespace",
        "const ::precompiledseccomp::Program* Get",
        "::precompiledseccomp::RenderedFilter<kInstructions[1]> Worker", "}  // inline"}) {
    for (const char* const added : {"#undef __NR_read\n", "int i;\n", "/* */\n", "#define name \"x\"\n"}) {
      const GeneratedTexts texts{written.header, With(written.source, before, std::string(added) + before)};
      BOOST_TEST(Refusal(texts, targets) != "", added << " before " << before);
    }
  }
  BOOST_TEST(Refusal({written.header, written.source + "int i;\n"}, targets) != "");
  BOOST_TEST(Refusal({written.header + "int i;\n", written.source}, targets) != "");
  BOOST_TEST(Refusal({With(written.header, "struct Idle {\n", "struct Idle {\n  int i;\n"), written.source},
                     targets) != "");
}

BOOST_AUTO_TEST_CASE(RangesOutsideOfTheirArraysAreRefused) {
  const std::vector<CompiledTarget> targets = SomeTargets();
  const GeneratedTexts written = Written(targets);
  for (const auto& [right, wrong, refusal] : std::vector<std::array<std::string, 3>>{
           {"MakeProgram(1, {4, 6}", "MakeProgram(1, {4, 99}", "a range is outside of its array"},
           {"MakeProgram(1, {4, 6}", "MakeProgram(1, {99, 0}", "a range is outside of its array"},
           {"{1, 4}, {0, 2}, ", "{1, 5}, {0, 2}, ", "a range is outside of its array"},
           {"{1, 4}, {0, 2}, ", "{1, 4}, {1, 2}, ", "a range is outside of its array"},
           {"{1, 4}, {0, 2}, ", "{1, 1}, {0, 2}, ", "a variable stands outside of its program"},
           {"32, 1, {0, 1})", "16, 1, {0, 1})", "a variable has neither 32 nor 64 bits"},
           {"32, 1, {0, 1})", "32, 9, {0, 1})", "a variable is of an unknown kind"},
           {".places = {\n        {1, 0}", ".places = {\n        {1, 1}", "in a form that it cannot have"},
           {".places = {\n        {1, 0}", ".places = {\n        {1, 2}", "variables stand in other places"},
           {".places = {\n        {1, 0}", ".places = {\n        {1, 4}", "in a form that it cannot have"},
           {"{0, 1}, 4),", "{0, 1}, 64),", "a program has an unknown install option"},
       })
    testing::CheckContains(Refusal({written.header, With(written.source, right, wrong)}, targets), {refusal});
}

BOOST_AUTO_TEST_CASE(TheErrorSaysWhatIsOtherwise) {
  const std::vector<CompiledTarget> targets = SomeTargets();
  const GeneratedTexts written = Written(targets);
  const auto of_source = [&](const std::string& right, const std::string& wrong) {
    return Refusal({written.header, With(written.source, right, wrong)}, targets);
  };
  const auto of_header = [&](const std::string& right, const std::string& wrong) {
    return Refusal({With(written.header, right, wrong), written.source}, targets);
  };
  BOOST_TEST(of_source("{0x15, 1, 2, 0x0}", "{0x15, 2, 1, 0x0}") ==
             "program \"worker\": what was generated says something else: its instructions are others than "
             "were compiled; please report this as a bug of precompiledseccomp");
  BOOST_TEST(of_source("constexpr Table", "constinit Table")
                 .starts_with("what was generated cannot be read: line "));
  testing::CheckContains(of_source("{fd.value(), address.value()}", "{address.value(), fd.value()}"),
                         {"\"worker\"", "its struct hands over values in another order"});
  testing::CheckContains(of_source("ProgramAt(1)", "ProgramAt(0)"), {"its struct renders another program"});
  testing::CheckContains(of_source("{2, 0}, {3, 1}", "{3, 0}, {2, 1}"),
                         {"its variables stand in other places than were compiled"});
  testing::CheckContains(of_source("32, 1, {0, 1})", "32, 2, {0, 1})"), {"or are of other kinds"});
  testing::CheckContains(of_source("{0, 1}, 4),", "{0, 1}, 5),"),
                         {"\"worker\"", "it is installed with other options than were defined"});
  testing::CheckContains(of_source(".abis = {{0xc000003e", ".abis = {{0xc000003f"),
                         {"it is called the filter of other calls"});
  testing::CheckContains(of_source("#elif ", "#elif !"), {"is not for that target"});
  testing::CheckContains(of_source("kInstructions[1]", "kInstructions[0]"),
                         {"its rendering has the size of another program"});
  testing::CheckContains(of_header("Uint64Variable address", "Uint32Variable address"),
                         {"its struct does not have its variables"});
  testing::CheckContains(of_header("kInstructions[1]", "kInstructions[0]"),
                         {"its struct has the size of another program"});
  testing::CheckContains(of_header("\n    1, 4,", "\n    1, 5,"),
                         {"\"worker\"", "the header has another number of instructions"});
  testing::CheckContains(of_header("  ::precompiledseccomp::FilledByName filled_by_name = "
                                   "::precompiledseccomp::FilledByName::Default();\n",
                                   ""),
                         {"\"worker\"", "its struct can be filled in any order"});
  testing::CheckContains(of_header("struct Worker", "struct Idle"), {"its struct is called Idle"});
  testing::CheckContains(of_header("content_of_both", "content_of_one"),
                         {"header and source do not belong together"});
}

BOOST_AUTO_TEST_CASE(CommentsMustNotCallProvedWhatIsNot) {
  std::vector<CompiledTarget> targets = SomeTargets();
  const GeneratedTexts all_proved = Written(targets);
  targets[1].proofs["worker"].not_proved = "the proof takes more than 300 steps";
  testing::CheckContains(Refusal(all_proved, targets),
                         {"\"worker\"", "a comment calls it proved, and it is not, or the other way round"});
  const GeneratedTexts some_proved = Written(targets);
  BOOST_TEST(Refusal(some_proved, targets) == "");
  testing::CheckContains(
      Refusal({some_proved.header, With(some_proved.source, "300 steps", "3 steps")}, targets),
      {"a comment says otherwise why it is not proved"});
  targets[1].proofs["idle"].not_proved = "--prove=off";
  testing::CheckContains(Refusal(some_proved, targets), {"\"idle\"", "a comment calls it proved"});
  BOOST_TEST(Refusal(Written(targets), targets) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
