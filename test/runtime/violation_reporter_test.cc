// SPDX-License-Identifier: Apache-2.0
//
// Refused calls in children under real filters: what is reported, and how it ends.
#include <precompiledseccomp/violation_reporter.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <precompiledseccomp/install.h>
#include <precompiledseccomp/precompile.h>

#include "child.h"
#include "inspect/trace/reporter_line.h"

namespace precompiledseccomp {
namespace {

constexpr const char* kKilled = "killed by SIGSYS";
constexpr ViolationEnd kEnds[] = {ViolationEnd::kAbort, ViolationEnd::kExit, ViolationEnd::kContinue};

// A file without a name, to which children append.
class Log {
 public:
  Log() : descriptor_(memfd_create("violations", 0)) {
    if (descriptor_ == -1 || fcntl(descriptor_, F_SETFL, O_APPEND) == -1)
      throw std::runtime_error("no file in memory");
  }
  ~Log() { close(descriptor_); }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] std::string text() const {
    std::string text;
    std::array<char, 4096> part{};
    for (ssize_t count = 0;
         (count = pread(descriptor_, part.data(), part.size(), static_cast<off_t>(text.size()))) > 0;)
      text.append(part.data(), static_cast<std::size_t>(count));
    return text;
  }

 private:
  int descriptor_;
};

// How a child ended, and what was reported.
struct Reported {
  std::string end;
  std::string text;
};

std::vector<sock_filter> Compiled(const Policy& policy) {
  return CompileNow({"filter", {}, [policy](const Values&) { return policy; }}, {});
}

// Allows everything but what rules that are added say.
Policy AllowingAllBut() {
  return Policy().Default(Action::Allow());
}

Policy TrapGetppid() {
  return AllowingAllBut().Trap("getppid");
}

// Ends a child without libc: sanitizers look for leaks in _exit().
void End() {
  syscall(SYS_exit_group, 0);
}

Reported InChildWithReporter(const Policy& policy, ViolationReporterOptions options,
                             const std::function<void(Report&)>& body, const InstallOptions& install = {}) {
  const Log log;
  const std::vector<sock_filter> filter = Compiled(policy);
  options.descriptor = log.descriptor();
  const std::string end = InChild([&](Report& report) {
    report.Equal("reporter", InstallViolationReporter(options).error(), 0);
    report.Equal("filter", Install(filter, install).error(), 0);
    body(report);
    End();
  });
  return {end, log.text()};
}

// With which no argument is mistaken for another, or for half of it.
constexpr std::array<std::uint64_t, 6> kArguments = {
    0x1122334455667788, UINT64_MAX, 0x8000000000000000, 0x00000000ffffff9c, 0xffffffff00000000, 6};

long CallGetppid() {
  return syscall(SYS_getppid, kArguments[0], kArguments[1], kArguments[2], kArguments[3], kArguments[4],
                 kArguments[5]);
}

// What the text must be, but for the address, which is that of its first line.
std::string LineFor(const std::string& call, const std::string& text, const std::string& behind) {
  const auto line = inspect::ReadReporterLine(text.substr(0, text.find('\n')));
  std::ostringstream expected;
  expected << "seccomp: refused " << call << " at 0x" << std::hex << (line ? line->instruction_pointer : 0)
           << behind << "\n";
  return expected.str();
}

constexpr const char* kGetppid =
    "getppid(0x1122334455667788, 0xffffffffffffffff, 0x8000000000000000, 0xffffff9c, 0xffffffff00000000, "
    "0x6)";

BOOST_AUTO_TEST_SUITE(violation_reporter)

// ---- What is reported.

BOOST_AUTO_TEST_CASE(ALineHasTheCallItsArgumentsAndTheProgram) {
  for (const ViolationEnd end : kEnds) {
    const Reported reported =
        InChildWithReporter(TrapGetppid(), {.end = end, .program = "worker"}, [](Report&) { CallGetppid(); });
    BOOST_TEST(reported.text == LineFor(kGetppid, reported.text, " in program \"worker\""));
    const auto line = inspect::ReadReporterLine(reported.text);
    BOOST_TEST_REQUIRE(line.has_value());
    BOOST_TEST(line->arguments == kArguments, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(AProgramWithoutANameIsNotNamed) {
  const Reported reported = InChildWithReporter(TrapGetppid(), {}, [](Report&) { CallGetppid(); });
  BOOST_TEST(reported.text == LineFor(kGetppid, reported.text, ""));
}

BOOST_AUTO_TEST_CASE(ANameThatWouldBreakTheLineIsChanged) {
  const std::string name = "a\"b\nc\xc3\xa4\x7f" + std::string(100, 'x');
  const Reported reported =
      InChildWithReporter(TrapGetppid(), {.program = name}, [](Report&) { CallGetppid(); });
  BOOST_TEST(reported.text ==
             LineFor(kGetppid, reported.text, " in program \"a?b?c???" + std::string(64 - 8, 'x') + "\""));
}

BOOST_AUTO_TEST_CASE(ANumberWithoutANameIsOfAnArchitecture) {
  const Reported reported = InChildWithReporter(AllowingAllBut().Trap(Syscall(999)), {},
                                                [](Report&) { syscall(999, 1, 2, 3, 4, 5, 6); });
  std::ostringstream call;
  call << "#999(0x1, 0x2, 0x3, 0x4, 0x5, 0x6) of architecture 0x" << std::hex << NativeTarget().audit_arch;
  BOOST_TEST(reported.text == LineFor(call.str(), reported.text, ""));
}

// Modes and actions are for the filter.
BOOST_AUTO_TEST_CASE(InModeTrapEveryRefusalIsReported) {
  const Policy policy = AllowingAllBut().KillProcess("getppid").Errno(EPERM, "getpgrp");
  for (const long number : {SYS_getppid, SYS_getpgrp}) {
    const Reported reported = InChildWithReporter(policy, {.end = ViolationEnd::kExit},
                                                  [&](Report&) { syscall(number); }, {.mode = Mode::kTrap});
    BOOST_TEST(reported.end == "exited with 159");
    BOOST_TEST(reported.text.starts_with("seccomp: refused getp"));
  }
  const Reported enforced = InChildWithReporter(policy, {}, [&](Report&) { syscall(SYS_getppid); });
  BOOST_TEST(enforced.end == kKilled);
  BOOST_TEST(enforced.text == "");
}

// ---- How it ends.

BOOST_AUTO_TEST_CASE(AnAbortIsADeathBySigsys) {
  const Reported reported = InChildWithReporter(TrapGetppid(), {}, [](Report& report) {
    CallGetppid();
    report.True("being alive", false);
  });
  BOOST_TEST(reported.end == kKilled);
}

BOOST_AUTO_TEST_CASE(AnAbortInAThreadIsTheProcesss) {
  const Reported reported = InChildWithReporter(TrapGetppid(), {}, [](Report& report) {
    std::thread([] { CallGetppid(); }).join();
    report.True("being alive", false);
  });
  BOOST_TEST(reported.end == kKilled);
  BOOST_TEST(reported.text == LineFor(kGetppid, reported.text, ""));
}

BOOST_AUTO_TEST_CASE(AnExitHasTheStatusThatWasChosen) {
  const auto end_with = [](const ViolationReporterOptions& options) {
    return InChildWithReporter(TrapGetppid(), options, [](Report&) { CallGetppid(); }).end;
  };
  BOOST_TEST(end_with({.end = ViolationEnd::kExit}) == "exited with 159");
  BOOST_TEST(end_with({.end = ViolationEnd::kExit, .exit_status = 7}) == "exited with 7");
}

BOOST_AUTO_TEST_CASE(ACallThatContinuesFails) {
  struct Case {
    Policy policy;
    int option;
    int expected;
  };
  const Case cases[] = {
      {TrapGetppid(), ENOSYS, ENOSYS},
      {TrapGetppid(), EPERM, EPERM},
      {AllowingAllBut().Errno(EDOM, "getppid"), EPERM, EDOM},
      {AllowingAllBut().Add(Action::Trap(EXDEV), "getppid"), EPERM, EXDEV},
      {AllowingAllBut().Add(Action::Trap(4096), "getppid"), EPERM, EPERM},
  };
  for (const Case& one : cases) {
    const Reported reported =
        InChildWithReporter(one.policy, {.end = ViolationEnd::kContinue, .error = one.option},
                            [&](Report& report) {
                              for (int i = 0; i < 3; ++i) {
                                errno = 0;
                                report.Equal("result", CallGetppid(), -1);
                                report.Equal("errno", errno, one.expected);
                              }
                              report.Equal("another call", syscall(SYS_getpid) > 0, true);
                            },
                            {.mode = Mode::kTrap});
    BOOST_TEST(reported.end == kFine);
    const std::string line = LineFor(kGetppid, reported.text, "");
    std::string thrice = line;
    thrice.append(line).append(line);
    BOOST_TEST(reported.text == thrice);
  }
}

// ---- When there is no line.

BOOST_AUTO_TEST_CASE(AReporterWhoseWriteIsTrappedDiesAndDoesNotCallItself) {
  for (const ViolationEnd end : kEnds) {
    const Reported reported = InChildWithReporter(AllowingAllBut().Trap({"getppid", "write"}), {.end = end},
                                                  [](Report&) { CallGetppid(); });
    BOOST_TEST(reported.end == kKilled);
    BOOST_TEST(reported.text == "");
  }
}

BOOST_AUTO_TEST_CASE(AWriteThatFailsIsALineThatIsMissing) {
  const Policy policy = AllowingAllBut().Trap("getppid").Errno(EPERM, "write");
  const auto end_of = [&](ViolationEnd end) {
    return InChildWithReporter(policy, {.end = end}, [](Report&) { CallGetppid(); }).end;
  };
  BOOST_TEST(end_of(ViolationEnd::kAbort) == kKilled);
  BOOST_TEST(end_of(ViolationEnd::kExit) == "exited with 159");
  BOOST_TEST(end_of(ViolationEnd::kContinue) == kFine);
}

BOOST_AUTO_TEST_CASE(AnEndThatIsRefusedIsADeath) {
  const auto end_of = [](const Policy& policy, ViolationEnd end) {
    return InChildWithReporter(policy, {.end = end}, [](Report&) {
      std::signal(SIGILL, SIG_DFL);  // the test framework handles it
      CallGetppid();
    });
  };
  const Reported no_return = end_of(AllowingAllBut().Trap({"getppid", "rt_sigreturn"}), ViolationEnd::kAbort);
  BOOST_TEST(no_return.end == kKilled);
  BOOST_TEST(no_return.text == LineFor(kGetppid, no_return.text, ""));
  BOOST_TEST(end_of(AllowingAllBut().Trap({"getppid", "exit_group"}), ViolationEnd::kExit).end == kKilled);
  const Policy lying = AllowingAllBut().Trap("getppid").Errno(EPERM, "exit_group");
  const std::string end = end_of(lying, ViolationEnd::kExit).end;
  BOOST_TEST(end.starts_with("killed by signal"), end);
}

BOOST_AUTO_TEST_CASE(AThreadThatBlocksSigsysIsKilledWithoutALine) {
  for (const ViolationEnd end : kEnds) {
    const Reported reported = InChildWithReporter(TrapGetppid(), {.end = end}, [](Report&) {
      sigset_t all;
      sigfillset(&all);
      sigprocmask(SIG_SETMASK, &all, nullptr);
      CallGetppid();
    });
    BOOST_TEST(reported.end == kKilled);
    BOOST_TEST(reported.text == "");
  }
}

// As the header says: what glibc does while it has blocked all signals, and what helps.
BOOST_AUTO_TEST_CASE(AThreadCanBeMadeWhereCloneThreeFailsWithEnosys) {
  const auto make_thread = [](Report&) { std::thread([] {}).join(); };
  const ViolationReporterOptions options = {.end = ViolationEnd::kContinue};
  BOOST_TEST(InChildWithReporter(AllowingAllBut().Errno(ENOSYS, "clone3"), options, make_thread).end ==
             kFine);
}

// ---- Several threads.

BOOST_AUTO_TEST_CASE(LinesOfThreadsAreNotMixed) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 200;
  const Reported reported = InChildWithReporter(TrapGetppid(), {.end = ViolationEnd::kContinue}, [](Report&) {
    const auto call = [](long thread) {
      for (long i = 0; i < kCalls; ++i) syscall(SYS_getppid, thread, i, ~thread, ~i, thread, i);
    };
    std::array<std::thread, kThreads> threads;
    for (std::size_t i = 0; i < threads.size(); ++i) threads[i] = std::thread(call, static_cast<long>(i));
    for (std::thread& thread : threads) thread.join();
  });
  BOOST_TEST(reported.end == kFine);
  std::istringstream lines(reported.text);
  std::array<std::uint64_t, kThreads> seen{};
  for (std::string text; std::getline(lines, text);) {
    const auto line = inspect::ReadReporterLine(text);
    BOOST_TEST_REQUIRE(line.has_value(), text);
    const std::uint64_t thread = line->arguments[0];
    BOOST_TEST_REQUIRE(thread < seen.size());
    const std::uint64_t i = seen[thread]++;
    const std::array<std::uint64_t, 6> expected = {thread, i, ~thread, ~i, thread, i};
    BOOST_TEST(line->arguments == expected, boost::test_tools::per_element());
  }
  for (const std::uint64_t count : seen) BOOST_TEST(count == static_cast<std::uint64_t>(kCalls));
}

// ---- Signals that no filter raised.

volatile std::sig_atomic_t handled = 0;
volatile std::sig_atomic_t handled_code = 0;

void CountSignal(int signal) {
  handled = handled + (signal == SIGSYS ? 1 : 100);
}

void CountSignalWithInfo(int signal, siginfo_t* info, void* context) {
  CountSignal(signal);
  handled_code = info->si_code;
  if (context == nullptr) handled = 100;
}

// Sends SIGSYS under a reporter that was installed `times` times, behind this action.
Reported SigsysBehind(const struct sigaction& before, int expected, int times = 1) {
  const Log log;
  const std::string end = InChild([&](Report& report) {
    sigaction(SIGSYS, &before, nullptr);
    for (int i = 0; i < times; ++i)
      report.Equal("reporter", InstallViolationReporter({.descriptor = log.descriptor()}).error(), 0);
    kill(getpid(), SIGSYS);
    report.Equal("handled", static_cast<int>(handled), expected);
    kill(getpid(), SIGSYS);
    report.Equal("handled", static_cast<int>(handled), 2 * expected);
  });
  return {end, log.text()};
}

BOOST_AUTO_TEST_CASE(ASignalThatWasSentGoesToTheHandlerThatWasThere) {
  struct sigaction plain = {};
  plain.sa_handler = CountSignal;
  struct sigaction with_info = {};
  with_info.sa_sigaction = CountSignalWithInfo;
  with_info.sa_flags = SA_SIGINFO;
  for (const struct sigaction& before : {plain, with_info})
    for (const int times : {1, 2, 3}) {
      const Reported reported = SigsysBehind(before, 1, times);
      BOOST_TEST(reported.end == kFine);
      BOOST_TEST(reported.text == "");
    }
}

BOOST_AUTO_TEST_CASE(ASignalThatWasSentIsIgnoredIfItWas) {
  struct sigaction ignoring = {};
  ignoring.sa_handler = SIG_IGN;
  BOOST_TEST(SigsysBehind(ignoring, 0).end == kFine);
}

BOOST_AUTO_TEST_CASE(ASignalThatWasSentKillsByDefault) {
  const Reported reported = SigsysBehind({}, 0);
  BOOST_TEST(reported.end == kKilled);
  BOOST_TEST(reported.text == "");
}

// Also where a filter does not let the handler do it, in whatever way.
BOOST_AUTO_TEST_CASE(ASignalThatWasSentKillsByDefaultUnderAFilter) {
  const auto end_under = [](const Policy& policy) {
    return InChildWithReporter(policy, {}, [](Report&) { syscall(SYS_kill, syscall(SYS_getpid), SIGSYS); })
        .end;
  };
  BOOST_TEST(end_under(AllowingAllBut().Trap({"rt_sigaction", "tgkill"})) == kKilled);
  BOOST_TEST(end_under(AllowingAllBut().Trap("tgkill")) == kKilled);
  BOOST_TEST(end_under(AllowingAllBut().Errno(EPERM, {"rt_sigaction", "tgkill"})) == "exited with 159");
  BOOST_TEST(end_under(AllowingAllBut().Errno(EPERM, "tgkill")) == "exited with 159");
}

// ---- Installing it.

BOOST_AUTO_TEST_CASE(ASecondInstallationReplacesTheFirst) {
  const Log log;
  const Log other;
  const std::vector<sock_filter> filter = Compiled(TrapGetppid());
  const std::string end = InChild([&](Report& report) {
    for (const bool is_other : {false, true, false, true})
      report.Equal("reporter",
                   InstallViolationReporter({.descriptor = is_other ? other.descriptor() : log.descriptor(),
                                             .end = ViolationEnd::kExit,
                                             .program = is_other ? "other" : "one"})
                       .error(),
                   0);
    report.Equal("filter", Install(filter).error(), 0);
    CallGetppid();
  });
  BOOST_TEST(end == "exited with 159");
  BOOST_TEST(log.text() == "");
  BOOST_TEST(other.text() == LineFor(kGetppid, other.text(), " in program \"other\""));
}

BOOST_AUTO_TEST_CASE(WhatCannotBeMeantIsAnError) {
  struct sigaction before = {};
  sigaction(SIGSYS, nullptr, &before);
  errno = EDOM;
  const auto no_descriptor = InstallViolationReporter({.descriptor = -1});
  BOOST_TEST(!no_descriptor.ok());
  BOOST_TEST(no_descriptor.error() == EBADF);
  BOOST_TEST(no_descriptor.message() == std::string("the descriptor is negative: did opening it fail?"));
  for (const int error : {-1, 0, 4096})
    BOOST_TEST(InstallViolationReporter({.error = error}).error() == EINVAL);
  struct sigaction after = {};
  sigaction(SIGSYS, nullptr, &after);
  BOOST_TEST((after.sa_handler == before.sa_handler));
  BOOST_TEST(errno == EDOM);
}

BOOST_AUTO_TEST_CASE(AFilterThatRefusesRtSigactionIsNoticed) {
  const std::vector<sock_filter> filter = Compiled(AllowingAllBut().Errno(EPERM, "rt_sigaction"));
  BOOST_TEST(InChild([&](Report& report) {
               report.Equal("filter", Install(filter).error(), 0);
               errno = EDOM;
               const auto result = InstallViolationReporter();
               report.Equal("error", result.error(), EPERM);
               report.True("message",
                           std::string(result.message()).find("rt_sigaction") != std::string::npos);
               report.Equal("errno", errno, EDOM);
               End();
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(ASuccessSaysNothing) {
  BOOST_TEST(InChild([](Report& report) {
               errno = EDOM;
               const auto result = InstallViolationReporter();
               report.True("ok", result.ok() && static_cast<bool>(result));
               report.Equal("message", std::string(result.message()), "");
               report.Equal("errno", errno, EDOM);
             }) == kFine);
}

// ---- Other ways to make a call.

#ifdef __x86_64__

std::uint64_t address_behind_call = 0;

void CallGetppidFromHere() {
  long answer = SYS_getppid;
  asm volatile(
      "lea 1f(%%rip), %%rdx\n"
      "mov %%rdx, %1\n"
      "syscall\n"
      "1:"
      : "+a"(answer), "=m"(address_behind_call)
      :
      : "rcx", "rdx", "r11", "memory");
}

BOOST_AUTO_TEST_CASE(TheAddressIsThatBehindTheInstruction) {
  const Reported reported =
      InChildWithReporter(TrapGetppid(), {.end = ViolationEnd::kContinue}, [](Report& report) {
        CallGetppidFromHere();
        report.Equal("address", address_behind_call, 0U);  // told by the complaint
      });
  const auto line = inspect::ReadReporterLine(reported.text);
  BOOST_TEST_REQUIRE(line.has_value());
  BOOST_TEST(reported.end ==
             kFine + std::string("; address is ") + std::to_string(line->instruction_pointer) + ", not 0");
}

// Whether the kernel takes such calls at all.
bool CanMake(void (*call)()) {
  return InChild([call](Report&) {
           std::signal(SIGSEGV, SIG_DFL);  // sanitizers and the test framework handle it
           call();
         }) == kFine;
}

void CallGetpidOfI386() {
  long answer = 20;
  asm volatile("int $0x80"
               : "+a"(answer)
               : "b"(0x99999999aaaaaaaa), "c"(1L), "d"(2L), "S"(3L), "D"(0xffffffffL)
               : "r8", "r9", "r10", "r11", "memory");
}

BOOST_AUTO_TEST_CASE(ACallOfI386IsReportedWithItsOwnArguments) {
  if (!CanMake(CallGetpidOfI386)) {
    BOOST_TEST_MESSAGE("not shown: the kernel takes no calls of i386");
    return;
  }
  for (const ViolationEnd end : kEnds) {
    const Reported reported = InChildWithReporter(AllowingAllBut().BadArchitecture(Action::Trap()),
                                                  {.end = end}, [](Report&) { CallGetpidOfI386(); });
    BOOST_TEST(reported.end == (end == ViolationEnd::kAbort  ? kKilled
                                : end == ViolationEnd::kExit ? "exited with 159"
                                                             : kFine));
    BOOST_TEST(reported.text.starts_with("seccomp: refused #20(0xaaaaaaaa, 0x1, 0x2, 0x3, 0xffffffff, "),
               reported.text);
    BOOST_TEST(reported.text.find(" of architecture 0x40000003 at 0x") != std::string::npos, reported.text);
    BOOST_TEST(inspect::ReadReporterLine(reported.text).has_value());
  }
}

BOOST_AUTO_TEST_CASE(ACallOfX32IsReportedWithItsBit) {
  const Reported reported =
      InChildWithReporter(AllowingAllBut().BadArchitecture(Action::Trap()), {},
                          [](Report&) { syscall(0x40000000 | SYS_getppid, 1, 2, 3, 4, 5, 6); });
  BOOST_TEST(reported.end == kKilled);
  BOOST_TEST(reported.text == LineFor("#1073741934(0x1, 0x2, 0x3, 0x4, 0x5, 0x6) of architecture 0xc000003e",
                                      reported.text, ""));
}

constexpr std::uintptr_t kVsyscallTime = 0xffffffffff600400;

// time(2) of old binaries, which the kernel emulates. Not by a pointer to a function: UBSan would read what
// is there, and the page can only be executed.
void CallVsyscallTime() {
  long answer = 0;
  asm volatile(
      "sub $128, %%rsp\n"  // what may be there is the compiler's
      "call *%1\n"
      "add $128, %%rsp"
      : "=a"(answer)
      : "r"(kVsyscallTime), "D"(0L)
      : "rcx", "r11", "memory", "cc");
}

BOOST_AUTO_TEST_CASE(ACallIntoTheVsyscallPageIsReportedAndEnds) {
  if (!CanMake(CallVsyscallTime)) {
    BOOST_TEST_MESSAGE("not shown: the kernel has no vsyscall page");
    return;
  }
  for (const ViolationEnd end : kEnds) {
    const Reported reported =
        InChildWithReporter(AllowingAllBut().Trap("time"), {.end = end}, [](Report&) { CallVsyscallTime(); });
    BOOST_TEST(reported.end == (end == ViolationEnd::kAbort  ? kKilled
                                : end == ViolationEnd::kExit ? "exited with 159"
                                                             : kFine));
    BOOST_TEST(reported.text.starts_with("seccomp: refused time(0x0, "), reported.text);
    BOOST_TEST(reported.text.find(" at 0xffffffffff60040") != std::string::npos, reported.text);
  }
}

#endif

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
