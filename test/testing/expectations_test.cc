// SPDX-License-Identifier: Apache-2.0

#include <cerrno>
#include <sstream>
#include <string>

#include <boost/test/unit_test.hpp>

#include <sys/syscall.h>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <precompiledseccomp/target.h>
#include <precompiledseccomp/testing.h>

#include "runtime/embedded_programs.h"
#include "testing/filters.h"

namespace precompiledseccomp::testing {
namespace {

const std::string kOnTarget = " on " + std::string(NativeTarget().name);

TestedFilter Worker() {
  return {embedded::GetPrecompiled("worker"), {{"fd1", 3}, {"fd2", 4}}};
}

void CheckMet(const Expectation& expectation, const std::string& answer) {
  BOOST_TEST(expectation);
  BOOST_TEST(expectation.message() == "getpid() of \"always\"" + kOnTarget + ": " + answer);
}

void CheckNotMet(const Expectation& expectation, const std::string& answer) {
  BOOST_TEST(!expectation);
  BOOST_TEST(expectation.message() == "getpid() of \"always\"" + kOnTarget + ": " + answer);
}

// The form of GoogleTest's result. (With the real one, the header was compiled and run by hand.)
class AssertionResult {
 public:
  AssertionResult(const AssertionResult&) = default;
  template <typename T>
  requires(!std::is_convertible_v<const T&, AssertionResult>) explicit AssertionResult(const T& success)
      : success_(success) {}

  template <typename T>
  AssertionResult& operator<<(const T& value) {
    std::ostringstream text;
    text << value;
    message_ += text.str();
    return *this;
  }
  operator bool() const { return success_; }
  [[nodiscard]] const char* failure_message() const { return message_.c_str(); }

 private:
  bool success_;
  std::string message_;
};

BOOST_AUTO_TEST_SUITE(Expectations)

BOOST_AUTO_TEST_CASE(EachIsMetByItsAnswer) {
  CheckMet(ExpectAllowed(Always(SECCOMP_RET_ALLOW), "getpid"), "allowed");
  CheckMet(ExpectLogged(Always(SECCOMP_RET_LOG), "getpid"), "logged");
  CheckMet(ExpectErrno(EPERM, Always(SECCOMP_RET_ERRNO | EPERM), "getpid"), "errno 1 (EPERM)");
  CheckMet(ExpectErrno(0, Always(SECCOMP_RET_ERRNO), "getpid"),
           "errno 0 (the call is not made, and returns 0)");
  CheckMet(ExpectTrapped(Always(SECCOMP_RET_TRAP | 7), "getpid"), "trapped (trap 7)");
  CheckMet(ExpectNotified(Always(SECCOMP_RET_USER_NOTIF), "getpid"), "notified (user_notify)");
  CheckMet(ExpectKilled(Always(SECCOMP_RET_KILL_PROCESS), "getpid"), "killed (kill_process)");
  CheckMet(ExpectKilled(Always(SECCOMP_RET_KILL_THREAD), "getpid"), "killed (kill_thread)");
}

BOOST_AUTO_TEST_CASE(EachSaysWhatIsInsteadAndWhatWasExpected) {
  const TestedFilter allows = Always(SECCOMP_RET_ALLOW);
  CheckNotMet(ExpectAllowed(Always(SECCOMP_RET_LOG), "getpid"), "logged, expected allowed");
  CheckNotMet(ExpectAllowed(Always(SECCOMP_RET_TRACE | 1), "getpid"),
              "left to a tracer (trace 1), expected allowed");
  CheckNotMet(ExpectLogged(allows, "getpid"), "allowed, expected logged");
  CheckNotMet(ExpectErrno(EPERM, allows, "getpid"), "allowed, expected errno 1 (EPERM)");
  CheckNotMet(ExpectErrno(EPERM, Always(SECCOMP_RET_ERRNO | EACCES), "getpid"),
              "errno 13 (EACCES), expected errno 1 (EPERM)");
  CheckNotMet(ExpectTrapped(allows, "getpid"), "allowed, expected trapped");
  CheckNotMet(ExpectNotified(allows, "getpid"), "allowed, expected notified");
  CheckNotMet(ExpectKilled(allows, "getpid"), "allowed, expected killed");
}

BOOST_AUTO_TEST_CASE(TheMessageIsALineForPeople) {
  const TestedFilter strict = AllAllowedBut({{SYS_read, SECCOMP_RET_KILL_PROCESS}}, "worker");
  BOOST_TEST(ExpectAllowed(strict, "read(5)").message() ==
             "read(5) of \"worker\"" + kOnTarget + ": killed (kill_process), expected allowed");
  BOOST_TEST(ExpectAllowed(embedded::Worker{.fd1 = 3, .fd2 = 4}.Render(), "fcntl(5)").message() ==
             "fcntl(5)" + kOnTarget + ": errno 1 (EPERM), expected allowed");
  seccomp_data call{};
  call.arch = AUDIT_ARCH_I386;
  BOOST_TEST(ExpectKilled(strict, call).message() ==
             "restart_syscall() of architecture 0x40000003 of \"worker\": killed (kill_process)");
}

BOOST_AUTO_TEST_CASE(WhatCannotBeAnsweredIsNeverAsExpected) {
  const Expectation misspelt = ExpectKilled(Always(SECCOMP_RET_KILL_PROCESS), "getpidd");
  BOOST_TEST(!misspelt);
  BOOST_TEST(misspelt.message() == SystemCall("getpidd").message());
  const TestedFilter unrendered(embedded::GetPrecompiled("worker"), {{"fd1", 3}});
  BOOST_TEST(!ExpectKilled(unrendered, "getpid"));
  BOOST_TEST(ExpectKilled(unrendered, "getpid").message() ==
             "getpid() of \"worker\"" + kOnTarget + ": program \"worker\": variable \"fd2\" has no value");
  BOOST_TEST(!ExpectSameAnswers(unrendered, unrendered));
}

BOOST_AUTO_TEST_CASE(TwoFiltersAreComparedAtTheCallsWhereEitherChanges) {
  const TestedFilter narrow(embedded::GetPrecompiled("worker"), {{"fd1", 3}, {"fd2", 3}});
  BOOST_TEST(ExpectSameAnswers(Worker(), Worker()));
  BOOST_TEST(!ExpectSameAnswers(Worker(), narrow));
  const std::string message = ExpectSameAnswers(narrow, Worker()).message();
  BOOST_TEST(message.starts_with("fcntl(4, 0, 0): errno 1 (EPERM) by \"worker\", allowed by \"worker\"; "));
  BOOST_TEST(message.ends_with(" boundary calls are answered differently"));
  const TestedFilter unnamed(embedded::Worker{.fd1 = 3, .fd2 = 3}.Render());
  BOOST_TEST(ExpectSameAnswers(unnamed, Worker()).message().find("by the first filter, allowed by") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(GoogleTestGetsTheMessageToo) {
  const AssertionResult met(ExpectAllowed(Worker(), "fcntl(3)"));
  BOOST_TEST(bool{met});
  const Expectation expectation = ExpectAllowed(Worker(), "fcntl(5)");
  const AssertionResult not_met(expectation);
  BOOST_TEST(!bool{not_met});
  BOOST_TEST(not_met.failure_message() == expectation.message());
  const AssertionResult of_outcome(Outcome{});
  BOOST_TEST(!bool{of_outcome});
  BOOST_TEST(of_outcome.failure_message() == "not run: ");
}

BOOST_AUTO_TEST_CASE(StreamsGetTheMessage) {
  std::ostringstream text;
  text << ExpectAllowed(Always(SECCOMP_RET_ALLOW), "getpid") << "; " << SystemCall("getpid") << "; "
       << Answer(SECCOMP_RET_ALLOW);
  BOOST_TEST(text.str() == "getpid() of \"always\"" + kOnTarget + ": allowed; getpid(); allow");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
