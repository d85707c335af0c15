// SPDX-License-Identifier: Apache-2.0
//
// Both libraries linked into one program: as shared libraries, or as archives.
#include <boost/test/unit_test.hpp>

#include "check_library.h"

BOOST_AUTO_TEST_CASE(EachLibraryHasItsOwnFilters) {
  CheckBoth(*LooseLibrary(), *StrictLibrary());
}
