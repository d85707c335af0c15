// SPDX-License-Identifier: Apache-2.0

#include "inspect/number_text.h"

#include <cstdint>

#include <boost/test/unit_test.hpp>

namespace precompiledseccomp::testing {
namespace {

using inspect::HexNumber;
using inspect::ReadNumber;
using inspect::ShortNumber;

BOOST_AUTO_TEST_SUITE(number_text)

BOOST_AUTO_TEST_CASE(NumbersAreReadAsCWritesThem) {
  struct Row {
    const char* text;
    std::uint64_t bits;
    bool is_negative;
  };
  constexpr Row kRows[] = {
      {"0", 0, false},
      {"257", 257, false},
      {"0x101", 257, false},
      {"0X1f", 31, false},
      {"0401", 257, false},
      {"00", 0, false},
      {"-1", UINT64_MAX, true},
      {"-0x10", UINT64_MAX - 15, true},
      {"-0", 0, false},
      {"18446744073709551615", UINT64_MAX, false},
      {"0xffffffffffffffff", UINT64_MAX, false},
      {"-9223372036854775808", std::uint64_t{1} << 63, true},
  };
  for (const Row& row : kRows) BOOST_TEST_CONTEXT(row.text) {
      const auto number = ReadNumber(row.text);
      BOOST_REQUIRE(number.has_value());
      BOOST_TEST(number->bits == row.bits);
      BOOST_TEST(number->is_negative == row.is_negative);
    }
}

BOOST_AUTO_TEST_CASE(AnythingElseIsNoNumber) {
  for (const char* const text :
       {"", "-", "+1", "--1", "0x", "-0x", "08", "0o7", "1 ", " 1", "1k", "0x1g", "x1", "1.5",
        "18446744073709551616", "0x10000000000000000", "-9223372036854775809", "- 1"})
    BOOST_TEST(!ReadNumber(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(LargeNumbersAreWrittenInHexadecimal) {
  BOOST_TEST(ShortNumber(0) == "0");
  BOOST_TEST(ShortNumber(1023) == "1023");
  BOOST_TEST(ShortNumber(1024) == "0x400");
  BOOST_TEST(ShortNumber(UINT64_MAX) == "0xffffffffffffffff");
  BOOST_TEST(HexNumber(3) == "0x3");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
