// SPDX-License-Identifier: Apache-2.0
//
// A program whose policy says that violations are reported, and allows nothing for that but what it must: as
// the README shows it.
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <sys/syscall.h>
#include <unistd.h>

#include <precompiledseccomp/install.h>
#include <precompiledseccomp/precompile.h>
#include <precompiledseccomp/violation_reporter.h>

#include "child.h"

namespace {

namespace pcs = precompiledseccomp;
using pcs::Param;

pcs::Policy Aborting(const pcs::Values& v) {
  pcs::Policy policy;
  policy.Allow("write", Param("fd") == v["log"]);
  policy.Allow("rt_sigreturn");
  policy.ReportsViolations(v["log"]);
  return policy;
}

pcs::Policy Exiting(const pcs::Values& v) {
  return pcs::Policy()
      .Allow("write", Param("fd") == v["log"])
      .Allow("exit_group")
      .ReportsViolations(v["log"], pcs::AfterReport::kExit);
}

// How a child under the filter ends that makes a call which is refused, after the line that it reports.
std::string Reported(pcs::Policy (*policy)(const pcs::Values&), pcs::ViolationEnd end) {
  std::array<int, 2> ends{};
  BOOST_TEST_REQUIRE(pipe(ends.data()) == 0);
  const int log = ends[1];
  const std::vector<sock_filter> filter =
      pcs::CompileNow({"worker", {pcs::Fd("log")}, policy}, {static_cast<std::uint64_t>(log)});
  const std::string ended = InChild([&](Report&) {
    if (end == pcs::ViolationEnd::kAbort) {
      const auto reporter = pcs::InstallViolationReporter({.descriptor = log, .program = "worker"});
      if (!reporter.ok()) std::fprintf(stderr, "%s\n", reporter.message());
      const auto installed = pcs::Install(filter, {.mode = pcs::Mode::kTrap});
      if (!installed.ok()) std::fprintf(stderr, "%s\n", installed.message());
    } else {
      static_cast<void>(pcs::InstallViolationReporter({.descriptor = log, .end = end}));
      static_cast<void>(pcs::Install(filter, {.mode = pcs::Mode::kTrap}));
    }
    syscall(SYS_getppid, 1, 2, 3, 4, 5, 6);
  });
  close(log);
  std::array<char, 512> line{};
  const ssize_t size = read(ends[0], line.data(), line.size());
  close(ends[0]);
  const std::string text(line.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  return text.substr(0, text.find(" at ")) + " ... " + ended;
}

BOOST_AUTO_TEST_SUITE(reported_program)

BOOST_AUTO_TEST_CASE(APolicyThatIsAcceptedLetsTheReporterReportAndEnd) {
  const std::string line = "seccomp: refused getppid(0x1, 0x2, 0x3, 0x4, 0x5, 0x6) ... ";
  BOOST_TEST(Reported(Aborting, pcs::ViolationEnd::kAbort) == line + "killed by SIGSYS");
  BOOST_TEST(Reported(Exiting, pcs::ViolationEnd::kExit) == line + "exited with 159");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
