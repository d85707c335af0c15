// SPDX-License-Identifier: Apache-2.0
//
// The tables of constants, compared with the headers of this machine.

#include "inspect/constants.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>  // NOLINT: <csignal> need not have those of POSIX.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/rseq.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>

#include "support/targets.h"
#include "target/parameters.h"

namespace precompiledseccomp::testing {
namespace {

using inspect::ConstantNamed;
using inspect::ErrnoName;
using inspect::NameOfValue;
using inspect::NearConstants;

struct Row {
  const char* name;
  std::uint64_t in_table;
  std::uint64_t in_headers;
};

const Row kRows[] = {
#define CONSTANT(name, value) {#name, value, static_cast<std::uint64_t>(name)},
#include "inspect/constant_table.inc"
#undef CONSTANT
};

struct ErrorRow {
  const char* name;
  int in_table;
  int in_header;
};

const ErrorRow kErrorRows[] = {
#define ERROR_NUMBER(name, number) {#name, number, name},
#include "inspect/errno_table.inc"
#undef ERROR_NUMBER
};

BOOST_AUTO_TEST_SUITE(constants)

BOOST_AUTO_TEST_CASE(AreThoseOfTheHeaders) {
  std::set<std::string> names;
  for (const Row& row : kRows) {
    BOOST_TEST(row.in_table == row.in_headers, row.name);
    BOOST_TEST(names.insert(row.name).second, row.name << " is there twice");
    for (const Target& target : Targets())
      BOOST_TEST(*ConstantNamed(target, row.name) == row.in_headers, row.name);
  }
}

BOOST_AUTO_TEST_CASE(SomeDifferFromTargetToTarget) {
  BOOST_TEST(*ConstantNamed(NativeTarget(), "O_DIRECT") == std::uint64_t{O_DIRECT});
  BOOST_TEST(*ConstantNamed(NativeTarget(), "O_DIRECTORY") == std::uint64_t{O_DIRECTORY});
  BOOST_TEST(*ConstantNamed(NativeTarget(), "O_NOFOLLOW") == std::uint64_t{O_NOFOLLOW});
  BOOST_TEST(*ConstantNamed(NativeTarget(), "O_TMPFILE") == std::uint64_t{O_TMPFILE});
  BOOST_TEST(*ConstantNamed(X86(), "O_DIRECTORY") == 0x10000U);
  BOOST_TEST(*ConstantNamed(Arm(), "O_DIRECTORY") == 0x4000U);
  BOOST_TEST(ConstantNamed(X86(), "MAP_32BIT").has_value());
  BOOST_TEST(!ConstantNamed(Arm(), "MAP_32BIT").has_value());
}

BOOST_AUTO_TEST_CASE(NegativeOnesHaveTheirSign) {
  BOOST_TEST(*ConstantNamed(X86(), "AT_FDCWD") == static_cast<std::uint64_t>(-100));
}

BOOST_AUTO_TEST_CASE(AMisspeltNameHasNeighbours) {
  BOOST_TEST(!ConstantNamed(X86(), "TIOCSTII").has_value());
  BOOST_TEST(NearConstants("TIOCSTII").find("\"TIOCSTI\"") == 0U);
  BOOST_TEST(NearConstants("NOTHING_LIKE_IT").empty());
}

BOOST_AUTO_TEST_CASE(ValuesOfSomeParametersHaveNames) {
  BOOST_TEST(NameOfValue("ioctl", "cmd", TIOCSTI) == "TIOCSTI");
  BOOST_TEST(NameOfValue("ioctl", "cmd", FIONREAD) == "FIONREAD");
  BOOST_TEST(NameOfValue("ioctl", "cmd", TIOCOUTQ) == "TIOCOUTQ");
  BOOST_TEST(NameOfValue("fcntl", "cmd", F_SETFD) == "F_SETFD");
  BOOST_TEST(NameOfValue("fcntl", "cmd", F_DUPFD) == "F_DUPFD");
  BOOST_TEST(NameOfValue("socket", "family", AF_UNIX) == "AF_UNIX");
  BOOST_TEST(NameOfValue("socket", "family", AF_NETLINK) == "AF_NETLINK");
  BOOST_TEST(NameOfValue("kill", "sig", SIGKILL) == "SIGKILL");
  BOOST_TEST(NameOfValue("madvise", "behavior", MADV_DONTNEED) == "MADV_DONTNEED");
  BOOST_TEST(NameOfValue("kill", "sig", 0).empty());
  BOOST_TEST(NameOfValue("rt_sigprocmask", "how", 0) == "SIG_BLOCK");
  BOOST_TEST(NameOfValue("clock_gettime", "which_clock", 1) == "CLOCK_MONOTONIC");
  BOOST_TEST(NameOfValue("ioctl", "cmd", 0x12345).empty());
  BOOST_TEST(NameOfValue("ioctl", "fd", TIOCSTI).empty());
  BOOST_TEST(NameOfValue("read", "count", TIOCSTI).empty());
  // The table of parameters has these parameters.
  for (const auto& [call, parameter] :
       {std::pair("ioctl", "cmd"), std::pair("fcntl", "cmd"), std::pair("socket", "family"),
        std::pair("socketpair", "family"), std::pair("madvise", "behavior"), std::pair("kill", "sig"),
        std::pair("tkill", "sig"), std::pair("tgkill", "sig"), std::pair("rt_sigprocmask", "how"),
        std::pair("rt_sigaction", "sig"), std::pair("clock_gettime", "which_clock"),
        std::pair("clock_getres", "which_clock"), std::pair("clock_nanosleep", "which_clock"),
        std::pair("lseek", "whence"), std::pair("prlimit64", "resource")}) {
    const std::string name = parameter;
    const auto parameters = ParametersOf(X86(), call);
    BOOST_REQUIRE(parameters.has_value());
    BOOST_TEST(std::any_of(parameters->begin(), parameters->end(),
                           [&](const Parameter& each) { return each.name == name; }),
               call);
  }
}

BOOST_AUTO_TEST_CASE(ErrorNumbersHaveNames) {
  for (const ErrorRow& row : kErrorRows) {
    BOOST_TEST(row.in_table == row.in_header, row.name);
    BOOST_TEST(ErrnoName(static_cast<std::uint32_t>(row.in_header)) == row.name);
  }
  BOOST_TEST(ErrnoName(EPERM) == "EPERM");
  BOOST_TEST(ErrnoName(0).empty());
  BOOST_TEST(ErrnoName(4095).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
