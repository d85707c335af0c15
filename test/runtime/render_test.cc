// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <linux/seccomp.h>

#include <boost/test/unit_test.hpp>

#include "embedded_programs.h"

namespace precompiledseccomp {

std::ostream& boost_test_print_type(std::ostream& out, RenderErrorCode code) {
  return out << "RenderErrorCode " << static_cast<int>(code);
}

namespace {

BOOST_AUTO_TEST_SUITE(render)

std::vector<std::uint32_t> Operands(std::span<const sock_filter> instructions) {
  std::vector<std::uint32_t> operands;
  for (const sock_filter& instruction : instructions) operands.push_back(instruction.k);
  return operands;
}

// "3:0 1:1": instruction and form of each place.
std::string PlacesText(const VariableRecord& variable) {
  std::string text;
  for (const ValuePlace& place : variable.places())
    text += (text.empty() ? "" : " ") + std::to_string(place.instruction) + ":" + std::to_string(place.form);
  return text;
}

const Program& Get(std::string_view name) {
  const Program* program = embedded::GetPrecompiled(name);
  BOOST_REQUIRE(program != nullptr);
  return *program;
}

// Renders into a filter that holds something already, which must not survive.
void CheckError(const Program& program, std::initializer_list<VariableValue> values, RenderErrorCode code,
                std::string_view variable, std::string_view message) {
  Filter filter;
  BOOST_REQUIRE(Get("worker").Render({{"fd1", 7}, {"fd2", 8}}, filter).ok());
  const RenderResult error = program.Render(values, filter);
  BOOST_TEST(!error.ok());
  BOOST_TEST(error.code() == code);
  BOOST_TEST(error.variable() == variable);
  BOOST_TEST(error.message() == message);
  BOOST_TEST(filter.empty());
}

BOOST_AUTO_TEST_CASE(ValuesStandWhereTheOffsetsSay) {
  Filter filter;
  const RenderResult error = Get("worker").Render({{"fd1", 11}, {"fd2", 22}}, filter);
  BOOST_TEST(error.ok());
  BOOST_TEST(error.message() == "");
  std::vector<std::uint32_t> expected = Operands(Get("worker").instructions());
  expected[3] = 11;
  expected[4] = 22;
  BOOST_TEST(Operands(filter.instructions()) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(EverythingButOperandsIsCopied) {
  Filter filter;
  BOOST_TEST(Get("worker").Render({{"fd1", 0}, {"fd2", 0}}, filter).ok());
  const auto original = Get("worker").instructions();
  BOOST_REQUIRE(filter.size() == original.size());
  BOOST_TEST(std::memcmp(filter.instructions().data(), original.data(), original.size_bytes()) == 0);
}

BOOST_AUTO_TEST_CASE(TheOrderOfValuesDoesNotMatter) {
  Filter one, other;
  BOOST_TEST(Get("worker").Render({{"fd1", 11}, {"fd2", 22}}, one).ok());
  BOOST_TEST(Get("worker").Render({{"fd2", 22}, {"fd1", 11}}, other).ok());
  BOOST_TEST(Operands(one.instructions()) == Operands(other.instructions()),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(NamesOfVariablesMayBeTextsOrViews) {
  const std::string first = "fd1";
  const std::string_view second = std::string_view("fd23").substr(0, 3);
  Filter filter;
  BOOST_TEST(Get("worker").Render({{first, 11}, {second, 22}}, filter).ok());
  BOOST_TEST(filter.instructions()[3].k == 11U);
  BOOST_TEST(filter.instructions()[4].k == 22U);
  static_assert(VariableValue("fd1", 7).name() == "fd1" && VariableValue("fd1", 7).bits() == 7);
  static_assert(VariableValue(std::string_view("fd1"), -7).name() == "fd1");
}

BOOST_AUTO_TEST_CASE(BothHalvesOfA64BitVariablePlaceholderAllTheirPlaces) {
  Filter filter;
  BOOST_TEST(Get("wide").Render({{"address", 0x1122334455667788}, {"unused", 1}}, filter).ok());
  BOOST_TEST(Operands(filter.instructions()) ==
                 (std::vector<std::uint32_t>{0x55667788, 0x11223344, 0x11223344, 0x55667788, 0x7fff0000}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(NegativeValuesAreSignExtended) {
  Filter filter;
  BOOST_TEST(Get("wide").Render({{"address", -2}, {"unused", INT64_C(-5)}}, filter).ok());
  BOOST_TEST(filter.instructions()[0].k == 0xfffffffeU);
  BOOST_TEST(filter.instructions()[1].k == 0xffffffffU);
  BOOST_TEST(Get("worker").Render({{"fd1", -1}, {"fd2", static_cast<signed char>(-100)}}, filter).ok());
  BOOST_TEST(filter.instructions()[3].k == 0xffffffffU);
  BOOST_TEST(filter.instructions()[4].k == 0xffffff9cU);
}

BOOST_AUTO_TEST_CASE(AVariableWithoutPlacesStillNeedsAValue) {
  CheckError(Get("wide"), {{"address", 1}}, RenderErrorCode::kMissingVariable, "unused",
             "program \"wide\": variable \"unused\" has no value");
}

BOOST_AUTO_TEST_CASE(AProgramWithoutVariablesNeedsNoValues) {
  Filter filter;
  BOOST_TEST(Get("idle").Render({}, filter).ok());
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
  BOOST_TEST(
      Get("worker").Render({{"fd1", UINT64_C(0xffffffff)}, {"fd2", INT64_C(-0x80000000)}}, filter).ok());
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
  const RenderResult error = Get("worker").Render(values, filter);
  const std::string cut(80, 'x');
  BOOST_TEST(error.variable() == cut);
  BOOST_TEST(error.message() ==
             "program \"worker\": variable \"" + cut + "...\" is not one of this program's variables");

  const RenderResult both(RenderErrorCode::kUnknownVariable, name, name);
  BOOST_TEST(both.message() == "program \"" + cut + "...\": variable \"" + cut +
                                   "...\" is not one of this program's variables");
}

BOOST_AUTO_TEST_CASE(AnErrorOutlivesTheNamesItWasMadeFrom) {
  RenderResult error;
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
  BOOST_TEST(Get("alias").Render({{"fd1", 1}, {"fd2", 2}}, alias).ok());
  BOOST_TEST(Get("worker").Render({{"fd1", 3}, {"fd2", 4}}, worker).ok());
  BOOST_TEST(alias.instructions()[3].k == 1U);
  BOOST_TEST(worker.instructions()[3].k == 3U);
}

BOOST_AUTO_TEST_CASE(RenderingLeavesTheTableAsItIs) {
  const std::vector<std::uint32_t> before = Operands(Get("worker").instructions());
  Filter filter;
  BOOST_TEST(Get("worker").Render({{"fd1", 1}, {"fd2", 2}}, filter).ok());
  BOOST_TEST(Operands(Get("worker").instructions()) == before, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ThreadsRenderOneProgramAtOnce) {
  std::atomic<int> mistakes = 0;
  const auto render = [&mistakes](std::uint32_t first) {
    const Program& program = *embedded::GetPrecompiled("worker");
    for (std::uint32_t i = 0; i < 100'000; ++i) {
      Filter filter;
      const std::uint32_t fd1 = first + 2 * i;
      if (!program.Render({{"fd1", fd1}, {"fd2", ~fd1}}, filter).ok()) ++mistakes;
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
  BOOST_TEST((variables[0].kind() == VariableKind::kInteger));
  BOOST_TEST(PlacesText(variables[0]) == "0:0 3:0 1:1 2:1");
  BOOST_TEST(variables[1].name() == "unused");
  BOOST_TEST(variables[1].bits() == 32);
  BOOST_TEST(variables[1].places().empty());
  BOOST_TEST((Get("kinds").variables()[1].kind() == VariableKind::kPid));
  BOOST_TEST(Get("idle").variables().empty());
}

// Rendered with one value that is refused, and with the nearest ones that are not.
void CheckKind(const char* variable, std::int64_t refused, RenderErrorCode code, const std::string& message) {
  std::int64_t values[] = {3, 4, 5, 6};
  const char* const names[] = {"fd", "pid", "code", "data"};
  for (std::size_t i = 0; i < 4; ++i)
    if (std::string_view(names[i]) == variable) values[i] = refused;
  CheckError(Get("kinds"), {{"fd", values[0]}, {"pid", values[1]}, {"code", values[2]}, {"data", values[3]}},
             code, variable, "program \"kinds\": variable \"" + std::string(variable) + "\" " + message);
}

BOOST_AUTO_TEST_CASE(ADescriptorIsNotNegative) {
  const std::string message = "is a file descriptor, its value is negative: did opening it fail?";
  CheckKind("fd", -1, RenderErrorCode::kNotADescriptor, message);
  CheckKind("fd", INT32_MIN, RenderErrorCode::kNotADescriptor, message);
  CheckKind("fd", UINT32_MAX, RenderErrorCode::kNotADescriptor, message);
}

BOOST_AUTO_TEST_CASE(AProcessIdIsPositive) {
  const std::string message = "is a process id, its value is not positive: did fork fail?";
  CheckKind("pid", -1, RenderErrorCode::kNotAProcess, message);
  CheckKind("pid", 0, RenderErrorCode::kNotAProcess, message);
  CheckKind("pid", 0x80000000, RenderErrorCode::kNotAProcess, message);
}

BOOST_AUTO_TEST_CASE(AnErrorNumberIsOneThatTheKernelAnswersAsItIs) {
  const std::string message = "is an error number, its value is not one of 1 to 4095";
  CheckKind("code", 0, RenderErrorCode::kNotAnErrno, message);
  CheckKind("code", 4096, RenderErrorCode::kNotAnErrno, message);
  CheckKind("code", 65537, RenderErrorCode::kNotAnErrno, message);
  CheckKind("code", -1, RenderErrorCode::kNotAnErrno, message);
}

BOOST_AUTO_TEST_CASE(DataOfAnAnswerHas16Bits) {
  const std::string message = "is the data of an answer, its value needs more than 16 bits";
  CheckKind("data", 0x10000, RenderErrorCode::kAnswerTooLarge, message);
  CheckKind("data", -1, RenderErrorCode::kAnswerTooLarge, message);
}

BOOST_AUTO_TEST_CASE(ValuesAtTheEdgeOfTheirKindAreRendered) {
  Filter filter;
  const Program& kinds = Get("kinds");
  BOOST_TEST(kinds.Render({{"fd", 0}, {"pid", 1}, {"code", 1}, {"data", 0}}, filter).ok());
  BOOST_TEST(
      kinds.Render({{"fd", INT32_MAX}, {"pid", INT32_MAX}, {"code", 4095}, {"data", 65535}}, filter).ok());
  BOOST_TEST(Operands(filter.instructions()) ==
                 (std::vector<std::uint32_t>{INT32_MAX, INT32_MAX, 4095, 65535, 0x7fff0000}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(APlaceMayWantTheHighestBitFlipped) {
  Filter filter;
  BOOST_TEST(Get("flipped").Render({{"limit", 0x1122334455667788}, {"low", -1}}, filter).ok());
  BOOST_TEST(Operands(filter.instructions()) ==
                 (std::vector<std::uint32_t>{0x55667788, 0x91223344, 0x7fffffff, 0, 0x7fff0000}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ABufferOfTheCallersTakesARendering) {
  sock_filter buffer[9];
  const RenderedSpan rendered = Get("worker").RenderInto({{"fd1", 11}, {"fd2", 22}}, buffer);
  BOOST_REQUIRE(rendered.ok());
  BOOST_TEST(rendered.instructions().data() == buffer);
  Filter filter;
  BOOST_TEST(Get("worker").Render({{"fd1", 11}, {"fd2", 22}}, filter).ok());
  BOOST_TEST(Operands(rendered.instructions()) == Operands(filter.instructions()),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ABufferThatIsTooSmallIsAnError) {
  sock_filter buffer[6];
  const RenderedSpan rendered = Get("worker").RenderInto({{"fd1", 11}, {"fd2", 22}}, buffer);
  BOOST_TEST(rendered.result().code() == RenderErrorCode::kBufferTooSmall);
  BOOST_TEST(rendered.message() == "program \"worker\": the buffer is too small for its instructions");
  BOOST_TEST(rendered.instructions().empty());
}

BOOST_AUTO_TEST_CASE(AfterAnErrorTheBufferRefusesAllCalls) {
  sock_filter buffer[7];
  BOOST_TEST(!Get("worker").RenderInto({{"fd1", 11}}, buffer).ok());
  for (const sock_filter& instruction : buffer)
    BOOST_TEST((instruction.code == (BPF_RET | BPF_K) && instruction.k == SECCOMP_RET_KILL_THREAD));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
