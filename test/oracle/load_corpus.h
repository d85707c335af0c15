// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/test/unit_test.hpp>

namespace precompiledseccomp::testing {

// For tests of Corpus(), which is loaded before the first test: skips them, visibly, where there is none.
boost::test_tools::assertion_result ThereIsACorpus(boost::unit_test::test_unit_id);

}  // namespace precompiledseccomp::testing
