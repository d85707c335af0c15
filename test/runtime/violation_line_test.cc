// SPDX-License-Identifier: Apache-2.0
//
// The text of a refused call, as `explain --trace` reads it.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/target.h>

#include "inspect/trace/reporter_line.h"
#include "runtime/call_names.h"
#include "runtime/violation_line.h"
#include "target/syscall_names.h"

namespace precompiledseccomp {
namespace {

constexpr std::uint32_t kI386 = 0x40000003;

TrappedCall CallOf(std::uint32_t number, std::uint32_t arch = NativeTarget().audit_arch) {
  TrappedCall call;
  call.number = number;
  call.arch = arch;
  return call;
}

std::string TextOf(const TrappedCall& call, const std::string& program = "") {
  return std::string(ViolationLine(call, program).text());
}

BOOST_AUTO_TEST_SUITE(violation_line)

BOOST_AUTO_TEST_CASE(AllArgumentsAreShown) {
  TrappedCall call = CallOf(SyscallNumber(NativeTarget(), "openat").value());
  const std::uint64_t arguments[] = {0xffffff9c, 0x7ffd0000, 0x2, 0, UINT64_MAX, 0x8000000000000000};
  for (std::size_t i = 0; i < std::size(arguments); ++i) call.arguments[i] = arguments[i];
  call.address = 0x401136;
  BOOST_TEST(TextOf(call, "worker") ==
             "seccomp: refused openat(0xffffff9c, 0x7ffd0000, 0x2, 0x0, 0xffffffffffffffff, "
             "0x8000000000000000) at 0x401136 in program \"worker\"\n");
  BOOST_TEST(TextOf(call) ==
             "seccomp: refused openat(0xffffff9c, 0x7ffd0000, 0x2, 0x0, 0xffffffffffffffff, "
             "0x8000000000000000) at 0x401136\n");
}

BOOST_AUTO_TEST_CASE(WhatHasNoNameIsTheNumberOfAnArchitecture) {
  const std::string arguments = "(0x0, 0x0, 0x0, 0x0, 0x0, 0x0) of architecture ";
  BOOST_TEST(TextOf(CallOf(20, kI386)) == "seccomp: refused #20" + arguments + "0x40000003 at 0x0\n");
  for (const std::uint32_t number : {999U, 0x40000027U, UINT32_MAX})
    BOOST_TEST(TextOf(CallOf(number)).starts_with("seccomp: refused #" + std::to_string(number) + arguments));
}

BOOST_AUTO_TEST_CASE(EveryCallOfThisMachineHasItsName) {
  const std::vector<std::string> names = SyscallNames(NativeTarget());
  std::size_t with_name = 0;
  for (std::uint32_t number = 0; number < names.size(); ++number) {
    const std::string name(NameOfCall(number));
    if (name.empty() && number > SyscallNumber(NativeTarget(), "file_getattr")) continue;  // newer than ours
    BOOST_TEST(name == names[number]);
    with_name += name.empty() ? 0 : 1;
  }
  BOOST_TEST(with_name > 300U);
  BOOST_TEST(NameOfCall(UINT32_MAX).empty());
}

BOOST_AUTO_TEST_CASE(EveryLineCanBeReadAgain) {
  for (const std::uint32_t arch : {NativeTarget().audit_arch, kI386})
    for (std::uint32_t number = 0; number < 600; ++number) {
      TrappedCall call = CallOf(number, arch);
      for (std::uint64_t& argument : call.arguments) argument = 0x0123456789abcdef >> (number % 64);
      call.address = 0x401000 + number;
      const std::string text = TextOf(call, number % 2 == 0 ? "worker" : "");
      const std::optional<inspect::ReporterLine> line = inspect::ReadReporterLine(text);
      BOOST_TEST_REQUIRE(line.has_value(), text);
      BOOST_TEST(line->arguments == std::to_array(call.arguments), boost::test_tools::per_element());
      BOOST_TEST(line->instruction_pointer == call.address);
      BOOST_TEST((line->number ? *line->number == number && line->arch == arch
                               : SyscallNumber(NativeTarget(), std::string(line->name)) == number),
                 text);
    }
}

BOOST_AUTO_TEST_CASE(TheLongestLineFits) {
  TrappedCall call = CallOf(UINT32_MAX, UINT32_MAX);
  for (std::uint64_t& argument : call.arguments) argument = UINT64_MAX;
  call.address = UINT64_MAX;
  const std::string text = TextOf(call, std::string(64, 'x'));
  BOOST_TEST(text.ends_with("x\"\n"));
  BOOST_TEST(text.size() < ViolationLine::kCapacity);
  // And what does not fit is cut off.
  BOOST_TEST(TextOf(call, std::string(1000, 'x')).size() == ViolationLine::kCapacity);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
