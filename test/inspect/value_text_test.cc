// SPDX-License-Identifier: Apache-2.0
//
// Sets of values as text. That texts say what they should for all sets is for test/property.

#include "inspect/value_text.h"

#include <cstdint>
#include <string>

#include <boost/test/unit_test.hpp>

#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

using inspect::FieldNames;
using verify::ValueSet;

constexpr std::uint64_t kLow = 0xffffffff;

// Of an argument of a call of x86-64.
std::string TextOf(const ValueSet& values, const std::string& call, int argument) {
  return inspect::ValuesText(values, FieldNames(X86(), call).Of(verify::ArgumentWord(argument, true)));
}

ValueSet One(std::uint64_t value) {
  return ValueSet::Range(64, {value, value});
}

// Tested in the lower half only.
ValueSet LowHalf(std::uint32_t value) {
  return ValueSet::Masked(64, kLow, value);
}

BOOST_AUTO_TEST_SUITE(ValueText)

BOOST_AUTO_TEST_CASE(TheShortestTextIsTaken) {
  const ValueSet digits = ValueSet::Range(64, {0, 9});
  BOOST_TEST(TextOf(digits, "write", 2) == "count <= 9");
  BOOST_TEST(TextOf(digits.Complement(), "write", 2) == "count >= 10");
  BOOST_TEST(TextOf(ValueSet::Range(64, {3, 9}), "write", 2) == "count in 3..9");
  BOOST_TEST(TextOf(One(3).Or(One(5)).Or(One(6)), "write", 2) == "count in {3, 5, 6}");
  BOOST_TEST(TextOf(One(3), "write", 2) == "count == 3");
  BOOST_TEST(TextOf(One(3).Complement(), "write", 2) == "count != 3");
  BOOST_TEST(TextOf(One(3).Or(One(5)).Complement(), "write", 2) == "count not in {3, 5}");
  BOOST_TEST(TextOf(ValueSet::Masked(64, 0xfff, 0), "mmap", 0) == "(addr & 0xfff) == 0");
  BOOST_TEST(TextOf(ValueSet::Masked(64, 0x6, 0).Complement(), "mmap", 2) == "(prot & 0x6) != 0");
}

BOOST_AUTO_TEST_CASE(NumbersBesideMasksAreNamedFirst) {
  const ValueSet writable = ValueSet::Masked(64, 2, 2);
  BOOST_TEST(TextOf(writable.Or(One(5)), "mmap", 2) == "(prot == 5 || (prot & 0x2) != 0)");
  BOOST_TEST(TextOf(writable.Or(One(5)).Complement(), "mmap", 2) == "(prot != 5 && (prot & 0x2) == 0)");
}

BOOST_AUTO_TEST_CASE(ValuesThatHaveNamesAreCalledByThem) {
  BOOST_TEST(TextOf(LowHalf(0x5401).Or(LowHalf(0x5413)), "ioctl", 1) == "cmd in {TCGETS, TIOCGWINSZ}");
  BOOST_TEST(TextOf(One(1), "socket", 0) == "family == AF_UNIX");
}

BOOST_AUTO_TEST_CASE(AnUpperHalfAsCallersPassItIsNotMentioned) {
  BOOST_TEST(TextOf(One(0x5401), "ioctl", 1) == "cmd == TCGETS");
  BOOST_TEST(TextOf(LowHalf(0x5401), "ioctl", 1) == "cmd == TCGETS");
  // -100, as an int that was made wider.
  BOOST_TEST(TextOf(One(0xffffffffffffff9c), "openat", 0) == "dfd == -100");
  BOOST_TEST(TextOf(LowHalf(0xffffff9c), "openat", 0) == "dfd == -100");
}

// A refusal of the one value only lets the same 32 bits pass with another upper half.
BOOST_AUTO_TEST_CASE(AnUpperHalfThatEvadesATestIsMentioned) {
  BOOST_TEST(TextOf(One(0x5412).Complement(), "ioctl", 1) == "(u64)cmd != TIOCSTI");
  BOOST_TEST(TextOf(LowHalf(0x5412).Complement(), "ioctl", 1) == "cmd != TIOCSTI");
  BOOST_TEST(TextOf(One(0xffffff9c), "openat", 0) == "(u64)dfd == 0xffffff9c");
  BOOST_TEST(TextOf(ValueSet::Range(64, {0, kLow}), "ioctl", 1) == "(u64)cmd <= 0xffffffff");
}

BOOST_AUTO_TEST_CASE(TheLowerHalfOfAWideParameterIsMentioned) {
  BOOST_TEST(TextOf(LowHalf(7), "mmap", 0) == "(u32)addr == 7");
  BOOST_TEST(TextOf(One(7), "mmap", 0) == "addr == 7");
}

BOOST_AUTO_TEST_CASE(IntsHaveASign) {
  BOOST_TEST(TextOf(ValueSet::Masked(64, 0x80000000, 0), "openat", 0) == "dfd >= 0");
  BOOST_TEST(TextOf(ValueSet::Masked(64, 0x80000000, 0x80000000), "openat", 0) == "dfd <= -1");
}

BOOST_AUTO_TEST_CASE(ANameIsOfOneArgumentOnly) {
  const FieldNames names(X86(), "prctl");
  BOOST_TEST(names.Of(verify::ArgumentWord(4, true)).text == "arg5");
  BOOST_TEST(names.Of(verify::ArgumentWord(5, true)).text == "args[5]");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
