// SPDX-License-Identifier: Apache-2.0
//
// Names and numbers of calls, with any version of libseccomp.

#include <seccomp.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "support/calls.h"
#include "support/errors.h"
#include "target/newer_calls.h"
#include "target/syscall_names.h"

namespace precompiledseccomp::testing {
namespace {

// What libseccomp itself says.
std::string NameInLibseccomp(const Target& target, std::uint32_t number) {
  const std::unique_ptr<char, decltype(&std::free)> name(
      seccomp_syscall_resolve_num_arch(target.libseccomp_token, static_cast<int>(number)), &std::free);
  return name == nullptr ? "" : name.get();
}

BOOST_AUTO_TEST_SUITE(SyscallNamesTest)

BOOST_AUTO_TEST_CASE(CallsUpToLinux618HaveNamesAndNumbersOnEveryTarget) {
  const std::pair<const char*, std::uint32_t> calls[] = {
      {"pidfd_send_signal", 424}, {"cachestat", 451},        {"futex_requeue", 456},
      {"statmount", 457},         {"listmount", 458},        {"lsm_get_self_attr", 459},
      {"lsm_set_self_attr", 460}, {"lsm_list_modules", 461}, {"mseal", 462},
      {"setxattrat", 463},        {"getxattrat", 464},       {"listxattrat", 465},
      {"removexattrat", 466},     {"open_tree_attr", 467},   {"file_getattr", 468},
      {"file_setattr", 469},
  };
  for (const Target& target : Targets())
    for (const auto& [name, number] : calls) {
      BOOST_TEST_CONTEXT(target.name << " " << name) {
        BOOST_TEST(SyscallNumber(target, name).value_or(0) == number);
        BOOST_TEST(SyscallName(target, number) == name);
        BOOST_TEST(SyscallNames(target).at(number) == name);
      }
    }
}

BOOST_AUTO_TEST_CASE(ACallOfOneArchitectureIsOfThatOne) {
  BOOST_TEST(SyscallNumber(X86(), "uretprobe").value_or(0) == 335U);
  BOOST_TEST(SyscallNumber(X86(), "uprobe").value_or(0) == 336U);
  BOOST_TEST(SyscallName(X86(), 336) == "uprobe");
  BOOST_TEST(!SyscallNumber(Arm(), "uprobe").has_value());
  BOOST_TEST(SyscallName(Arm(), 336) == "#336");
  CheckContains(WhyUnknown(Arm(), "uprobe"), {"other architectures have it", "IfAvailable(\"uprobe\")"});
}

BOOST_AUTO_TEST_CASE(EveryNumberOfAllArchitecturesHasAName) {
  for (const Target& target : Targets()) {
    const std::vector<std::string> names = SyscallNames(target);
    BOOST_TEST(names.size() >= target.first_number + target.numbers);
    for (std::uint32_t number = 424; number < names.size(); ++number)
      BOOST_TEST(names[number] != "", target.name << " " << number);
  }
}

// Where both know a name they agree on its number, and the other way round.
BOOST_AUTO_TEST_CASE(LibseccompAndOurTableAgreeWhereBothKnowACall) {
  for (const Target& target : Targets())
    for (const NewerCall& call : NewerCalls()) {
      if (!call.IsOn(target)) continue;
      const int theirs = seccomp_syscall_resolve_name_arch(target.libseccomp_token, call.name);
      if (theirs >= 0) BOOST_TEST(static_cast<std::uint32_t>(theirs) == call.number, call.name);
      const std::string name = NameInLibseccomp(target, call.number);
      if (!name.empty()) BOOST_TEST(name == call.name);
    }
}

// Fails with a newer libseccomp than those known here: these are the rows that newer_calls.cc lacks.
BOOST_AUTO_TEST_CASE(LibseccompKnowsNothingThatOurTableLacks) {
  const auto calls = NewerCalls();
  for (const Target& target : Targets())
    for (std::uint32_t number = 424; number < 1024; ++number) {
      if (target.foreign_numbers.Has(number)) continue;
      const std::string name = NameInLibseccomp(target, number);
      const bool is_here = std::any_of(calls.begin(), calls.end(), [&](const NewerCall& call) {
        return call.number == number && call.IsOn(target);
      });
      BOOST_TEST((name.empty() || is_here),
                 "newer_calls.cc lacks {\"" << name << "\", " << number << "} of " << target.name);
    }
}

BOOST_AUTO_TEST_CASE(OurTableIsSortedByNumber) {
  const auto calls = NewerCalls();
  BOOST_TEST(std::is_sorted(calls.begin(), calls.end(),
                            [](const NewerCall& a, const NewerCall& b) { return a.number < b.number; }));
}

BOOST_AUTO_TEST_CASE(AnUnknownNameGetsNearMissesAndTheAdviceToGiveANumber) {
  for (const Target& target : Targets()) {
    BOOST_TEST(WhyUnknown(target, "listns") ==
               "; did you mean \"listen\"? If it is newer than Linux 6.18, give its number, as in "
               "Syscall(470)");
    BOOST_TEST(WhyUnknown(target, "some_future_call") ==
               "; if it is newer than Linux 6.18, give its number, as in Syscall(470)");
  }
}

BOOST_AUTO_TEST_CASE(ANameAsInHeadersOrInCapitalsIsNearTheCallsOwn) {
  for (const char* const name : {"__NR_read", "SYS_read", "sys_read", "READ", "__x64_sys_read"})
    BOOST_TEST(WhyUnknown(X86(), name).starts_with("; did you mean \"read\""), name);
  BOOST_TEST(WhyUnknown(X86(), "__NR_opennat").starts_with("; did you mean \"openat\""));
}

BOOST_AUTO_TEST_CASE(ANameOfAnyTargetIsKnown) {
  for (const char* const name : {"read", "open", "mmap2", "socketcall", "mseal", "uprobe"})
    BOOST_TEST(IsNameOfAnyTarget(name), name);
  for (const char* const name : {"swapom", "listns", "", "READ"}) BOOST_TEST(!IsNameOfAnyTarget(name), name);
}

// Looked up once for all targets: each has its own. poll is there on the older ones only.
BOOST_AUTO_TEST_CASE(UsualCallsHaveTheNumbersOfTheirTarget) {
  for (const Target& target : Targets())
    BOOST_TEST(UsualCalls(target).front() == SyscallNumber(target, "futex").value(), target.name);
  const auto has = [](const Target& target, const char* name) {
    const std::vector<std::uint32_t> numbers = UsualCalls(target);
    return std::find(numbers.begin(), numbers.end(), SyscallNumber(target, name).value()) != numbers.end();
  };
  BOOST_TEST(has(*FindTarget("x86_64"), "poll"));
  BOOST_TEST(!SyscallNumber(*FindTarget("aarch64"), "poll").has_value());
  BOOST_TEST(UsualCalls(*FindTarget("aarch64")).size() < UsualCalls(*FindTarget("x86_64")).size());
}

// None of Targets(): programs of 32 bits on x86-64.
BOOST_AUTO_TEST_CASE(UsualCallsAreKnownForOtherTargetsToo) {
  Target i386 = *FindTarget("x86_64");
  i386.libseccomp_token = SCMP_ARCH_X86;
  BOOST_TEST(UsualCalls(i386).front() == 240U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
