// SPDX-License-Identifier: Apache-2.0
//
// Both libraries loaded into one program.
#include <string>

#include <boost/test/results_collector.hpp>
#include <boost/test/unit_test.hpp>

#include <dlfcn.h>

#include "check_library.h"
#include "loaded.h"
#include "runtime/child.h"

namespace {

// In a child, for a library that was loaded once stays, and its symbols with it.
void CheckLoaded(const std::string& first, const std::string& second, int flags) {
  const std::string end = InChild([&](Report& report) {
    const Library& one = Load(first, flags);
    const Library& other = Load(second, flags);
    const bool loose_first = first == "Loose";
    CheckBoth(loose_first ? one : other, loose_first ? other : one);
    const auto& results =
        boost::unit_test::results_collector.results(boost::unit_test::framework::current_test_case().p_id);
    report.True("checks passed", results.passed());
  });
  BOOST_TEST(end == "exited with 0");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(loaded)

BOOST_AUTO_TEST_CASE(EachLibraryHasItsOwnFiltersInAnyOrderAndScope) {
  for (const int scope : {RTLD_LOCAL, RTLD_GLOBAL}) {
    for (const int binding : {RTLD_LAZY, RTLD_NOW}) {
      BOOST_TEST_CONTEXT("scope " << scope << ", binding " << binding) {
        CheckLoaded("Loose", "Strict", scope | binding);
        CheckLoaded("Strict", "Loose", scope | binding);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
