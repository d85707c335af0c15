// SPDX-License-Identifier: Apache-2.0
//
// How much each call weighs whose arguments are checked: how often it runs the filter, for each time that the
// filter is installed.

#include "compile/weights.h"

#include <cerrno>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>

#include "compile/graph_text.h"
#include "target/syscall_names.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(WeightsTest)

// What every call weighs that may pass, and an installation.
constexpr double kAnyCall = 8;
const double kInstallation = X86().numbers;
// About one and a half.
constexpr double kUsual = 1.48;

compile::Weights WeightsOf(const Policy& policy) {
  const ResolvedPolicy resolved = Resolve(policy, X86());
  GraphText text;
  const compile::Decisions decisions = compile::DecisionsOfCalls(resolved, text.graph());
  return compile::WeightsOf(resolved, decisions, text.graph());
}

struct Row {
  Policy policy;
  std::map<std::string, double> installations;  // for each call, besides what any call weighs
};

void Check(const std::vector<Row>& rows) {
  for (const Row& row : rows) BOOST_TEST_CONTEXT(row.policy) {
      const compile::Weights weights = WeightsOf(row.policy);
      BOOST_TEST(weights.size() == row.installations.size());
      for (const auto& [name, installations] : row.installations)
        BOOST_TEST(weights.at(*SyscallNumber(X86(), name)) == kAnyCall + installations * kInstallation,
                   boost::test_tools::tolerance(1e-9));
    }
}

const Condition kSome = Arg32(0) == 1;

BOOST_AUTO_TEST_CASE(DeclaredCallsShareEightInstallationsByTheirCounts) {
  Check({
      {Policy().Allow({"statx", "getcpu"}, kSome).SyscallCounts({{"statx", 3}, {"getcpu", 1}}),
       {{"statx", 6}, {"getcpu", 2}}},
      {Policy().Allow({"statx", "getcpu"}, kSome).HotSyscalls({"getcpu"}), {{"statx", 0}, {"getcpu", 8}}},
      {Policy().Allow("statx", kSome).SyscallCounts({{"statx", 0}}), {{"statx", 0}}},
  });
}

BOOST_AUTO_TEST_CASE(UsualCallsShareOneAndAHalfIfNothingIsDeclared) {
  Check({
      {Policy().Allow({"futex", "statx"}, kSome), {{"futex", kUsual}, {"statx", 0}}},
      // The second of them counts half as much as the first.
      {Policy().Allow({"futex", "read", "statx"}, kSome),
       {{"futex", kUsual * 2 / 3}, {"read", kUsual / 3}, {"statx", 0}}},
      // Whatever stands before it in the list without being checked.
      {Policy().Allow("futex").Allow({"ioctl", "fcntl"}, kSome),
       {{"ioctl", kUsual * 2 / 3}, {"fcntl", kUsual / 3}}},
  });
}

BOOST_AUTO_TEST_CASE(UsualCallsShareAQuarterOfOneBesideDeclaredOnes) {
  Check({
      {Policy().Allow({"futex", "statx"}, kSome).HotSyscalls({"statx"}), {{"futex", 0.25}, {"statx", 8}}},
      // What is declared is not usual besides.
      {Policy().Allow({"futex", "read"}, kSome).HotSyscalls({"futex"}), {{"futex", 8}, {"read", 0.25}}},
  });
}

BOOST_AUTO_TEST_CASE(CallsThatTheKernelAnswersHaveNoWeight) {
  Check({
      {Policy().Allow("futex"), {}},
      {Policy().Allow({"futex", "read"}).Allow("statx", kSome).HotSyscalls({"futex", "statx"}),
       {{"statx", 8}}},
  });
}

BOOST_AUTO_TEST_CASE(CallsThatAreAlwaysRefusedWeighNothing) {
  const compile::Weights weights =
      WeightsOf(Policy().Errno(EPERM, "futex", kSome).Allow("read", kSome).HotSyscalls({"futex", "read"}));
  BOOST_TEST(weights.at(*SyscallNumber(X86(), "futex")) == 0);
  BOOST_TEST(weights.at(*SyscallNumber(X86(), "read")) == kAnyCall + 8 * kInstallation);
}

BOOST_AUTO_TEST_CASE(TheHeaviestComeFirstAndOfEqualOnesTheLowerNumber) {
  BOOST_TEST(
      compile::HeaviestFirst({{1, 5}, {2, 7}, {3, 5}, {4, 0}}) == (std::vector<std::uint32_t>{2, 1, 3, 4}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
