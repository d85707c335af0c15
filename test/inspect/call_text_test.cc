// SPDX-License-Identifier: Apache-2.0

#include "inspect/call_text.h"

#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "support/calls.h"
#include "support/errors.h"
#include "support/random.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

using inspect::CallText;
using inspect::ParameterName;
using inspect::ParametersFrom;
using inspect::ReadCall;
using inspect::WrittenCall;

constexpr std::uint64_t kFdCwd = static_cast<std::uint64_t>(-100);

void CheckReads(const char* text, std::int64_t number, std::initializer_list<std::uint64_t> arguments,
                const Target& target = X86()) {
  BOOST_TEST_CONTEXT(text) {
    const WrittenCall written = ReadCall(text, target);
    const seccomp_data expected = CallFor(target, number, arguments);
    BOOST_TEST(written.call.nr == expected.nr);
    BOOST_TEST(written.call.arch == target.audit_arch);
    BOOST_TEST(written.call.instruction_pointer == 0U);
    BOOST_TEST(written.arguments == arguments.size());
    BOOST_TEST(std::vector(std::begin(written.call.args), std::end(written.call.args)) ==
                   std::vector(std::begin(expected.args), std::end(expected.args)),
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_SUITE(call_text)

BOOST_AUTO_TEST_CASE(CallsAreReadByNameAndByNumber) {
  CheckReads("ioctl(3, TIOCSTI, 0)", 16, {3, 0x5412, 0});
  CheckReads("getpid", 39, {});
  CheckReads("getpid()", 39, {});
  CheckReads(" getpid ( ) ", 39, {});
  CheckReads("openat(AT_FDCWD,0x7f0000001000,O_RDONLY|O_CLOEXEC)", 257, {kFdCwd, 0x7f0000001000, 0x80000});
  CheckReads("openat ( -100 , 0 , O_WRONLY | 0100 )", 257, {kFdCwd, 0, 0x41});
  CheckReads("#257(-100)", 257, {kFdCwd});
  CheckReads("257(1,2,3,4,5,6)", 257, {1, 2, 3, 4, 5, 6});
  CheckReads("0x101", 257, {});
  CheckReads("#-1", -1, {});
  CheckReads("-1(7)", -1, {7});
  CheckReads("#0x40000001(1)", 0x40000001, {1});
  CheckReads("4294967295", -1, {});
  CheckReads("mknod(0, S_IFCHR|0600, 1)", 133, {0, 020600, 1});
  CheckReads("socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0)", 41, {1, 0x80001, 0});
  CheckReads("prctl(PR_SET_NO_NEW_PRIVS, 1)", 157, {38, 1});
  CheckReads("clone(CLONE_NEWUSER|SIGCHLD)", 56, {0x10000011});
}

BOOST_AUTO_TEST_CASE(NamesAndConstantsAreTheTargets) {
  CheckReads("openat(0, 0, O_DIRECTORY)", 257, {0, 0, 0x10000}, X86());
  CheckReads("openat(0, 0, O_DIRECTORY)", 56, {0, 0, 0x4000}, Arm());
}

BOOST_AUTO_TEST_CASE(WhatIsNoCallIsAnError) {
  struct Row {
    const char* text;
    const char* problem;
  };
  constexpr Row kRows[] = {
      {"", "the name of the call is missing"},
      {"  ", "the name of the call is missing"},
      {"(3)", "the name of the call is missing"},
      {"#", "\"#\" is no number of a call"},
      {"#read", "\"#read\" is no number of a call"},
      {"-2", "\"-2\" is no number of a call"},
      {"0x100000000", "is no number of a call: 0 to 0xffffffff"},
      {"3x(1)", "\"3x\" is no number of a call"},
      {"reed(3)", "unknown system call \"reed\" for x86_64; did you mean \"read\""},
      {"somethingelse",
       "unknown system call \"somethingelse\" for x86_64; give what is newer by its number, as in #"},
      {"re ad(3)", "unknown system call \"re ad\""},
      {"read(3", "a call ends with the bracket"},
      {"read(3))", "a call ends with the bracket"},
      {"read(3) = 1", "a call ends with the bracket"},
      {"read)3(", "unknown system call \"read)3\""},
      {"read(3,)", "an argument is empty"},
      {"read(,3)", "an argument is empty"},
      {"read(O_RDONLY|)", "\"\" is no number"},
      {"read(1,2,3,4,5,6,7)", "at most six arguments, and here are 7"},
      {"read(_)", "in place of \"_\""},
      {"read(3, ...)", "in place of \"...\""},
      {"read(0x1ffffffffffffffff)", "is no number of at most 64 bits"},
      {"read(TIOCSTII)", "no constant that is known here; did you mean \"TIOCSTI\""},
      {"open(\"/etc/x\")", "\"\"/etc/x\"\" is no number"},
      {"read(3 4)", "\"3 4\" is no number"},
  };
  for (const Row& row : kRows)
    BOOST_TEST_CONTEXT(row.text) CheckError([&] { ReadCall(row.text, X86()); }, {row.problem});
  CheckError([] { ReadCall("open(0)", Arm()); },
             {"there is no call \"open\" for aarch64: other architectures have it"});
  CheckError([] { ReadCall("mmap(0, 0, 0, MAP_32BIT)", Arm()); }, {"\"MAP_32BIT\" is no number"});
}

BOOST_AUTO_TEST_CASE(ACallIsWrittenWithTheArgumentsThatItHas) {
  BOOST_TEST(CallText(X86(), Call(39)) == "getpid()");
  BOOST_TEST(CallText(X86(), Call(16, {3, 0x5412})) == "ioctl(3, 0x5412, 0)");
  BOOST_TEST(CallText(X86(), Call(39, {0, 7})) == "getpid(0, 7)");
  BOOST_TEST(CallText(X86(), Call(5000)) == "#5000()");
  BOOST_TEST(CallText(X86(), Call(5000, {0, 0, 1})) == "#5000(0, 0, 1)");
  BOOST_TEST(CallText(X86(), Call(-1, {1})) == "#-1(1)");
}

BOOST_AUTO_TEST_CASE(WhatIsWrittenIsReadAgain) {
  Random random(1);
  for (int i = 0; i < 2000; ++i) {
    seccomp_data call =
        Call(random.OneIn(4) ? random.Word32() : static_cast<std::int64_t>(random.Below(600)));
    for (auto& argument : call.args)
      if (random.OneIn(2)) argument = random.OneIn(2) ? random.Below(2000) : random.Word64();
    const std::string text = CallText(X86(), call);
    const seccomp_data again = ReadCall(text, X86()).call;
    BOOST_TEST(again.nr == call.nr, text);
    BOOST_TEST(std::equal(std::begin(call.args), std::end(call.args), std::begin(again.args)), text);
  }
}

BOOST_AUTO_TEST_CASE(ParametersHaveTheKernelsNames) {
  BOOST_TEST(ParameterName(X86(), Call(16), 1) == "cmd");
  BOOST_TEST(ParameterName(X86(), Call(16), 4) == "arg4");
  BOOST_TEST(ParameterName(X86(), Call(5000), 4) == "arg4");
  BOOST_TEST(ParametersFrom(X86(), Call(0), 1) == (std::vector<std::string>{"buf", "count"}),
             boost::test_tools::per_element());
  BOOST_TEST(ParametersFrom(X86(), Call(39), 0).empty());
  BOOST_TEST(ParametersFrom(X86(), Call(5000), 5) == std::vector<std::string>{"arg5"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
