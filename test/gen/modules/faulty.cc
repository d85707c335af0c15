// SPDX-License-Identifier: Apache-2.0
//
// A module with one fault, chosen by the environment variable PRECOMPILEDSECCOMP_FAULT: each is an error of
// the generator. The first program is always good.
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include <unistd.h>

#include <precompiledseccomp/define.h>

namespace {

namespace pcs = precompiledseccomp;
using pcs::Arg;
using pcs::Arg32;
using pcs::Policy;
using pcs::ProgramDefinition;
using pcs::Values;
using pcs::Variable;

std::string_view Fault() {
  const char* const fault = std::getenv("PRECOMPILEDSECCOMP_FAULT");
  return fault == nullptr ? "" : fault;
}

Policy Fine(const Values&) {
  return Policy().Allow("exit_group");
}

Policy AnswersDifferently(const Values&) {
  static int calls = 0;
  return Policy().Allow("read", Arg32(0) == calls++);
}

// More than 4096 instructions, most of them for ioctl.
Policy TooLarge(const Values&) {
  Policy policy;
  std::vector<pcs::Condition> conditions;
  for (std::uint64_t i = 1; i < 3000; ++i)
    conditions.push_back(Arg(1) == i * 0x123456789 && Arg(2) == i * 0x9876543217);
  policy.Allow("ioctl", pcs::AnyOf(conditions));
  return policy;
}

using Definition = std::function<Policy(const Values&)>;

// What the program "worker", which has a variable "fd", does.
const std::map<std::string_view, Definition>& FaultyDefinitions() {
  static const std::map<std::string_view, Definition> definitions = {
      {"throws an exception", [](const Values&) -> Policy { throw std::runtime_error("no such\nfile"); }},
      {"throws an int", [](const Values&) -> Policy { throw 42; }},
      {"throws an Error", [](const Values&) -> Policy { throw pcs::Error("the author does not like it"); }},
      {"aborts", [](const Values&) -> Policy { std::abort(); }},
      {"crashes", [](const Values& v) { return std::raise(SIGSEGV), Fine(v); }},
      {"exits", [](const Values&) -> Policy { std::exit(EXIT_SUCCESS); }},
      {"exits at once", [](const Values&) -> Policy { _exit(EXIT_SUCCESS); }},
      {"answers differently", AnswersDifferently},
      {"unknown call", [](const Values& v) { return Policy().Allow("opennat", Arg32(0) == v["fd"]); }},
      {"contradiction",
       [](const Values& v) {
         return Policy().Allow("read", Arg32(0) == v["fd"] && Arg(1) == 1 && Arg(1) == 2);
       }},
      {"covered rule",
       [](const Values& v) {
         Policy policy;
         policy.Allow("read");
         policy.Allow("read", Arg32(0) == v["fd"]);
         return policy;
       }},
      {"errno 0", [](const Values&) { return Policy().Errno(0, "read"); }},
      {"unused variable", Fine},
      {"empty policy", [](const Values&) { return Policy(); }},
      {"unknown calls",
       [](const Values& v) {
         return Policy()
             .Allow({"opennat", "read", "reed"}, Arg32(0) == v["fd"])
             .KnownUpTo("newest")
             .Errno(EPERM, "wriite");
       }},
      {"covered rules",
       [](const Values& v) {
         return Policy()
             .Allow({"read", "write"})
             .Allow("read", Arg32(0) == v["fd"])
             .Errno(EPERM, "openat", Arg(1) == 1 && Arg(1) == 2)
             .Allow("write", Arg32(0) == 1);
       }},
      {"undeclared variable", [](const Values& v) { return Policy().Allow("read", Arg32(0) == v["fd3"]); }},
      {"no function", nullptr},
      {"optional call of no target",
       [](const Values& v) {
         return Policy().Errno(EPERM, pcs::IfAvailable("swapom"), Arg32(0) == v["fd"]);
       }},
      {"reporter is refused",
       [](const Values& v) {
         return Policy()
             .Allow("exit_group")
             .Allow("read", Arg32(0) == v["fd"])
             .Allow("write", Arg32(0) == 2)
             .ReportsViolations(v["fd"], pcs::AfterReport::kExit);
       }},
  };
  return definitions;
}

// A second program in other faults: its name and variables are what is wrong.
const std::map<std::string_view, ProgramDefinition>& FaultyNames() {
  static const std::map<std::string_view, ProgramDefinition> programs = {
      {"repeated name", {"fine", {}, Fine}},
      {"unusable name", {"my program", {}, Fine}},
      {"same struct", {"f/i+n:e", {}, Fine}},
      {"struct like a function", {"get_precompiled", {}, Fine}},
      {"repeated variable", {"worker", {"fd", "fd"}, Fine}},
      {"keyword as variable", {"worker", {"new"}, Fine}},
      {"variable like the function", {"worker", {"Render"}, Fine}},
      {"variable like the struct", {"worker", {"Worker"}, Fine}},
      {"variable like a macro", {"worker", {"errno"}, Fine}},
      {"variable like a macro of the compiler", {"worker", {"unix", "linux"}, Fine}},
      {"variable of 16 bits", {"worker", {Variable("fd", 16)}, Fine}},
      {"too large", {"worker", {}, TooLarge}},
  };
  return programs;
}

// The error of the first program counts, though it takes longer to find than that of the last.
std::vector<ProgramDefinition> TwoFaults() {
  return {{"fine", {}, Fine}, {"large", {}, TooLarge}, {"worker", {}, [](const Values&) -> Policy {
                                                          throw std::runtime_error("second");
                                                        }}};
}

std::vector<ProgramDefinition> Programs() {
  if (Fault() == "listing throws") throw std::runtime_error("nothing to list");
  if (Fault() == "listing throws an int") throw 42;
  if (Fault() == "listing aborts") std::abort();
  if (Fault() == "two faults") return TwoFaults();
  std::vector<ProgramDefinition> programs = {{Fault() == "same struct" ? "f.i.n.e" : "fine", {}, Fine}};
  if (const auto found = FaultyDefinitions().find(Fault()); found != FaultyDefinitions().end())
    programs.push_back({"worker", {"fd"}, found->second});
  if (const auto found = FaultyNames().find(Fault()); found != FaultyNames().end())
    programs.push_back(found->second);
  return programs;
}

struct Loading {
  Loading() {
    if (Fault() == "loading crashes") std::raise(SIGSEGV);
    if (Fault() == "loading exits") std::exit(EXIT_SUCCESS);
  }
} loading;

}  // namespace

PRECOMPILEDSECCOMP_MODULE(Programs)
