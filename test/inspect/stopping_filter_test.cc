// SPDX-License-Identifier: Apache-2.0
//
// The filter under which a tracer sees what another one does not allow.
#include <cerrno>
#include <cstdint>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/precompile.h>

#include "bpf/acceptance.h"
#include "bpf/interpreter.h"
#include "inspect/run/stopping_filter.h"

namespace precompiledseccomp::testing {
namespace {

std::uint32_t AnswerOf(const std::vector<sock_filter>& filter, int number, std::uint64_t argument = 0) {
  seccomp_data call{};
  call.nr = number;
  call.arch = NativeTarget().audit_arch;
  call.args[0] = argument;
  return bpf::Run(filter, call).result;
}

BOOST_AUTO_TEST_SUITE(stopping_filter)

BOOST_AUTO_TEST_CASE(StopsWhereTheOtherDoesNotAllow) {
  const auto program = Precompile({"p",
                                   {},
                                   [](const Values&) {
                                     Policy policy;
                                     policy.Allow({"read", "prctl", "seccomp"}, Arg(0) == 3)
                                         .Log("write")
                                         .Errno(EPERM, "openat")
                                         .Trap("close");
                                     return policy;
                                   }},
                                  NativeTarget());
  const auto stopping = inspect::StoppingFilter(program.instructions);
  BOOST_TEST(!bpf::ReasonForRefusal(stopping).has_value());
  BOOST_TEST(AnswerOf(stopping, SYS_read, 3) == SECCOMP_RET_ALLOW);
  BOOST_TEST(AnswerOf(stopping, SYS_write) == SECCOMP_RET_LOG);
  BOOST_TEST(AnswerOf(stopping, SYS_read, 4) == SECCOMP_RET_TRACE);
  for (const int number : {SYS_openat, SYS_close, SYS_getpid, -1})
    BOOST_TEST(AnswerOf(stopping, number) == SECCOMP_RET_TRACE);
  // A filter may be installed by these, whatever the other says.
  for (const int number : {SYS_prctl, SYS_seccomp})
    BOOST_TEST(AnswerOf(stopping, number, 3) == SECCOMP_RET_TRACE);
}

BOOST_AUTO_TEST_CASE(FindsAAsTheKernelLeavesIt) {
  const std::vector<sock_filter> filter = {
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  BOOST_TEST(AnswerOf(filter, SYS_read) == SECCOMP_RET_ALLOW);
  BOOST_TEST(AnswerOf(inspect::StoppingFilter(filter), SYS_getpid) == SECCOMP_RET_ALLOW);
}

BOOST_AUTO_TEST_CASE(StopsAlwaysWhereItCannotBeMade) {
  const std::vector<sock_filter> calculated = {
      BPF_STMT(BPF_LD | BPF_IMM, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_A, 0),
  };
  BOOST_TEST(AnswerOf(inspect::StoppingFilter(calculated), SYS_read) == SECCOMP_RET_TRACE);
  const std::vector<sock_filter> longest(BPF_MAXINSNS, BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  BOOST_TEST(AnswerOf(inspect::StoppingFilter(longest), SYS_read) == SECCOMP_RET_TRACE);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
