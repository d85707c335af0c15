// SPDX-License-Identifier: Apache-2.0
//
// Traces in all forms in which they come: which calls were made, and what is told of lines that are none.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/audit.h>

#include <precompiledseccomp/error.h>

#include "inspect/call_text.h"
#include "inspect/trace/strace_argument.h"
#include "inspect/trace/strace_line.h"
#include "inspect/trace/trace.h"
#include "support/errors.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

using inspect::Trace;
using inspect::TraceOptions;

inspect::LookedAtBits EachBit(std::uint32_t, std::uint32_t) {
  inspect::LookedAtBits all;
  all.arguments.fill(UINT64_MAX);
  all.pointer = UINT64_MAX;
  return all;
}
inspect::LookedAtBits NoBit(std::uint32_t, std::uint32_t) {
  return {};
}

Trace Read(const std::string& text, const TraceOptions& options = {},
           const inspect::LookedAt& looked_at = EachBit, const Target& target = X86()) {
  inspect::TraceReader reader(target, looked_at, options);
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.size(), rest.find('\n'));
    reader.TakeLine(rest.substr(0, end));
    rest.remove_prefix(std::min(rest.size(), end + 1));
  }
  return reader.Finish();
}

// "2 x read(3, _, 1)", and "!" behind what a filter has ended: a line for each call.
std::string Listed(const Trace& trace, const Target& target = X86()) {
  std::string text;
  for (const inspect::TalliedCall& call : trace.calls)
    text += std::to_string(call.count) + " x " + inspect::CallText(target, call.call) +
            (call.ended == 0            ? ""
             : call.ended == call.count ? " !"
                                        : " (!)") +
            "\n";
  return text;
}

std::string Calls(const std::string& text, const TraceOptions& options = {}) {
  const Trace trace = Read(text, options);
  BOOST_TEST(trace.unread_lines == 0U, "in " << text);
  return Listed(trace);
}

// What could not be read, "3: why".
std::string Unread(const Trace& trace) {
  std::string text;
  for (const inspect::UnreadLine& line : trace.unread)
    text += std::to_string(line.number) + ": " + line.why + "\n";
  return text;
}

BOOST_AUTO_TEST_SUITE(trace)

// ---- strace: lines.

BOOST_AUTO_TEST_CASE(ALineIsTheSameCallInAllFormsOfStrace) {
  const char* const kForms[] = {
      R"(openat(AT_FDCWD, "/etc/x\"y(", O_RDONLY|O_CLOEXEC) = 3)",
      R"(1283  openat(AT_FDCWD, "/etc/x", O_RDONLY|O_CLOEXEC) = 3)",
      R"(1283  [ 257] openat(-100, "/etc/x\"y(", 0x80000) = 3)",
      R"([pid  1283] openat(AT_FDCWD, "/etc/x", O_RDONLY|O_CLOEXEC) = 3</etc/x>)",
      R"(1283 22:01:55 openat(AT_FDCWD, "/etc/x", O_RDONLY|O_CLOEXEC) = 3)",
      R"(1283 22:01:55.123456 openat(AT_FDCWD, "/etc/x", O_RDONLY|O_CLOEXEC) = 3 <0.000012>)",
      R"(1795730400.640000 openat(AT_FDCWD, "/etc/x", O_RDONLY|O_CLOEXEC) = 3)",
      R"(     0.000123 openat(AT_FDCWD, "/etc/x", O_RDONLY|O_CLOEXEC) = 3)",
      R"([pid 25201] 20:50:23 (+     0.000018) openat(AT_FDCWD, "/etc/x", O_RDONLY|O_CLOEXEC) = 3)",
      R"(1283 1795730400.64 [ 257] [00007f0e12345678] openat(AT_FDCWD, "/etc/x", 0x80000) = 3 <2.0001>)",
      R"(1283<comm> openat(AT_FDCWD</tmp/a(b, c>, "/etc/x", O_RDONLY|O_CLOEXEC) = 3</etc/x>)",
      R"([pid 1283<a b>] openat(AT_FDCWD</tmp>, "/etc/x", O_RDONLY|O_CLOEXEC) = 3</dev/pts/0<char 136:0>>)",
      R"(1283 openat(-100 /* AT_FDCWD */, "/etc/x", 0x80000 /* O_RDONLY|O_CLOEXEC */) = 3)",
      R"(1283 openat(AT_FDCWD, "\x2f\x65", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory))",
      R"(1283 openat(AT_FDCWD, "/etc/"..., O_RDONLY|O_CLOEXEC) = -1 EPERM (Operation not permitted) (INJECTED))",
      R"(1283 openat(AT_FDCWD, 0x7f0010, O_RDONLY|O_CLOEXEC) = ? ERESTARTSYS (To be restarted if SA_RESTART is set))",
      "1283 openat(AT_FDCWD, \"/etc/x\", O_RDONLY|O_CLOEXEC) = 3\r",
      "1283 openat(AT_FDCWD, \"/etc/x\", O_RDONLY|O_CLOEXEC <unfinished ...>\n"
      "1283 <... openat resumed>)        = 3",
      "1283 openat(AT_FDCWD, \"/etc/x\",  <unfinished ...>\n1283 <... openat resumed>O_RDONLY|O_CLOEXEC) = 3",
      "1283 openat(AT_FDCWD <unfinished ...>\n"
      "1284 read(0, \"\", 1) = 0\n"
      "1283 <... openat resumed>, \"/etc/x\", O_RDONLY|O_CLOEXEC) = 3",
  };
  const inspect::LookedAt flags_only = [](std::uint32_t, std::uint32_t) {
    return inspect::LookedAtBits{{UINT64_MAX, 0, UINT64_MAX}, 0};
  };
  for (const std::string form : kForms) {
    const Trace trace = Read(form, {}, flags_only);
    BOOST_TEST(trace.unread_lines == 0U, form);
    const std::string listed = Listed(trace);
    BOOST_TEST(listed.find("1 x openat(AT_FDCWD, ") == 0U, form << ": " << listed);
    BOOST_TEST(listed.find(", 0x80000, _)\n") != std::string::npos, form << ": " << listed);
  }
}

BOOST_AUTO_TEST_CASE(ArgumentsAreKnownAsFarAsStraceShowsThem) {
  struct {
    const char* text;
    std::uint64_t value;
    std::uint64_t known;
  } const kRows[] = {
      {"0", 0, UINT64_MAX},
      {"NULL", 0, UINT64_MAX},
      {"0x7f0012345678", 0x7f0012345678, UINT64_MAX},
      {"18446744073709551615", UINT32_MAX, UINT32_MAX},  // as -1
      {"-1", UINT32_MAX, UINT32_MAX},
      {"-100", 0xffffff9c, UINT32_MAX},
      {"AT_FDCWD", 0xffffff9c, UINT32_MAX},
      {"AT_FDCWD</home/x>", 0xffffff9c, UINT32_MAX},
      {"022", 18, UINT64_MAX},
      {"S_IFREG|0644", 0100644, UINT64_MAX},
      {"PROT_READ|PROT_WRITE", 3, UINT64_MAX},
      {"0x3 /* PROT_READ|PROT_WRITE */", 3, UINT64_MAX},
      {"0x4 /* MAP_?\?\? */|MAP_FIXED", 0x14, UINT64_MAX},
      {"0x7ffd1234 /* 24 vars */", 0x7ffd1234, UINT64_MAX},
      {"7<TCP:[127.0.0.1:1->127.0.0.1:2]>", 7, UINT64_MAX},
      {"1</dev/pts/0<char 136:0>>", 1, UINT64_MAX},
      {"TCGETS", 0x5401, UINT64_MAX},
      {"SNDCTL_TMR_TIMEBASE or TCGETS", 0x5401, UINT64_MAX},
      {"_IOC(_IOC_READ|_IOC_WRITE, 0x54, 0x1, 0x4)", 0xc0045401, UINT64_MAX},
      {"SIGRT_1", 33, UINT64_MAX},
      {"\"text\"", 0, 0},
      {"[1, 2]", 0, 0},
      {"{st_mode=S_IFREG|0644, st_size=1}", 0, 0},
      {"1<<CAP_KILL", 0, 0},
      {"~[HUP]", 0, 0},
      {"O_RDONLY|O_UNHEARD_OF", 0, 0},
      {"0x123456789abcdef01", 0, 0},
      {"", 0, 0},
  };
  for (const auto& row : kRows) {
    const inspect::KnownBits bits = inspect::StraceArgument(row.text, X86());
    BOOST_TEST(bits.value == row.value, row.text);
    BOOST_TEST(bits.known == row.known, row.text);
  }
}

BOOST_AUTO_TEST_CASE(WhatIsNotShownIsNotKnown) {
  BOOST_TEST(Calls("fcntl(3, F_GETFD) = 0") == "1 x fcntl(3, F_GETFD, _)\n");
  BOOST_TEST(Calls("preadv2(3, [{iov_base=\"x\", iov_len=1}], 1, 0, RWF_HIPRI) = 1") ==
             "1 x preadv2(3, _, 1, 0, _, _)\n");
  // Operations that leave arguments out, so that others take their places.
  BOOST_TEST(Calls("futex(0x10, FUTEX_WAIT_PRIVATE, 2, NULL) = 0") == "1 x futex(16, 128, 2, 0, _, _)\n");
  BOOST_TEST(Calls("futex(0x10, FUTEX_LOCK_PI, NULL) = 0") == "1 x futex(16, 6, _, _, _, _)\n");
  BOOST_TEST(Calls("futex(0x10, FUTEX_WAIT_BITSET, 2, NULL, FUTEX_BITSET_MATCH_ANY) = 0") ==
             "1 x futex(16, 9, _, _, _, _)\n");
  BOOST_TEST(Calls("ptrace(PTRACE_GETREGS, 5, 0x10) = 0").find(", _, _)\n") != std::string::npos);
  // The upper half of an int with bit 31 set is up to the libc.
  BOOST_TEST(Calls("ioctl(3, 0x80045430, NULL) = 0") == "1 x ioctl(3, -2147199952, 0)\n");
  BOOST_TEST(Calls("restart_syscall(<... resuming interrupted read ...>) = 0") == "1 x restart_syscall()\n");
  // A name that was cut, so that brackets do not match: nothing is known of any argument.
  BOOST_TEST(Calls("openat(AT_FDCWD, {\"/etc, O_RDONLY) = 3") == "1 x openat(_, _, _, _)\n");
}

BOOST_AUTO_TEST_CASE(ClonesArgumentsHaveAnotherOrderInStrace) {
  BOOST_TEST(Calls("clone(child_stack=NULL, flags=CLONE_VM|SIGCHLD, child_tidptr=0x7f10) = 5") ==
             "1 x clone(273, 0, _, 0x7f10, _)\n");
  BOOST_TEST(
      Calls("clone(child_stack=0x10, flags=0x100|17, parent_tid=[3], tls=0x20, child_tidptr=0x30) = 5") ==
      "1 x clone(273, 16, _, 48, 32)\n");
}

BOOST_AUTO_TEST_CASE(EachArgumentIsFoundWhateverStandsInTheOthers) {
  const auto arguments = inspect::StraceArguments(
      R"({a=[1, 2], b="},("}, 3<UNIX-STREAM:[1->2,"/p,q"]>, {x=1} => {y=2}, "a\",b"..., 1<<3, 0x3 /* A, B */)");
  BOOST_REQUIRE(arguments.size() == 6U);
  BOOST_TEST(arguments[1] == R"(3<UNIX-STREAM:[1->2,"/p,q"]>)");
  BOOST_TEST(arguments[2] == "{x=1} => {y=2}");
  BOOST_TEST(arguments[3] == R"("a\",b"...)");
  BOOST_TEST(arguments[5] == "0x3 /* A, B */");
}

BOOST_AUTO_TEST_CASE(FramesBytesAndMessagesOfStraceAreNoCalls) {
  BOOST_TEST(Calls("write(1, \"x\", 1) = 1\n"
                   " | 00000  78                                                x                |\n"
                   " > /lib/libc.so.6(write+0x10) [0x1530]\n"
                   " > unexpected_backtracing_error [0x0]\n"
                   "strace: Process 1284 attached\n"
                   "Process 1284 detached\n"
                   "\n"
                   "+++ exited with 0 +++\n") == "1 x write(1, _, 1)\n");
}

BOOST_AUTO_TEST_CASE(AMessageOfStracesOwnMayBreakALine) {
  BOOST_TEST(Calls("clone3({flags=CLONE_VM|CLONE_THREAD, stack_size=0x7fff80}strace: Process 5 attached\n"
                   " => {parent_tid=[5]}, 88) = 5\n"
                   "[pid     5] getpid() = 4\n") == "1 x clone3(_, 88)\n1 x getpid()\n");
}

BOOST_AUTO_TEST_CASE(ACallWithoutItsEndWasMade) {
  BOOST_TEST(Calls("1 read(3,  <unfinished ...>\n2 futex(0x10, FUTEX_WAIT, 2, NULL <unfinished ...>\n") ==
             "1 x read(3, _, _)\n1 x futex(16, 0, 2, _, _, _)\n");
  BOOST_TEST(Calls("read(0,  <detached ...>") == "1 x read(0, _, _)\n");
  // Interrupted, and interrupted again: what follows is told of.
  BOOST_TEST(
      Read("7 read(0,  <unfinished ...>\n7 <... read resumed>\"x\",  <unfinished ...>\n").unread_lines == 1U);
  // The beginning is missing, as strace was attached in the middle of it.
  BOOST_TEST(Calls("7 <... read resumed>\"x\", 1) = 1") == "1 x read(_, _, _)\n");
}

BOOST_AUTO_TEST_CASE(WhatNewerOrOlderStracesCallByNumberIsFound) {
  BOOST_TEST(Calls("syscall_0x1d7(0x1, 0x2, 0x3, 0, 0, 0) = -1 ENOSYS (Function not implemented)") ==
             "1 x " + SyscallName(X86(), 0x1d7) + "(1, 2, 3)\n");
  BOOST_TEST(Calls("[ 257] name_of_another_age(0x1) = 0").find("1 x openat(") == 0U);
}

// ---- strace: what lines mean one behind the other.

BOOST_AUTO_TEST_CASE(AKilledCallIsSeenThoughStraceShowsAResult) {
  BOOST_TEST(Calls("1 getppid() = 110\n1 +++ killed by SIGSYS +++\n") == "1 x getppid() !\n");
  BOOST_TEST(Calls("getppid() = 110\n+++ killed by SIGSYS (core dumped) +++\n") == "1 x getppid() !\n");
  // write() returns its own number here, and was not the last call.
  BOOST_TEST(Calls("write(1, \"x\", 1) = 1\ngetppid() = ?\n+++ killed by SIGSYS +++\n") ==
             "1 x write(1, _, 1)\n1 x getppid() !\n");
  BOOST_TEST(Calls("getppid() = 110\n+++ exited with 0 +++\n") == "1 x getppid()\n");
  BOOST_TEST(Calls("getppid() = 1\n--- SIGSYS {si_signo=SIGSYS, si_code=SI_USER, si_pid=1} ---\n"
                   "+++ killed by SIGSYS +++\n") == "1 x getppid()\n");
}

BOOST_AUTO_TEST_CASE(ATrappedCallIsSeen) {
  const std::string signal =
      "--- SIGSYS {si_signo=SIGSYS, si_code=SYS_SECCOMP, si_errno=E2BIG, si_call_addr=0x7f, "
      "si_syscall=__NR_getppid, si_arch=AUDIT_ARCH_X86_64} ---\n";
  BOOST_TEST(Calls("getppid() = 110\n" + signal + "getpid() = 5\n") == "1 x getppid() !\n1 x getpid()\n");
  // strace was not asked to show it.
  BOOST_TEST(Calls("getpid() = 5\n" + signal) == "1 x getpid()\n1 x getppid() !\n");
  BOOST_TEST(Calls("7 [ 110] getppid() = 110\n7 [ 110] --- SIGSYS {si_signo=31, si_code=0x1, si_errno=7, "
                   "si_call_addr=0x7f, si_syscall=110, si_arch=0xc000003e} ---\n") == "1 x getppid() !\n");
}

BOOST_AUTO_TEST_CASE(OtherThreadsOfAKilledProcessWereNotTheReason) {
  const std::string kThread = "1 clone3({flags=CLONE_VM|CLONE_THREAD|CLONE_SIGHAND}, 88) = 2\n";
  BOOST_TEST(Calls(kThread + "1 futex(0x10, FUTEX_WAIT, 2, NULL <unfinished ...>\n"
                             "2 getppid() = 110\n"
                             "1 <... futex resumed>) = ?\n"
                             "1 +++ killed by SIGSYS +++\n"
                             "2 +++ killed by SIGSYS +++\n") ==
             "1 x clone3(_, 88)\n1 x futex(16, 0, 2, 0, _, _)\n1 x getppid() !\n");
  // One thread alone was killed.
  BOOST_TEST(Calls(kThread + "2 getppid() = ?\n2 +++ killed by SIGSYS +++\n1 exit_group(0) = ?\n"
                             "1 +++ exited with 0 +++\n") ==
             "1 x clone3(_, 88)\n1 x getppid() !\n1 x exit_group(0)\n");
}

BOOST_AUTO_TEST_CASE(AResultThatIsTheCallsOwnNumberByChanceIsNoReason) {
  const std::string kThread = "1 clone3({flags=CLONE_VM|CLONE_THREAD|CLONE_SIGHAND}, 88) = 2\n";
  BOOST_TEST(Calls(kThread + "1 write(1, \"x\", 1) = 1\n2 getppid() = 110\n1 +++ killed by SIGSYS +++\n"
                             "2 +++ killed by SIGSYS +++\n") ==
             "1 x clone3(_, 88)\n1 x write(1, _, 1)\n1 x getppid() !\n");
}

BOOST_AUTO_TEST_CASE(NumbersOfTasksAreUsedAgain) {
  // A child under a filter ends, and one without a filter gets its number.
  BOOST_TEST(
      Calls("9 execve(\"./a\", [\"./a\"], 0x10) = 0\n9 fork() = 1\n"
            "1 prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, {len=4, filter=0x10}) = 0\n"
            "1 fork() = 5\n5 getppid() = 1\n5 +++ exited with 0 +++\n9 fork() = 5\n5 getuid() = 0\n") ==
      "1 x fork()\n1 x getppid()\n");
}

BOOST_AUTO_TEST_CASE(WhatStraceIsAttachedToMayHaveAFilter) {
  BOOST_TEST(Calls("100 getppid() = 1\n100 fork() = 200\n"
                   "200 prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, {len=4, filter=0x10}) = 0\n") ==
             "1 x getppid()\n1 x fork()\n");
}

BOOST_AUTO_TEST_CASE(AChildKeepsItsModeWhereverItsParentsLineStands) {
  BOOST_TEST(
      Calls("1 vfork( <unfinished ...>\n[ Process PID=2 runs in 32 bit mode. ]\n2 read(3, \"\", 1) = 0\n"
            "1 <... vfork resumed>) = 2\n2 read(3, \"\", 1) = 0\n") ==
      "1 x vfork()\n2 x #3 of architecture 0x40000003\n");
}

BOOST_AUTO_TEST_CASE(CallsOfOtherAbisAreTheirs) {
  const std::string i386 = "1 x #3 of architecture 0x40000003\n";
  BOOST_TEST(Calls("1 [ Process PID=1 runs in 32 bit mode. ]\n1 read(3, \"\", 1) = 0\n") == i386);
  BOOST_TEST(Calls("strace: [ Process PID=1 runs in 32 bit mode. ]\n1 read(3, \"\", 1) = 0\n"
                   "[ Process PID=1 runs in 64 bit mode. ]\n1 read(3, \"\", 1) = 0\n") ==
             i386 + "1 x read(3, _, 1)\n");
  BOOST_TEST(Calls("[ Process PID=1 runs in x32 mode. ]\n1 getpid() = 1\n") == "1 x #1073741863\n");
  // Numbers tell when the lines of modes are missing.
  BOOST_TEST(Calls("1 [   3] read(3, \"\", 1) = 0\n") == i386);
  BOOST_TEST(Calls("1 [1073741863] getpid() = 1\n") == "1 x #1073741863\n");
  BOOST_TEST(
      Unread(Read("1 _llseek(3, 0, [0], SEEK_SET) = 0\n")) ==
      "1: there is no call \"_llseek\" on x86_64, but on i386: record with strace -n -e quiet=none, which "
      "tell them apart\n");
}

BOOST_AUTO_TEST_CASE(OnlyWhatIsDoneUnderAFilterCounts) {
  const std::string kBefore = "execve(\"./a\", [\"./a\"], 0x10 /* 2 vars */) = 0\nbrk(NULL) = 0x10\n";
  for (const char* const install :
       {"seccomp(SECCOMP_SET_MODE_FILTER, 0, {len=4, filter=0x10}) = 0\n",
        "seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, {len=4, filter=0x10}) = 5\n",
        "[ 317] seccomp(0x1, 0x1, {len=4, filter=0x10}) = 0\n",
        "prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, {len=4, filter=0x10}) = 0\n",
        "[ 157] prctl(0x16, 0x2, {len=4, filter=0x10}) = 0\n"}) {
    const Trace trace = Read(kBefore + install + "getpid() = 1\n");
    BOOST_TEST(Listed(trace) == "1 x getpid()\n", install);
    BOOST_TEST(trace.before_filter == 3U, install);
    BOOST_TEST(Read(kBefore + install + "getpid() = 1\n", {.from_start = true, .marker = {}}).made == 3U);
  }
  for (const char* const other :
       {"seccomp(SECCOMP_SET_MODE_FILTER, 0, {len=4, filter=0x10}) = -1 EACCES (x)\n",
        "seccomp(SECCOMP_GET_ACTION_AVAIL, 0, [SECCOMP_RET_LOG]) = 0\n",
        "prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) = 0\n"})
    BOOST_TEST(Read(kBefore + other + "getpid() = 1\n").made == 3U, other);
}

BOOST_AUTO_TEST_CASE(ProcessesWithoutAFilterDoNotCountWhereOthersHaveOne) {
  const std::string kParent =
      "1 execve(\"./a\", [\"./a\"], 0x10) = 0\n1 openat(AT_FDCWD, \"x\", O_RDONLY) = 3\n1 fork() = 2\n";
  const std::string kInstall = "2 prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, {len=4, filter=0x10}) = 0\n";
  const Trace trace =
      Read(kParent + kInstall + "2 getpid() = 2\n1 close(3) = 0\n2 vfork() = 3\n3 gettid() = 3\n");
  BOOST_TEST(Listed(trace) == "1 x getpid()\n1 x vfork()\n1 x gettid()\n");
  BOOST_TEST(trace.without_filter == 3U);
  BOOST_TEST(trace.before_filter == 2U);
  // A child's lines may stand before its parent's.
  BOOST_TEST(Calls("1 execve(\"./a\", [\"./a\"], 0x10) = 0\n1 fork( <unfinished ...>\n2 getppid() = 1\n1 "
                   "<... fork resumed>) = 2\n" +
                   kInstall) == "");
  // Nobody has one: all count.
  BOOST_TEST(Read(kParent + "2 getpid() = 2\n").made == 3U);
}

BOOST_AUTO_TEST_CASE(AFilterForAllThreadsIsThatOfTheOthersToo) {
  const std::string kThreads =
      "1 execve(\"./a\", [\"./a\"], 0x10) = 0\n1 clone3({flags=0x3d0f00, stack=0x10}, 88) = 2\n2 getpid() = "
      "1\n1 fork() = 3\n3 getuid() = 0\n";
  const auto installed = [&](const std::string& flags) {
    return Calls(kThreads + "1 seccomp(SECCOMP_SET_MODE_FILTER, " + flags +
                 ", {len=4, filter=0x10}) = 0\n2 getppid() = 1\n3 getgid() = 0\n1 gettid() = 1\n");
  };
  BOOST_TEST(installed("SECCOMP_FILTER_FLAG_TSYNC") == "1 x getppid()\n1 x gettid()\n");
  BOOST_TEST(installed("0") == "1 x gettid()\n");
}

BOOST_AUTO_TEST_CASE(ATraceBeginsBehindAMarker) {
  const std::string text = "getpid() = 1\nwrite(2, \"begin\", 5) = 5\ngettid() = 1\n";
  const Trace trace = Read(text, {.from_start = false, .marker = "\"begin\""});
  BOOST_TEST(Listed(trace) == "1 x gettid()\n");
  BOOST_TEST(trace.before_filter == 2U);
  CheckError([&] { Read(text, {.from_start = false, .marker = "start"}); },
             {"no line of the trace contains \"start\""});
}

// ---- Other traces.

BOOST_AUTO_TEST_CASE(RecordsOfTheAuditAreReadWhereverTheyStand) {
  const std::string fields =
      "auid=4294967295 uid=0 gid=0 ses=4294967295 pid=27269 comm=\"p\" exe=\"/x/p\" sig=31 arch=c000003e "
      "syscall=110 compat=0 ip=0x557d code=0x80000000";
  for (const std::string& line :
       {"[ 2628.1] audit: type=1326 audit(1795730503.764:427): " + fields,
        "[Fri Nov 27 20:00:00 2026] audit: type=1326 audit(1795730503.764:427): " + fields,
        "<5>[ 2628.1] type=1326 audit(1795730503.764:427): " + fields,
        "Nov 27 20:00:00 host kernel: audit: type=1326 audit(1795730503.764:427): " + fields,
        "2026-11-27T20:00:00+0000 host audit[27269]: SECCOMP " + fields,
        "type=SECCOMP msg=audit(1795730503.764:427): " + fields + "\x1d" + "ARCH=x86_64 SYSCALL=write",
        std::string(
            "type=SECCOMP msg=audit(11/27/26 20:00:00.764:427) : auid=unset uid=root pid=1 comm=p sig=SIGSYS "
            "arch=x86_64 syscall=getppid compat=0 ip=0x557d code=kill")})
    BOOST_TEST(Calls(line) == "1 x getppid() !\n", line);
}

BOOST_AUTO_TEST_CASE(RecordsTellWhatTheFilterAnswered) {
  const auto record = [](const std::string& rest) {
    return Calls("audit: type=1326 audit(1:1): pid=1 comm=686f20 " + rest);
  };
  BOOST_TEST(record("sig=0 arch=c000003e syscall=39 compat=0 ip=0x1 code=0x7ffc0000") == "1 x getpid()\n");
  BOOST_TEST(record("sig=0 arch=c000003e syscall=39 compat=0 ip=0x1 code=0x50000") == "1 x getpid()\n");
  BOOST_TEST(record("sig=31 arch=c000003e syscall=39 compat=0 ip=0x1 code=0x0") == "1 x getpid() !\n");
  BOOST_TEST(record("sig=31 arch=40000003 syscall=20 compat=1 ip=0x1 code=0x80000000") ==
             "1 x #20 of architecture 0x40000003 !\n");
  BOOST_TEST(record("sig=0 arch=c000003e syscall=1073741863 compat=0 ip=0x1 code=0x7ffc0000") ==
             "1 x #1073741863\n");
  BOOST_TEST(record("sig=0 arch=c00000b7 syscall=172 compat=0 ip=0x1 code=0x7ffc0000") ==
             "1 x #172 of architecture 0xc00000b7\n");
}

BOOST_AUTO_TEST_CASE(LogsHoldOtherMessages) {
  const Trace trace = Read(
      "[    1.5] usb 1-1: new device\n"
      "-- Boot 0123 --\n"
      "Nov 27 20:00:00 host systemd[1]: Started x.\n"
      "type=SYSCALL msg=audit(1:1): arch=c000003e syscall=257\n"
      "----\n"
      "time->Fri Nov 27 20:00:00 2026\n"
      "[    2.5] audit: type=1326 audit(1:1): sig=31 arch=c000003e syscall=39 code=0x80000000\n"
      "[    3.5] audit: 12 callbacks suppressed\n");
  BOOST_TEST(Listed(trace) == "1 x getpid() !\n");
  BOOST_TEST(trace.other_messages == 6U);
  BOOST_TEST(trace.unread_lines == 0U);
  BOOST_TEST(trace.lost_records == std::vector<std::size_t>{8}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(LogsTellOfLostRecordsInSeveralWays) {
  for (const char* const line :
       {"audit: audit_lost=37 audit_rate_limit=0 audit_backlog_limit=64\n",
        "[ 3.5] audit: backlog limit exceeded\n", "[ 3.5] audit: rate limit exceeded\n"})
    BOOST_TEST(Read(line).lost_records.size() == 1U, line);
  BOOST_TEST(Read("audit: audit_lost=0 audit_rate_limit=0\n").lost_records.empty());
}

BOOST_AUTO_TEST_CASE(AProgramsNameDoesNotSayWhatItCalled) {
  BOOST_TEST(
      Calls("type=SECCOMP msg=audit(1) : pid=1 comm=x arch=x86_64 syscall=read exe=/x sig=SIGSYS arch=x86_64 "
            "syscall=getpid code=kill\n") == "1 x getpid() !\n");
}

BOOST_AUTO_TEST_CASE(WhatStraceWroteToALogIsRead) {
  BOOST_TEST(Calls("Nov 27 20:00:00 host strace[123]: 1 getpid() = 5\n") == "1 x getpid()\n");
}

BOOST_AUTO_TEST_CASE(LinesOfTheReporterHaveAllArguments) {
  BOOST_TEST(Calls("seccomp: refused openat(0xffffffffffffff9c, 0x7ffd0000, 0x2, 0x0, 0x0, 0x0) at 0x401136 "
                   "in program "
                   "\"worker\"") == "1 x openat(0xffffffffffffff9c, 0x7ffd0000, 2, 0) !\n");
  BOOST_TEST(
      Calls("Nov 27 20:00:00 host p[1]: seccomp: refused #999(0x1, 0x0, 0x0, 0x0, 0x0, 0x0) of architecture "
            "0xc000003e at 0x10") == "1 x #999(1) !\n");
}

BOOST_AUTO_TEST_CASE(TablesOfCountsAreRead) {
  const std::string strace =
      "% time     seconds  usecs/call     calls    errors syscall\n"
      "------ ----------- ----------- --------- --------- ----------------\n"
      " 60.00    0.000514         513         7         1 getpid\n"
      " 40.00    0.000000           0         2           gettid\n"
      "------ ----------- ----------- --------- --------- ----------------\n"
      "100.00    0.000514                     9         1 total\n";
  BOOST_TEST(Calls(strace) == "7 x getpid()\n2 x gettid()\n");
  BOOST_TEST(Calls("getuid() = 0\n" + strace + "System call usage summary for 32 bit mode:\n" + strace) ==
             "1 x getuid()\n7 x getpid()\n2 x gettid()\n"
             "7 x #20 of architecture 0x40000003\n2 x #224 of architecture 0x40000003\n");
  BOOST_TEST(Calls("syscall calls\n------- -----\ngetpid 3\n------- -----\ntotal 3\n") == "3 x getpid()\n");
  BOOST_TEST(
      Calls("\n Summary of events:\n\n prog (26818), 134 events, 52.8%\n\n"
            "   syscall            calls  errors  total       min       avg       max       stddev\n"
            "                                     (msec)    (msec)    (msec)    (msec)        (%)\n"
            "   --------------- --------  ------ -------- --------- --------- ---------     ------\n"
            "   mmap                  12      0     0.344     0.025     0.029     0.040      4.69%\n"
            "   exit_group             1      0     0.000     0.000     0.000     0.000      0.00%\n"
            "\n\n other (26819), 2 events, 1.0%\n\n"
            "   syscall            calls  errors  total       min       avg       max       stddev\n"
            "                                     (msec)    (msec)    (msec)    (msec)        (%)\n"
            "   --------------- --------  ------ -------- --------- --------- ---------     ------\n"
            "   mmap                   1      0     0.344     0.025     0.029     0.040      4.69%\n") ==
      "13 x mmap(_, _, _, _, _, _)\n1 x exit_group(_)\n");
}

BOOST_AUTO_TEST_CASE(ATableWithoutItsEndIsToldOf) {
  const std::string head = "syscall calls\n------- -----\ngetpid 3\n";
  BOOST_TEST(Unread(Read(head)) == "3: the table has no end\n");
  BOOST_TEST(Unread(Read(head + "\ngetuid() = 0\n")) == "4: the table above it has no end\n");
  BOOST_TEST(Read("lost a syscall\n").unread_lines == 1U);
}

// ---- Nothing is passed over.

BOOST_AUTO_TEST_CASE(LinesThatCannotBeReadAreToldOf) {
  const Trace trace = Read(
      "getpid() = 1\n"
      "Bad system call\n"
      "openat(AT_FDCWD, \"/etc\n"
      "no_such_call(1) = 0\n"
      "1 ?\?\?\?( <unfinished ...>\n"
      "audit: type=1326 audit(1:1): pid=1 comm=\"x\" sig=31 arch=c000003e sysc\n"
      "seccomp: refused openat(0xffffff9c, 0x7\n"
      "[ Process PID=1 runs in 128 bit mode. ]\n"
      "[  63] read(3, \"\", 1) = 0\n"
      "\x1b[31mred\n");
  BOOST_TEST(Listed(trace) == "1 x getpid()\n");
  BOOST_TEST(trace.unread_lines == 9U);
  BOOST_TEST(
      Unread(trace) ==
      "2: \n3: \n4: there is no call \"no_such_call\" on x86_64\n5: strace did not see which call this is\n"
      "6: the record has no architecture, or no call\n7: the reporter's line is not whole\n"
      "8: this machine's architecture has no calls of that kind\n"
      "9: \"read\" is no call #63 on x86_64: is it another machine's? See --arch\n10: \n");
  BOOST_TEST(trace.unread.back().text == "?[31mred");
  BOOST_TEST(Read("<... \x1b[31mx resumed>) = 0\n").unread.back().why ==
             "there is no call \"?[31mx\" on x86_64");
}

BOOST_AUTO_TEST_CASE(OnlySomeOfManyUnreadableLinesAreKept) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "what is this?\n";
  const Trace trace = Read(text);
  BOOST_TEST(trace.unread_lines == 1000U);
  BOOST_TEST(trace.unread.size() == Trace::kMostUnread);
}

// A line that is cut off anywhere is a call, or is told of.
BOOST_AUTO_TEST_CASE(AMutilatedLineIsNeverPassedOver) {
  for (const std::string line :
       {"1283 22:01:55.1 [ 257] [00007f0e12345678] openat(AT_FDCWD, \"/etc/x\", O_RDONLY) = 3 <0.000012>",
        "[pid 1283<a b>] fcntl(3</x,y>, F_DUPFD, {a=[1]}, NULL) = -1 EBADF (Bad file descriptor)",
        "[ 2628.1] audit: type=1326 audit(1795730503.764:427): pid=27269 sig=0 arch=c000003e syscall=110 "
        "ip=0x5",
        "seccomp: refused openat(0x1, 0x7ffd0000, 0x2, 0x0, 0x0, 0x0) at 0x401136"}) {
    // What is left of these is nothing, a number, or what may begin another message of a log.
    std::size_t first = line.find_first_of("(:");
    if (line.starts_with("[ 2628")) first = line.find("1326 ") + 5;
    if (line.starts_with("seccomp")) first = line.find("refused ") + 8;
    for (std::size_t length = first; length <= line.size(); ++length) {
      const Trace trace = Read(line.substr(0, length));
      BOOST_TEST(trace.made + trace.unread_lines == 1U, "of " << line.substr(0, length));
    }
  }
}

BOOST_AUTO_TEST_CASE(CallsThatDifferInWhatNobodyLooksAtAreOne) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "mmap(" + std::to_string(i * 4096) + ", 4096, 0, 0, -1, 0) = 0\n";
  const Trace one = Read(text, {}, NoBit);
  BOOST_TEST(Listed(one) == "20000 x mmap(0, 0x1000, 0, 0, -1, 0)\n");
  // There is an end to how many are told apart: of those beyond it nothing is known.
  const Trace many = Read(text);
  BOOST_TEST(many.made == 20'000U);
  BOOST_REQUIRE(many.calls.size() == inspect::CallTally::kMostOfNumber + 1);
  BOOST_TEST(inspect::CallText(X86(), many.calls.back().call) == "mmap(_, _, _, _, _, _)");
  BOOST_TEST(many.calls.back().count == 20'000U - inspect::CallTally::kMostOfNumber);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
