// SPDX-License-Identifier: Apache-2.0
//
// The kernel tells what its calls take, in the trace events of system calls (kernel/trace/trace_syscalls.c):
// the table of parameters says the same, but for what it says on purpose.

#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <sys/utsname.h>

#include "target/parameter_tables.h"
#include "target/parameters.h"

namespace precompiledseccomp::testing {
namespace {

namespace fs = std::filesystem;

// Where the events are, if this process may read them.
std::optional<fs::path> EventsOfCalls() {
  for (const char* const tracing : {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}) {
    const fs::path events = fs::path(tracing) / "events/syscalls";
    if (std::ifstream(events / "sys_enter_read/format").good()) return events;
  }
  return std::nullopt;
}

KernelVersion RunningKernel() {
  utsname names{};
  KernelVersion kernel;
  if (uname(&names) == 0)
    std::sscanf(names.release, "%d.%d", &kernel.version, &kernel.patch_level);  // NOLINT
  return kernel;
}

// Another version may call parameters otherwise.
boost::test_tools::assertion_result IsTheDeclaringKernel(boost::unit_test::test_unit_id /*unit*/) {
  if (EventsOfCalls() && RunningKernel() == kDeclaringKernel) return true;
  boost::test_tools::assertion_result result(false);
  result.message() << "it needs the trace events of Linux " << kDeclaringKernel.version << "."
                   << kDeclaringKernel.patch_level
                   << " (mount -t tracefs tracefs /sys/kernel/tracing, as root)";
  return result;
}

// The names of events are the kernel's functions', some of which are called otherwise than the call.
std::string CallOf(const std::string& event) {
  static const std::map<std::string, std::string> kOthers = {
      {"arm64_personality", "personality"},
      {"fadvise64_64", "fadvise64"},
      {"newfstat", "fstat"},
      {"newlstat", "lstat"},
      {"newstat", "stat"},
      {"newuname", "uname"},
      {"sendfile64", "sendfile"},
      {"umount", "umount2"},
  };
  const auto other = kOthers.find(event);
  return other == kOthers.end() ? event : other->second;
}

// "s32" for int; what it cannot tell, it gives back.
std::string ClassOf(const std::string& type) {
  static const std::map<std::string, std::set<std::string>> kClasses = {
      {"s32", {"int", "__s32", "pid_t", "key_t", "clockid_t", "timer_t", "mqd_t", "key_serial_t", "rwf_t"}},
      {"u32", {"unsigned", "unsigned int", "u32", "__u32", "uid_t", "gid_t", "qid_t"}},
      {"u16", {"umode_t"}},
      {"s64", {"long", "loff_t", "off_t"}},
      {"u64", {"unsigned long", "size_t", "u64", "__u64", "aio_context_t"}},
      {"ptr", {"cap_user_header_t", "cap_user_data_t"}},
  };
  if (type.find('*') != std::string::npos) return "ptr";
  std::istringstream words(type);
  std::string name;
  for (std::string word; words >> word;)
    if (word != "const") name += (name.empty() ? "" : " ") + word;
  if (name.starts_with("enum ")) return "u32";
  for (const auto& [kind, names] : kClasses)
    if (names.count(name) != 0) return kind;
  return type;
}

std::string WithEffectiveClass(const std::string& call, const std::string& name,
                               const std::string& declared) {
  for (const EffectiveClass& row : EffectiveClasses())
    if (row.call == call && row.parameter == name) return std::string(row.effective);
  return declared;
}

// "s32 dfd, ptr filename": from lines such as "\tfield:int dfd;\toffset:16;\tsize:8;\tsigned:0;".
std::string Declared(const std::string& call, const fs::path& format) {
  std::ifstream lines(format);
  std::string text;
  bool is_parameter = false;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t field = line.find("field:");
    if (field == std::string::npos) continue;
    const std::string declaration = line.substr(field + 6, line.find(';') - field - 6);
    std::size_t name = declaration.size();
    while (name > 0 && (std::isalnum(static_cast<unsigned char>(declaration[name - 1])) != 0 ||
                        declaration[name - 1] == '_'))
      --name;
    const std::string parameter = declaration.substr(name);
    if (is_parameter)
      text += (text.empty() ? "" : ", ") +
              WithEffectiveClass(call, parameter, ClassOf(declaration.substr(0, name))) + " " + parameter;
    // Before it are the fields that all events have.
    if (parameter == "__syscall_nr") is_parameter = true;
  }
  return text;
}

std::string Known(const std::string& call) {
  const auto parameters = ParametersOf(NativeTarget(), call);
  if (!parameters) return "unknown";
  std::string text;
  for (const Parameter& parameter : *parameters)
    text += (text.empty() ? "" : ", ") +
            (parameter.is_pointer ? std::string("ptr")
                                  : (parameter.is_signed ? "s" : "u") + std::to_string(parameter.bits)) +
            " " + std::string(parameter.name);
  return text;
}

BOOST_AUTO_TEST_SUITE(DeclaredParametersTest)

BOOST_AUTO_TEST_CASE(TheTableSaysWhatTheRunningKernelDeclares,
                     *boost::unit_test::precondition(IsTheDeclaringKernel)) {
  const std::string prefix = "sys_enter_";
  int compared = 0;
  for (const fs::directory_entry& event : fs::directory_iterator(EventsOfCalls().value())) {
    const std::string name = event.path().filename().string();
    if (!name.starts_with(prefix)) continue;
    const std::string call = CallOf(name.substr(prefix.size()));
    BOOST_TEST_CONTEXT(call) BOOST_TEST(Known(call) == Declared(call, event.path() / "format"));
    ++compared;
  }
  BOOST_TEST(compared > 300);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
