// SPDX-License-Identifier: Apache-2.0
//
// Installing programs and what was rendered from them.
#include <cerrno>
#include <string>

#include <sys/syscall.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/program_table.h>

#include "child.h"
#include "embedded_programs.h"
#include "status.h"

namespace precompiledseccomp {
namespace {

BOOST_AUTO_TEST_SUITE(install_program)

const Program& Get(const char* name) {
  return *embedded::GetPrecompiled(name);
}

// How many filters the process has, as the kernel counts them (Linux 5.9).
std::string FiltersInForce() {
  return StatusField("Seccomp_filters");
}

BOOST_AUTO_TEST_CASE(AProgramWithoutVariablesIsInstalledAsItIs) {
  const FilterView view(Get("idle"));
  BOOST_TEST(view.instructions().data() == Get("idle").instructions().data());
  BOOST_TEST(InChild([](Report& report) {
               const InstallResult result = Install(Get("idle"));
               report.Equal("message", std::string(result.message()), "");
               report.Equal("mode", StatusField("Seccomp"), "2");
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(AProgramWithVariablesMustBeRenderedFirst) {
  BOOST_TEST(InChild([](Report& report) {
               const InstallResult result = Install(Get("worker"));
               report.Equal("error", result.error(), EINVAL);
               report.Equal("message", std::string(result.message()),
                            "program \"worker\": variable \"fd1\" has no value");
               report.Equal("mode", StatusField("Seccomp"), "0");
               report.Equal("no_new_privs", StatusField("NoNewPrivs"), "0");
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(TheErrorOfARenderingComesOutOfInstalling) {
  BOOST_TEST(
      InChild([](Report& report) {
        const std::string message =
            "program \"kinds\": variable \"fd\" is a file descriptor, its value is negative: did opening "
            "it fail?";
        const InstallResult typed =
            Install(embedded::Kinds{.fd = -1, .pid = 1, .code = 1, .data = 1}.Render());
        report.Equal("error", typed.error(), EINVAL);
        report.Equal("message", std::string(typed.message()), message);
        report.True("code", typed.rendering().code() == RenderErrorCode::kNotADescriptor);

        sock_filter buffer[5];
        const InstallResult in_buffer =
            Install(Get("kinds").RenderInto({{"fd", -1}, {"pid", 1}, {"code", 1}, {"data", 1}}, buffer));
        report.Equal("message of the buffer", std::string(in_buffer.message()), message);
        report.Equal("mode", StatusField("Seccomp"), "0");
        report.Equal("no_new_privs", StatusField("NoNewPrivs"), "0");
      }) == kFine);
}

BOOST_AUTO_TEST_CASE(AResultOutlivesWhatWasInstalled) {
  InstallResult result = Install(Get("worker"));
  {
    const auto rendered = embedded::Kinds{.fd = 1, .pid = -1, .code = 1, .data = 1}.Render();
    result = Install(rendered);
  }
  BOOST_TEST(
      result.message() ==
      "program \"kinds\": variable \"pid\" is a process id, its value is not positive: did fork fail?");
}

BOOST_AUTO_TEST_CASE(ARenderingInTheCallersBufferIsInstalled) {
  BOOST_TEST(
      InChild([](Report& report) {
        sock_filter buffer[16];
        report.Equal("error", Install(Get("answer").RenderInto({{"code", ENOTNAM}}, buffer)).error(), 0);
        errno = 0;
        report.Equal("answer", syscall(SYS_getppid), -1);
        report.Equal("errno", errno, ENOTNAM);
      }) == kFine);
}

BOOST_AUTO_TEST_CASE(AnyModeTakesAProgram) {
  for (const Mode mode : {Mode::kEnforce, Mode::kLog, Mode::kTrap})
    BOOST_TEST(InChild([&](Report& report) {
                 report.Equal("error", Install(Get("idle"), {.mode = mode}).error(), 0);
               }) == kFine);
}

// What the needs of a program come to, for each way of installing it: with a listener, the result has one.
using Table = ProgramTable<1, 1, 1, 1, 1, 3>;
constexpr Table kNotifying = {
    .header = Table::MakeHeader(),
    .programs = {Table::MakeProgram(0, {0, 1}, {0, 1}, {0, 0}, {0, 1},
                                    PRECOMPILEDSECCOMP_INSTALL_NEW_LISTENER)},
    .names = "pv",
    .variables = {Table::MakeNoVariable()},
    .places = {},
    .abis = {{0, 0}},
    .instructions = {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}},
};

BOOST_AUTO_TEST_CASE(WhatAProgramNeedsIsAskedForHoweverItIsInstalled) {
  const Program& program = kNotifying.programs[0];
  const auto has_listener = [](Report& report, const InstallResult& result) {
    report.Equal("message", std::string(result.message()), "");
    report.True("listener", result.listener() >= 0);
  };
  BOOST_TEST(InChild([&](Report& report) { has_listener(report, Install(program)); }) == kFine);
  BOOST_TEST(InChild([&](Report& report) { has_listener(report, Install(RenderedFilter<1>(program))); }) ==
             kFine);
  BOOST_TEST(InChild([&](Report& report) {
               sock_filter buffer[1];
               has_listener(report, Install(program.RenderInto({}, buffer)));
             }) == kFine);
  BOOST_TEST(InChild([&](Report& report) {
               Filter filter;
               report.True("rendered", program.Render({}, filter).ok());
               const Filter copy = filter;
               has_listener(report, Install(copy));
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(AFilterThatIsUsedAgainNeedsWhatItHoldsThen) {
  BOOST_TEST(InChild([&](Report& report) {
               Filter filter;
               report.True("rendered", kNotifying.programs[0].Render({}, filter).ok());
               report.True("assigned", filter.Assign(Get("idle").instructions()));
               report.Equal("listener", Install(filter).listener(), -1);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(FiltersAddUp) {
  BOOST_TEST(InChild([](Report& report) {
               if (FiltersInForce().empty()) return;
               report.Equal("first", Install(Get("idle")).ok(), true);
               report.Equal("second", Install(embedded::Worker{.fd1 = 0, .fd2 = 1}.Render()).ok(), true);
               report.Equal("filters", FiltersInForce(), "2");
             }) == kFine);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
