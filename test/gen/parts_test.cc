// SPDX-License-Identifier: Apache-2.0
//
// The parts of the generator that need no module.
#include <chrono>
#include <iterator>
#include <set>
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "precompile/deserialize.h"
#include "programs/policy_bytes.h"
#include "programs/progress_line.h"
#include "report/json.h"
#include "run.h"
#include "support/errors.h"
#include "write/content_name.h"
#include "write/depfile.h"
#include "write/identifiers.h"
#include "write/table_layout.h"

namespace precompiledseccomp::gen {
namespace {

BOOST_AUTO_TEST_SUITE(parts)

BOOST_AUTO_TEST_CASE(OnlyLongRunsHaveALineOfProgressAndNotTooOften) {
  using std::chrono::milliseconds;
  const ProgressLine::Time begin;
  ProgressLine line(576, "proved", begin);
  BOOST_TEST(line.Advance(begin + milliseconds(999)) == "");
  BOOST_TEST(line.End() == "");
  BOOST_TEST(line.Advance(begin + milliseconds(1000)) == "\r\033[K2 of 576 programs proved");
  BOOST_TEST(line.Advance(begin + milliseconds(1099)) == "");
  BOOST_TEST(line.Advance(begin + milliseconds(1100)) == "\r\033[K4 of 576 programs proved");
  BOOST_TEST(line.End() == "\r\033[K");
}

// They came as a record of the right form: nobody but the module can have sent them.
BOOST_AUTO_TEST_CASE(BytesThatAreNoPolicyAreBlamedOnTheModule) {
  const std::string policy = precompile::SerializeToHandOver(Policy().Allow("read"));
  BOOST_TEST(PolicyOf({policy, {}}).ToString() == Policy().Allow("read").ToString());
  for (const std::string& bytes : {std::string(), policy + "x", policy.substr(1), std::string(100, 'x')})
    testing::CheckError(
        [&] {
          PolicyOf({bytes, {}});
        },
        {"what the module said is malformed: it wrote to descriptors that it had not opened ",
         "(the bytes of a policy are malformed: "});
}

BOOST_AUTO_TEST_CASE(StructNamesAreCamelCase) {
  const std::pair<std::string, std::string> cases[] = {
      {"worker", "Worker"},      {"Worker", "Worker"},        {"sentry_kvm-directfs", "SentryKvmDirectfs"},
      {"a/b.c:d+e", "ABCDE"},    {"stage2", "Stage2"},        {"stage-2", "Stage2"},
      {"v1.12", "V1_12"},        {"v11.2", "V11_2"},          {"v1.x2", "V1X2"},
      {"trailing-", "Trailing"}, {"twice--2--3", "Twice2_3"}, {"camelCase", "CamelCase"},
  };
  for (const auto& [program, name] : cases) BOOST_TEST(StructName(program) == name);
}

BOOST_AUTO_TEST_CASE(NestedNamespacesAreUsableAndMacrosAreNot) {
  for (const char* const name : {"a", "my_app", "App2", "a::b", "company::app::filters", "a::std"})
    BOOST_TEST(IsUsableNamespace(name), name);
  for (const char* const name : {"linux", "a::unix::b", "std::a", "precompiledseccomp", "a::", "new"})
    BOOST_TEST(!IsUsableNamespace(name), name);
}

BOOST_AUTO_TEST_CASE(TheNameOfTheContentDependsOnAllOfIt) {
  const std::string texts[][4] = {
      {"header", "of", "a", "source"}, {"heade", "rof", "a", "source"}, {"header", "ofa", "", "source"},
      {"header", "of", "asource", ""}, {"a", "source", "header", "of"}, {"header", "of", "a", "source\n"},
  };
  std::set<std::string> names;
  for (const auto& [a, b, c, d] : texts) names.insert(ContentName({a, b}, {c, d}));
  BOOST_TEST(names.size() == std::size(texts));
  for (const std::string& name : names) {
    BOOST_TEST(name.starts_with("content_"), name);
    BOOST_TEST(name.size() == 24U, name);
    BOOST_TEST(name.find_first_not_of("0123456789abcdef", 8) == std::string::npos, name);
  }
}

// As sha1sum says it, behind 16 bytes of zero.
BOOST_AUTO_TEST_CASE(TheNameOfTheContentIsTheSameEverywhere) {
  BOOST_TEST(ContentName({"header", ""}, {"", "source"}) == "content_b8c587fc149a5a0f");
}

BOOST_AUTO_TEST_CASE(DepfilesEscapeWhatMakeWouldTakeApart) {
  const Words outputs = {"a b", "c$d"};
  const Words inputs = {"e#f", "g\\h", "i\\ j", "plain/path.so"};
  BOOST_TEST(DepfileText(outputs, inputs) ==
             "a\\ b c$$d: \\\n  e\\#f \\\n  g\\h \\\n  i\\\\\\ j \\\n  plain/path.so\n");
}

BOOST_AUTO_TEST_CASE(JsonIsWhatWasWritten) {
  JsonWriter json;
  json.BeginObject();
  json.Key("text").String("quote \" backslash \\ line\nfeed \x01 end");
  json.Line().Key("numbers").BeginArray().Number(0).Number(18446744073709551615U).Ratio(1, 3).Ratio(2, 3);
  json.Ratio(1234567, 1).Ratio(1, 1000).EndArray();
  json.Key("empty").BeginArray().EndArray();
  json.Key("nested")
      .BeginArray()
      .BeginObject()
      .EndObject()
      .Line()
      .BeginObject()
      .Key("a")
      .Number(1)
      .EndObject();
  json.Line().EndArray();
  json.EndObject();
  const nlohmann::json expected = {
      {"text", "quote \" backslash \\ line\nfeed \x01 end"},
      {"numbers", {0, 18446744073709551615U, 0.333, 0.667, 1234567.0, 0.001}},
      {"empty", nlohmann::json::array()},
      {"nested", {nlohmann::json::object(), {{"a", 1}}}},
  };
  BOOST_TEST(nlohmann::json::parse(json.text()) == expected, json.text());
}

PrecompiledProgram MakeProgram(const std::string& name, std::vector<std::uint32_t> operands,
                               std::vector<PrecompiledVariable> variables) {
  PrecompiledProgram program;
  program.name = name;
  for (const std::uint32_t operand : operands) program.instructions.push_back({0x06, 0, 0, operand});
  program.variables = std::move(variables);
  return program;
}

PrecompiledVariable IntegerAtPlace1(const std::string& name) {
  return {.name = name, .low_offsets = {1}, .high_offsets = {}};
}

BOOST_AUTO_TEST_CASE(EqualPartsOfTablesAreStoredOnce) {
  const PrecompiledProgram programs[] = {
      MakeProgram("a", {1, 0, 3}, {IntegerAtPlace1("fd")}),
      MakeProgram("b", {1, 0, 3}, {IntegerAtPlace1("fd")}),   // as a
      MakeProgram("c", {1, 0, 3}, {IntegerAtPlace1("pid")}),  // the same instructions and places
      MakeProgram("d", {1, 0, 4}, {IntegerAtPlace1("fd")}),   // the same variables
      MakeProgram("fd", {1, 0}, {}),                          // a name like a variable's
  };
  const TableLayout layout = LayOutTable(programs);
  BOOST_TEST(layout.instruction_count == 8U);
  BOOST_TEST(layout.blocks.size() == 3U);
  BOOST_TEST(layout.blocks.front().programs == (std::vector<std::size_t>{0, 1, 2}),
             boost::test_tools::per_element());
  BOOST_TEST(layout.variables.size() == 2U);
  BOOST_TEST((layout.places == std::vector<TableLayout::Place>{{1, 0}}));
  BOOST_TEST(layout.abis.size() == 1U);
  BOOST_TEST(layout.name_text == "afdbcpidd");
  BOOST_TEST(layout.Text(layout.programs[4].name) == "fd");
  BOOST_TEST((layout.programs[0].variables == layout.programs[3].variables));
  BOOST_TEST((layout.programs[0].variables != layout.programs[2].variables));
  BOOST_TEST((layout.programs[3].instructions == Range{3, 3}));
  BOOST_TEST((layout.programs[4].instructions == Range{6, 2}));
  BOOST_TEST((layout.programs[4].variables == Range{0, 0}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
