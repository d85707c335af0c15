// SPDX-License-Identifier: Apache-2.0
//
// Bugs between the definition and the compiler, and between the compiler and the generated text. Three things
// stand between them and an application, all of them when it is built:
//
//   handed over  what the asking process says of a policy is read there again, and is not that policy
//                (precompile/deserialize.h)
//   read back    the finished text does not say what was compiled (read/read_back.h)
//   proved       what the text says is not what the policy of its program says, or nobody has looked
//                (programs/prove_all.h)

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cerrno>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include <precompiledseccomp/error.h>

#include "errors.h"
#include "seeded_bugs/compiler.h"
#include "verify/limits.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(BugsInWriting)

enum class CaughtBy { kNothing, kHandingOver, kReadingBack, kProof };

constexpr std::string_view kNames[] = {"nothing", "handed over", "read back", "proved"};

struct Expected {
  std::string_view bug;
  CaughtBy by;
};

constexpr Expected kTable[] = {
    {"compile_all_copies_of_the_first", CaughtBy::kProof},
    {"header_text_fields_of_32_bits", CaughtBy::kReadingBack},
    {"header_text_fields_sorted_by_name", CaughtBy::kReadingBack},
    {"header_text_sizes_of_another_target", CaughtBy::kReadingBack},
    {"identifiers_numbers_run_together", CaughtBy::kReadingBack},
    {"prove_all_passes_over_the_last", CaughtBy::kProof},
    {"serialize_content_without_the_policy", CaughtBy::kProof},
    {"serialize_high_half_for_the_low", CaughtBy::kHandingOver},
    {"serialize_high_words_dropped", CaughtBy::kHandingOver},
    {"serialize_sign_dropped", CaughtBy::kHandingOver},
    {"source_text_renders_the_next_program", CaughtBy::kReadingBack},
    {"source_text_tables_of_other_targets", CaughtBy::kReadingBack},
    {"source_text_values_sorted_by_name", CaughtBy::kReadingBack},
    {"table_layout_descriptors_are_integers", CaughtBy::kReadingBack},
    {"table_layout_equal_but_for_the_operand", CaughtBy::kReadingBack},
    {"table_layout_equal_whatever_is_false", CaughtBy::kReadingBack},
    {"table_layout_flips_forgotten", CaughtBy::kReadingBack},
    {"table_layout_halves_exchanged", CaughtBy::kReadingBack},
    {"table_layout_installed_without_confirmation", CaughtBy::kReadingBack},
    {"table_text_calls_all_programs_proved", CaughtBy::kReadingBack},
    {"table_text_jumps_exchanged", CaughtBy::kReadingBack},
    {"table_text_operands_cut_short", CaughtBy::kReadingBack},
};

std::vector<ProgramDefinition> Sorted(std::vector<ProgramDefinition> definitions) {
  std::sort(definitions.begin(), definitions.end(),
            [](const auto& left, const auto& right) { return left.name < right.name; });
  return definitions;
}

// Programs that are alike but for what a bug may lose.
std::vector<ProgramDefinition> Definitions() {
  const auto answers = [](const Policy& policy) { return [policy](const Values&) { return policy; }; };
  const auto with_variables = [](const Values& v) {
    return Policy()
        .Allow("read", Arg(0) == v["fd"])
        .Allow("munmap", Arg(0) == v.Uint64("address"))
        .Errno(ENOSYS, "openat");
  };
  const auto otherwise = [](const Action& action) {
    return Policy().Errno(EPERM, "close").Trap("openat").Allow("write", Arg32(0) == 1).Add(action, "write");
  };
  return Sorted({
      {"alone", {}, answers(Policy().Allow("getpid").Default(Action::Errno(EPERM)))},
      {"errno-otherwise", {}, answers(otherwise(Action::Errno(EPERM)))},
      {"at-least",
       {"least"},
       [](const Values& v) { return Policy().Allow("read", Arg32(0).Signed() >= v["least"]); }},
      {"at-least-minus-5", {}, answers(Policy().Allow("write", Arg32(0).Signed() >= -5))},
      {"high-half", {}, answers(Policy().Allow("write", Arg(0) == 0x700000003))},
      {"low-half", {}, answers(Policy().Allow("write", Arg32(0) == 3))},
      {"one", {}, answers(Policy().Allow("write", Arg(0) == 1).Allow("read", Arg(1) == 1))},
      {"same-as-one", {}, answers(Policy().Allow("write", Arg(0) == 1).Allow("read", Arg(1) == 1))},
      {"trap-otherwise", {}, answers(otherwise(Action::Trap()))},
      {"two", {}, answers(Policy().Allow("write", Arg(0) == 2).Allow("read", Arg(1) == 2))},
      {"v1.12", {"fd", Uint64("address")}, with_variables},
      {"v11.2",
       {Fd("fd")},
       [](const Values& v) { return Policy().Allow("read", Arg(0) == v["fd"]); },
       Proof::kRequired,
       {.confirmed_kill_process = true}},
  });
}

// What is proved, or may stay without a proof.
struct Attempt {
  Proof proof;
  std::uint64_t steps;
};
constexpr Attempt kAttempts[] = {{Proof::kRequired, verify::Limits().steps}, {Proof::kUnlessTooLarge, 1}};

CaughtBy Judged(const std::string& message) {
  const auto says = [&](std::string_view part) { return message.find(part) != std::string::npos; };
  if (says("the policy is another one after it was handed over")) return CaughtBy::kHandingOver;
  if (says("what was generated")) return CaughtBy::kReadingBack;
  if (says("the compiled filter is wrong") || says("it was not tried to be proved")) return CaughtBy::kProof;
  throw std::runtime_error("an error that says something else: " + message);
}

struct Catch {
  CaughtBy by = CaughtBy::kNothing;
  std::string message;
};

Catch CatchOf(GeneratorFunction generate) {
  for (const auto& [proof, steps] : kAttempts) {
    std::vector<ProgramDefinition> definitions = Definitions();
    for (ProgramDefinition& definition : definitions) definition.proof = proof;
    try {
      generate(definitions, {Targets().begin(), Targets().end()}, steps);
    } catch (const Error& error) {
      return {Judged(error.what()), error.what()};
    } catch (const gen::Errors& errors) {
      return {Judged(errors.all().front().what()), errors.all().front().what()};
    }
  }
  return {};
}

BOOST_AUTO_TEST_CASE(WithoutThemThereIsNothingToCatch) {
  BOOST_TEST(CatchOf(seeded_generator).message == "");
}

BOOST_AUTO_TEST_CASE(AreCaughtWhenTheProgramIsBuilt) {
  BOOST_TEST(testing::BugsInWriting().size() == std::size(kTable));
  for (const BugInWriting& bug : testing::BugsInWriting()) {
    const auto [by, message] = CatchOf(bug.generate);
    std::cout << std::left << std::setw(42) << bug.name << std::setw(12)
              << kNames[static_cast<std::size_t>(by)] << message << "\n";
    const auto* const expected = std::find_if(std::begin(kTable), std::end(kTable),
                                              [&](const Expected& row) { return row.bug == bug.name; });
    BOOST_REQUIRE_MESSAGE(expected != std::end(kTable), bug.name << " is not in the table");
    BOOST_TEST((by == expected->by), bug.name << " is caught otherwise than the table says");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
