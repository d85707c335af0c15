// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "embedded_programs.h"

namespace precompiledseccomp {
namespace {

using embedded::Programs;

BOOST_AUTO_TEST_SUITE(lookup)

BOOST_AUTO_TEST_CASE(EveryProgramIsFoundByItsName) {
  for (const char* name : {"alias", "answer", "idle", "wide", "worker"}) {
    BOOST_TEST_CONTEXT(name) {
      const Program* program = FindProgram(Programs(), name);
      BOOST_REQUIRE(program != nullptr);
      BOOST_TEST(program->name() == name);
    }
  }
}

// Not all of which end with a NUL.
BOOST_AUTO_TEST_CASE(NamesMayBeTextsOrViews) {
  const Program* const worker = embedded::GetPrecompiled("worker");
  BOOST_REQUIRE(worker != nullptr);
  BOOST_TEST(worker == embedded::GetPrecompiled(std::string("worker")));
  BOOST_TEST(worker == embedded::GetPrecompiled(std::string_view("workers").substr(0, 6)));
  BOOST_TEST(embedded::GetPrecompiled("workers") == nullptr);
  BOOST_TEST(embedded::GetPrecompiled("") == nullptr);
}

BOOST_AUTO_TEST_CASE(OtherNamesAreNotFound) {
  for (const char* name :
       {"", "a", "aliased", "alia", "answerer", "zebra", "workers", "worke", "Worker", "\xff"})
    BOOST_TEST_CONTEXT(name) BOOST_TEST(FindProgram(Programs(), name) == nullptr);
}

BOOST_AUTO_TEST_CASE(EveryLengthOfTableIsSearchedWhole) {
  for (std::size_t size = 0; size <= Programs().size(); ++size) {
    for (std::size_t i = 0; i < Programs().size(); ++i) {
      BOOST_TEST_CONTEXT("program " << i << " of a table of " << size) {
        const Program& program = Programs()[i];
        const Program* expected = i < size ? &program : nullptr;
        BOOST_TEST(FindProgram(Programs().first(size), program.name()) == expected);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(AnEmptyTableHasNothing) {
  BOOST_TEST(FindProgram({}, "worker") == nullptr);
}

// So that a look-up among hundreds of programs touches few pages.
BOOST_AUTO_TEST_CASE(NamesStandBetweenTheRecordsAndTheInstructions) {
  const auto address = [](const auto* object) { return reinterpret_cast<std::uintptr_t>(object); };
  for (const Program& program : Programs()) {
    BOOST_TEST_CONTEXT(program.name()) {
      BOOST_TEST(address(program.name().data()) >= address(Programs().data() + Programs().size()));
      BOOST_TEST(address(program.name().data()) < address(program.instructions().data()));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
