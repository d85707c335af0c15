// SPDX-License-Identifier: Apache-2.0
//
// What the library has of its own instead of libc's functions does what those do.
#include "runtime/cold_start.h"
#include "runtime/system_call.h"

#include <cerrno>
#include <iterator>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <sys/syscall.h>
#include <unistd.h>

#include <linux/prctl.h>

namespace precompiledseccomp {
namespace {

int SignOf(int order) {
  return (order > 0) - (order < 0);
}

BOOST_AUTO_TEST_SUITE(cold_start)

BOOST_AUTO_TEST_CASE(NamesAreOrderedAsStringViewsOrderThem) {
  using namespace std::string_view_literals;
  const std::string_view names[] = {"",       "a",       "ab",     "abc",  "b",    "B",
                                    "worker", "worker2", "a\0b"sv, "\x7f", "\x80", "\xff"};
  for (std::size_t i = 0; i < std::size(names); ++i)
    for (std::size_t j = 0; j < std::size(names); ++j) BOOST_TEST_CONTEXT("names " << i << " and " << j)
  BOOST_TEST(SignOf(CompareNames(names[i], names[j])) == SignOf(names[i].compare(names[j])));
}

BOOST_AUTO_TEST_CASE(ATextIsViewedUpToItsNul) {
  for (const char* const text : {"", "a", "worker", "a\0b", "\xff"})
    BOOST_TEST(AsView(text) == std::string_view(text));
}

BOOST_AUTO_TEST_CASE(AsManyElementsAreCopiedAsAsked) {
  const std::vector<sock_filter> from = {{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}};
  std::vector<sock_filter> to(3);
  CopyElements(to.data(), from.data(), 2);
  BOOST_TEST(to[0].code == 1);
  BOOST_TEST(to[1].jt == 6);
  BOOST_TEST(to[1].jf == 7);
  BOOST_TEST(to[1].k == 8U);
  BOOST_TEST(to[2].code == 0);
  CopyElements<sock_filter>(to.data(), nullptr, 0);
  BOOST_TEST(to[0].code == 1);
}

BOOST_AUTO_TEST_CASE(ASystemCallAnswersAsTheKernelDoesAndLeavesErrnoAlone) {
  errno = ENOTTY;
  BOOST_TEST(SystemCall(SYS_getpid, 0, 0, 0) == getpid());
  BOOST_TEST(SystemCall(SYS_close, ~0UL, 0, 0) == -EBADF);
  BOOST_TEST(errno == ENOTTY);
}

BOOST_AUTO_TEST_CASE(AllFiveArgumentsOfASystemCallReachTheKernel) {
  // The kernel wants the four behind the option to be 0.
  BOOST_TEST(SystemCall(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) >= 0);
  BOOST_TEST(SystemCall(SYS_prctl, PR_GET_NO_NEW_PRIVS, 1, 0, 0, 0) == -EINVAL);
  BOOST_TEST(SystemCall(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 1, 0, 0) == -EINVAL);
  BOOST_TEST(SystemCall(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 1, 0) == -EINVAL);
  BOOST_TEST(SystemCall(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 1) == -EINVAL);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
