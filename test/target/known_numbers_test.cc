// SPDX-License-Identifier: Apache-2.0
//
// Which numbers a kernel has, and which come before a call.

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "support/calls.h"
#include "support/errors.h"
#include "target/known_numbers.h"
#include "target/syscall_names.h"

namespace precompiledseccomp::testing {
namespace {

std::string Text(const std::vector<NumberRange>& ranges) {
  std::string text;
  for (const NumberRange& range : ranges)
    text += (text.empty() ? "" : " ") + std::to_string(range.first) + "-" + std::to_string(range.last);
  return text;
}

BOOST_AUTO_TEST_SUITE(KnownNumbersTest)

BOOST_AUTO_TEST_CASE(GapsAreNotKnown) {
  BOOST_TEST(Text(NumbersUpTo(X86(), 300)) == "0-300");
  BOOST_TEST(Text(NumbersUpTo(X86(), 450)) == "0-334 424-450");
  BOOST_TEST(Text(NumbersUpTo(Arm(), 450)) == "0-243 260-294 424-450");
  BOOST_TEST(Text(NumbersUpTo(X86(), 0x3fffffff)) == "0-336 424-1073741823");
}

BOOST_AUTO_TEST_CASE(ACallInAGapIsKnownWithThoseOfItsTime) {
  BOOST_TEST(Text(NumbersUpTo(X86(), 461)) == "0-334 424-461");  // Linux 6.8
  BOOST_TEST(Text(NumbersUpTo(X86(), 466)) == "0-335 424-466");  // 6.13
  BOOST_TEST(Text(NumbersUpTo(X86(), 336)) == "0-336");          // uprobe itself
  BOOST_TEST(Text(NumbersUpTo(X86(), 400)) == "0-334 400-400");  // whatever that is
  BOOST_TEST(Text(NumbersUpTo(Arm(), 469)) == "0-243 260-294 424-469");
}

BOOST_AUTO_TEST_CASE(AKernelKnowsItsOwnCalls) {
  const std::pair<KernelVersion, const char*> of_x86[] = {
      {{3, 5}, "0-312"},
      {{3, 17}, "0-320"},
      {{4, 18}, "0-334"},
      {{5, 0}, "0-334"},
      {{5, 1}, "0-334 424-427"},
      {{5, 4}, "0-334 424-435"},
      {{5, 6}, "0-334 424-435 437-438"},
      {{5, 9}, "0-334 424-439"},
      {{5, 13}, "0-334 424-442 444-446"},
      {{5, 17}, "0-334 424-450"},
      {{6, 6}, "0-334 424-453"},
      {{6, 11}, "0-335 424-462"},
      {{6, 18}, "0-336 424-469"},
  };
  for (const auto& [kernel, expected] : of_x86)
    BOOST_TEST(Text(NumbersOfKernel(X86(), kernel)) == expected,
               kernel.version << "." << kernel.patch_level << ": " << Text(NumbersOfKernel(X86(), kernel)));
  BOOST_TEST(Text(NumbersOfKernel(Arm(), {4, 18})) == "0-243 260-293");
  BOOST_TEST(Text(NumbersOfKernel(Arm(), {6, 6})) == "0-243 260-294 424-453");
}

// What a gap leaves out has no name, and all else has one.
BOOST_AUTO_TEST_CASE(AllNumbersOfTheNewestKernelAndNoOthersHaveNames) {
  for (const Target& target : Targets()) {
    const std::vector<std::string> names = SyscallNames(target);
    const std::vector<NumberRange> known = NumbersOfKernel(target, {6, 18});
    for (std::uint32_t number = 0; number < 470; ++number) {
      const bool is_known = std::any_of(known.begin(), known.end(),
                                        [&](const NumberRange& range) { return range.Has(number); });
      BOOST_TEST(is_known == !names[number].empty(), target.name << " " << number << " " << names[number]);
    }
  }
}

BOOST_AUTO_TEST_CASE(AKernelWhoseCallsAreNotKnownIsAnError) {
  for (const KernelVersion kernel : std::initializer_list<KernelVersion>{{3, 4}, {6, 19}, {7, 0}, {5, -1}})
    CheckError([&] { NumbersOfKernel(X86(), kernel); },
               {"KnownUpTo(Kernel{" + std::to_string(kernel.version), "3.5 to 6.18", "newest call"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
