// SPDX-License-Identifier: Apache-2.0
//
// Tables that no generator of this version writes: in C, for several ABIs, and of a newer minor format.
#include <cerrno>
#include <cstring>
#include <string>

#include <sys/syscall.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/install.h>
#include <precompiledseccomp/program_table.h>

#include "c_table.h"
#include "child.h"

namespace precompiledseccomp {
namespace {

BOOST_AUTO_TEST_SUITE(table)

// One program of one instruction with one variable.
using Table = ProgramTable<1, 1, 1, 1, 1, 3>;

consteval Table MakeTable(std::uint16_t kind, std::uint16_t form, std::uint32_t install_options) {
  return {
      .header = Table::MakeHeader(),
      .programs = {Table::MakeProgram(0, {0, 1}, {0, 1}, {0, 1}, {0, 1}, install_options)},
      .names = "pv",
      .variables = {Table::MakeVariable(0, {1, 1}, 32, kind, {0, 1})},
      .places = {{0, form}},
      .abis = {{AUDIT_ARCH_X86_64, 0}},
      .instructions = {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}},
  };
}

constexpr Table kNewKind = MakeTable(99, 0, 0);
constexpr Table kNewForm = MakeTable(PRECOMPILEDSECCOMP_KIND_INTEGER, 0x80, 0);
constexpr Table kNewOption = MakeTable(PRECOMPILEDSECCOMP_KIND_INTEGER, 0, 0x80000000);

BOOST_AUTO_TEST_CASE(WhatAnOlderLibraryDoesNotKnowIsNotRendered) {
  Filter filter;
  const RenderResult of_kind = kNewKind.programs[0].Render({{"v", 0x7fff0000}}, filter);
  BOOST_TEST((of_kind.code() == RenderErrorCode::kNewerFormat));
  BOOST_TEST(of_kind.message() == "program \"p\": it was generated for a newer version of this library");
  BOOST_TEST(
      (kNewForm.programs[0].Render({{"v", 0x7fff0000}}, filter).code() == RenderErrorCode::kNewerFormat));
  BOOST_TEST(filter.empty());
  const RenderedFilter<1> typed(kNewKind.programs[0], {0x7fff0000});
  BOOST_TEST((typed.result().code() == RenderErrorCode::kNewerFormat));
}

BOOST_AUTO_TEST_CASE(WhatAnOlderLibraryDoesNotKnowIsNotInstalled) {
  BOOST_TEST(InChild([](Report& report) {
               Filter filter;
               report.True("rendered", kNewOption.programs[0].Render({{"v", 0x7fff0000}}, filter).ok());
               const InstallResult result = Install(filter);
               report.Equal("error", result.error(), EINVAL);
               report.Equal("message", std::string(result.message()),
                            "the program was generated for a newer version of this library");
               report.Equal("the system call", syscall(SYS_getppid) >= 0, true);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(ATableInCIsReadRenderedAndInstalled) {
  const std::span<const Program> programs = ListPrograms(table_in_c());
  BOOST_REQUIRE(programs.size() == 2U);
  BOOST_TEST(programs[0].name() == "in-c/err");
  BOOST_TEST(programs[1].name() == "in-c/free");
  BOOST_TEST(programs[1].install_options() == PRECOMPILEDSECCOMP_INSTALL_SPEC_ALLOW);
  BOOST_TEST(FindProgram(table_in_c(), "in-c/free") == &programs[1]);
  BOOST_TEST(FindProgram(table_in_c(), "in-c/") == nullptr);
  BOOST_TEST(InChild([&](Report& report) {
               sock_filter buffer[7];
               report.Equal("error", Install(programs[0].RenderInto({{"code", ENOTNAM}}, buffer)).error(), 0);
               report.Equal("the next error", Install(programs[1]).error(), 0);
               errno = 0;
               report.Equal("answer", syscall(SYS_getppid), -1);
               report.Equal("errno", errno, ENOTNAM);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(AProgramMayAnswerForSeveralAbis) {
  const std::span<const Abi> abis = ListPrograms(table_in_c())[0].abis();
  BOOST_REQUIRE(abis.size() == 2U);
  BOOST_TEST(abis[0].audit_arch == AUDIT_ARCH_X86_64);
  BOOST_TEST(abis[0].number_bits == 0U);
  BOOST_TEST(abis[1].number_bits == 0x40000000U);
}

// As a tool does it that has nothing but the bytes of the section.
BOOST_AUTO_TEST_CASE(TheHeaderSaysWhatTheTableIs) {
  const precompiledseccomp_table_header* const header = table_in_c();
  BOOST_TEST(std::memcmp(header->magic, "pcs:tab", 8) == 0);
  BOOST_TEST(header->format_major == 2);
  BOOST_TEST(header->programs.count == 2U);
  BOOST_TEST(reinterpret_cast<std::uintptr_t>(header) % 8 == 0U);
  const auto* const end = reinterpret_cast<const char*>(header) + header->size;
  const auto* const last = reinterpret_cast<const char*>(ListPrograms(header)[0].instructions().data() + 7);
  BOOST_TEST(end >= last);
  BOOST_TEST(end - last < 8);
}

BOOST_AUTO_TEST_CASE(NoTableHasNoPrograms) {
  BOOST_TEST(ListPrograms(nullptr).empty());
  BOOST_TEST(FindProgram(nullptr, "p") == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
