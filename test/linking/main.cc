// SPDX-License-Identifier: Apache-2.0
#define BOOST_TEST_MODULE linking
#include <boost/test/unit_test.hpp>
