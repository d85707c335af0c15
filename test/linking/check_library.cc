// SPDX-License-Identifier: Apache-2.0
#include "check_library.h"

#include <cerrno>

#include <boost/test/unit_test.hpp>

#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/child.h"

namespace {

constexpr int kFd = 1;

int ErrnoOf(long number, int argument = 0) {
  errno = 0;
  return syscall(number, argument) == -1 ? errno : 0;
}

// How a child ends in which the library's filter answers, with these errors.
void CheckAnswers(const Library& library, int getppid_error, int geteuid_error) {
  BOOST_TEST(InChild([&](Report& report) {
               report.Equal("error", library.install(kFd), 0);
               report.Equal("errno of getppid", ErrnoOf(SYS_getppid), getppid_error);
               report.Equal("errno of geteuid", ErrnoOf(SYS_geteuid), geteuid_error);
               report.Equal("errno of dup", ErrnoOf(SYS_dup, kFd), ENOTNAM);
               report.Equal("errno of another dup", ErrnoOf(SYS_dup, kFd + 1), 0);
             }) == "exited with 0");
}

void CheckLoose(const Library& library) {
  BOOST_TEST(library.size_by_name() == library.size_typed());
  CheckAnswers(library, EDOM, 0);
}

void CheckStrict(const Library& library) {
  BOOST_TEST(library.size_by_name() == library.size_typed());
  CheckAnswers(library, ERANGE, ERANGE);
}

}  // namespace

void CheckBoth(const Library& loose, const Library& strict) {
  BOOST_TEST(loose.size_by_name() != strict.size_by_name());
  CheckLoose(loose);
  CheckStrict(strict);
}
