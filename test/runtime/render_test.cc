// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "embedded_programs.h"

namespace precompiledseccomp {

std::ostream& boost_test_print_type(std::ostream& out, RenderErrorCode code) {
  return out << "RenderErrorCode " << static_cast<int>(code);
}

namespace {

std::vector<std::uint32_t> Operands(std::span<const sock_filter> instructions) {
  std::vector<std::uint32_t> operands;
  for (const sock_filter& instruction : instructions) operands.push_back(instruction.k);
  return operands;
}

const Program& Get(std::string_view name) {
  const Program* program = embedded::GetPrecompiled(name);
  BOOST_REQUIRE(program != nullptr);
  return *program;
}

// Renders into a filter that holds something already, which must not survive.
void CheckError(const Program& program, std::initializer_list<VariableValue> values, RenderErrorCode code,
                std::string_view variable, std::string_view message) {
  Filter filter = embedded::Worker{.fd1 = 7, .fd2 = 8}.Render();
  const RenderError error = program.Render(values, filter);
  BOOST_TEST(static_cast<bool>(error));
  BOOST_TEST(error.code() == code);
  BOOST_TEST(error.variable() == variable);
  BOOST_TEST(error.message() == message);
  BOOST_TEST(filter.empty());
}

BOOST_AUTO_TEST_SUITE(render)

BOOST_AUTO_TEST_CASE(ValuesStandWhereTheOffsetsSay) {
  Filter filter;
  const RenderError error = Get("worker").Render({{"fd1", 11}, {"fd2", 22}}, filter);
  BOOST_TEST(!error);
  BOOST_TEST(error.message() == "");
  std::vector<std::uint32_t> expected = Operands(Get("worker").instructions());
  expected[3] = 11;
  expected[4] = 22;
  BOOST_TEST(Operands(filter.instructions()) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(EverythingButOperandsIsCopied) {
  Filter filter;
  BOOST_TEST(!Get("worker").Render({{"fd1", 0}, {"fd2", 0}}, filter));
  const auto original = Get("worker").instructions();
  BOOST_REQUIRE(filter.size() == original.size());
  BOOST_TEST(std::memcmp(filter.instructions().data(), original.data(), original.size_bytes()) == 0);
}

BOOST_AUTO_TEST_CASE(TheOrderOfValuesDoesNotMatter) {
  Filter one, other;
  BOOST_TEST(!Get("worker").Render({{"fd1", 11}, {"fd2", 22}}, one));
  BOOST_TEST(!Get("worker").Render({{"fd2", 22}, {"fd1", 11}}, other));
  BOOST_TEST(Operands(one.instructions()) == Operands(other.instructions()),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(NamesOfVariablesMayBeTextsOrViews) {
  const std::string first = "fd1";
  const std::string_view second = std::string_view("fd23").substr(0, 3);
  Filter filter;
  BOOST_TEST(!Get("worker").Render({{first, 11}, {second, 22}}, filter));
  BOOST_TEST(filter.instructions()[3].k == 11U);
  BOOST_TEST(filter.instructions()[4].k == 22U);
  static_assert(VariableValue("fd1", 7).name() == "fd1" && VariableValue("fd1", 7).bits() == 7);
  static_assert(VariableValue(std::string_view("fd1"), -7).name() == "fd1");
}

BOOST_AUTO_TEST_CASE(BothHalvesOfA64BitVariablePlaceholderAllTheirPlaces) {
  Filter filter;
  BOOST_TEST(!Get("wide").Render({{"address", 0x1122334455667788}, {"unused", 1}}, filter));
  BOOST_TEST(Operands(filter.instructions()) ==
                 (std::vector<std::uint32_t>{0x55667788, 0x11223344, 0x11223344, 0x55667788, 0x7fff0000}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(NegativeValuesAreSignExtended) {
  Filter filter;
  BOOST_TEST(!Get("wide").Render({{"address", -2}, {"unused", INT64_C(-5)}}, filter));
  BOOST_TEST(filter.instructions()[0].k == 0xfffffffeU);
  BOOST_TEST(filter.instructions()[1].k == 0xffffffffU);
  BOOST_TEST(!Get("worker").Render({{"fd1", -1}, {"fd2", static_cast<signed char>(-100)}}, filter));
  BOOST_TEST(filter.instructions()[3].k == 0xffffffffU);
  BOOST_TEST(filter.instructions()[4].k == 0xffffff9cU);
}

BOOST_AUTO_TEST_CASE(AVariableWithoutPlacesStillNeedsAValue) {
  CheckError(Get("wide"), {{"address", 1}}, RenderErrorCode::kMissingVariable, "unused",
             "program \"wide\": variable \"unused\" has no value");
}

BOOST_AUTO_TEST_CASE(AProgramWithoutVariablesNeedsNoValues) {
  Filter filter;
  BOOST_TEST(!Get("idle").Render({}, filter));
  BOOST_TEST(filter.size() == 1U);
}

BOOST_AUTO_TEST_CASE(AMissingVariableIsAnError) {
  CheckError(Get("worker"), {{"fd1", 1}}, RenderErrorCode::kMissingVariable, "fd2",
             "program \"worker\": variable \"fd2\" has no value");
  CheckError(Get("worker"), {}, RenderErrorCode::kMissingVariable, "fd1",
             "program \"worker\": variable \"fd1\" has no value");
}

BOOST_AUTO_TEST_CASE(AnUnknownVariableIsAnError) {
  const char* message = "program \"worker\": variable \"fd3\" is not one of this program's variables";
  CheckError(Get("worker"), {{"fd1", 1}, {"fd2", 2}, {"fd3", 3}}, RenderErrorCode::kUnknownVariable, "fd3",
             message);
  CheckError(Get("worker"), {{"fd1", 1}, {"fd3", 3}}, RenderErrorCode::kUnknownVariable, "fd3", message);
  CheckError(Get("idle"), {{"fd1", 1}}, RenderErrorCode::kUnknownVariable, "fd1",
             "program \"idle\": variable \"fd1\" is not one of this program's variables");
  CheckError(Get("idle"), {{"", 1}}, RenderErrorCode::kUnknownVariable, "",
             "program \"idle\": variable \"\" is not one of this program's variables");
}

BOOST_AUTO_TEST_CASE(APrefixOfANameIsAnotherName) {
  CheckError(Get("worker"), {{"fd", 1}}, RenderErrorCode::kUnknownVariable, "fd",
             "program \"worker\": variable \"fd\" is not one of this program's variables");
}

BOOST_AUTO_TEST_CASE(AVariableGivenTwiceIsAnErrorEvenWithEqualValues) {
  const char* message = "program \"worker\": variable \"fd1\" is given twice";
  CheckError(Get("worker"), {{"fd1", 1}, {"fd2", 2}, {"fd1", 1}}, RenderErrorCode::kDuplicateVariable, "fd1",
             message);
  CheckError(Get("worker"), {{"fd1", 1}, {"fd1", 2}}, RenderErrorCode::kDuplicateVariable, "fd1", message);
}

BOOST_AUTO_TEST_CASE(A32BitVariableTakesWhatFitsIn32Bits) {
  Filter filter;
  BOOST_TEST(!Get("worker").Render({{"fd1", UINT64_C(0xffffffff)}, {"fd2", INT64_C(-0x80000000)}}, filter));
  BOOST_TEST(filter.instructions()[3].k == 0xffffffffU);
  BOOST_TEST(filter.instructions()[4].k == 0x80000000U);

  const char* message = "program \"worker\": variable \"fd2\" has 32 bits, its value needs more";
  CheckError(Get("worker"), {{"fd1", 1}, {"fd2", UINT64_C(0x100000000)}}, RenderErrorCode::kValueTooLarge,
             "fd2", message);
  CheckError(Get("worker"), {{"fd1", 1}, {"fd2", UINT64_MAX}}, RenderErrorCode::kValueTooLarge, "fd2",
             message);
  CheckError(Get("worker"), {{"fd1", 1}, {"fd2", INT64_C(-0x80000001)}}, RenderErrorCode::kValueTooLarge,
             "fd2", message);
}

BOOST_AUTO_TEST_CASE(LongNamesAreCutShort) {
  const std::string name(300, 'x');
  Filter filter;
  const std::vector<VariableValue> values = {{name, 1}};
  const RenderError error = Get("worker").Render(values, filter);
  const std::string cut(80, 'x');
  BOOST_TEST(error.variable() == cut);
  BOOST_TEST(error.message() ==
             "program \"worker\": variable \"" + cut + "...\" is not one of this program's variables");

  const RenderError both(RenderErrorCode::kUnknownVariable, name, name);
  BOOST_TEST(both.message() == "program \"" + cut + "...\": variable \"" + cut +
                                   "...\" is not one of this program's variables");
}

BOOST_AUTO_TEST_CASE(AnErrorOutlivesTheNamesItWasMadeFrom) {
  RenderError error;
  {
    const std::string name = "temporary";
    Filter filter;
    error = Get("worker").Render(std::vector<VariableValue>{{name, 1}}, filter);
  }
  BOOST_TEST(error.variable() == "temporary");
}

BOOST_AUTO_TEST_CASE(ProgramsMayShareInstructionsAndVariables) {
  BOOST_TEST(Get("alias").instructions().data() == Get("worker").instructions().data());
  Filter alias, worker;
  BOOST_TEST(!Get("alias").Render({{"fd1", 1}, {"fd2", 2}}, alias));
  BOOST_TEST(!Get("worker").Render({{"fd1", 3}, {"fd2", 4}}, worker));
  BOOST_TEST(alias.instructions()[3].k == 1U);
  BOOST_TEST(worker.instructions()[3].k == 3U);
}

BOOST_AUTO_TEST_CASE(RenderingLeavesTheTableAsItIs) {
  const std::vector<std::uint32_t> before = Operands(Get("worker").instructions());
  Filter filter;
  BOOST_TEST(!Get("worker").Render({{"fd1", 1}, {"fd2", 2}}, filter));
  BOOST_TEST(Operands(Get("worker").instructions()) == before, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ThreadsRenderOneProgramAtOnce) {
  std::atomic<int> mistakes = 0;
  const auto render = [&mistakes](std::uint32_t first) {
    const Program& program = *embedded::GetPrecompiled("worker");
    for (std::uint32_t i = 0; i < 100'000; ++i) {
      Filter filter;
      const std::uint32_t fd1 = first + 2 * i;
      if (program.Render({{"fd1", fd1}, {"fd2", ~fd1}}, filter)) ++mistakes;
      if (filter.instructions()[3].k != fd1 || filter.instructions()[4].k != ~fd1) ++mistakes;
    }
  };
  std::thread even(render, 0U);
  std::thread odd(render, 1U);
  even.join();
  odd.join();
  BOOST_TEST(mistakes == 0);
}

BOOST_AUTO_TEST_CASE(VariablesCanBeLookedAt) {
  const auto variables = Get("wide").variables();
  BOOST_REQUIRE(variables.size() == 2U);
  BOOST_TEST(variables[0].name() == "address");
  BOOST_TEST(variables[0].bits() == 64);
  BOOST_TEST(variables[0].low_offsets() == (std::vector<std::uint32_t>{0, 3}),
             boost::test_tools::per_element());
  BOOST_TEST(variables[0].high_offsets() == (std::vector<std::uint32_t>{1, 2}),
             boost::test_tools::per_element());
  BOOST_TEST(variables[1].name() == "unused");
  BOOST_TEST(variables[1].bits() == 32);
  BOOST_TEST(variables[1].low_offsets().empty());
  BOOST_TEST(Get("idle").variables().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
