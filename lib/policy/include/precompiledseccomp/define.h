// SPDX-License-Identifier: Apache-2.0
//
// What an author's definition module includes: policies, and the entry point through which the generator
// finds them.
//
//   #include <precompiledseccomp/define.h>
//   namespace pcs = precompiledseccomp;
//
//   pcs::Policy Worker(const pcs::Values& v) {
//     using pcs::Arg;
//     pcs::Policy policy;
//     policy.Allow("read", Arg(0) == v["fd1"] || Arg(0) == v["fd2"]);
//     policy.Allow({"exit_group", "rt_sigreturn"});
//     return policy;
//   }
//
//   std::vector<pcs::ProgramDefinition> PrecompiledPrograms() {
//     return {{"worker", {pcs::Fd("fd1"), pcs::Fd("fd2")}, Worker}};
//   }
//   PRECOMPILEDSECCOMP_MODULE(PrecompiledPrograms)
//
// A variable is a name in a definition; what number it has is not known, and cannot be asked, until the
// program runs. A definition is called more than once, for each target, and must describe the same policy
// each time. The module is loaded in two processes that do nothing else, with an empty standard input and a
// limit on their time (--definition-seconds), and all answers must be the same. What differs between the two,
// and so is an error if a filter depends on it:
//
//   - time (time, clock_gettime, gettimeofday, std::chrono), process ids, random numbers, addresses;
//   - the environment: the second process has only PATH, LD_LIBRARY_PATH, LD_PRELOAD, options of sanitizers,
//     and variables whose names begin with PRECOMPILEDSECCOMP_, which are meant for definitions.
//
// What is the same in both, and so is not noticed: files, the working directory, the machine (uname), what
// other processes answer, and state kept from one definition to another. That no filter depends on it is for
// the author.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/policy.h>
#include <precompiledseccomp/target.h>
#include <precompiledseccomp/value.h>

namespace precompiledseccomp {

// A value that is unknown until the program runs. `{"worker", {"x"}, Worker}` declares an integer of 32 bits;
// Uint64("x"), Fd("x"), Pid("x") and ErrnoCode("x") declare others. A variable that is the data of an answer
// need not be declared as such: it is an error number in Errno(), and answer data in Trap() and Trace().
struct Variable {
  // What it is, and so what rendering refuses: the values that calls return when they fail, which the kernel
  // would take for something else. kill(-1) reaches all processes; mmap with -1 for a descriptor is anonymous
  // memory.
  enum class Kind : std::uint8_t {
    kInteger,     // takes any value of its bits
    kFd,          // a file descriptor: not negative
    kPid,         // a process or thread id: positive
    kErrno,       // an error number: 1 to 4095, which the kernel answers as they are
    kAnswerData,  // the data of Trap() or Trace(): 0 to 65535
  };

  std::string name;            // a C++ identifier
  int bits = 32;               // 32 or 64
  Kind kind = Kind::kInteger;  // the only one that has 64 bits

  Variable(const char* variable_name) : name(variable_name) {}  // NOLINT(google-explicit-constructor)
  Variable(std::string variable_name)
      : name(std::move(variable_name)) {}  // NOLINT(google-explicit-constructor)
  Variable(std::string variable_name, int variable_bits, Kind variable_kind = Kind::kInteger)
      : name(std::move(variable_name)), bits(variable_bits), kind(variable_kind) {}
};

// Declares a 64-bit variable: `{"worker", {"fd", pcs::Uint64("address")}, Worker}`.
inline Variable Uint64(std::string name) {
  return Variable(std::move(name), 64);
}

// Declare 32-bit variables: a file descriptor, a process or thread id, an error number.
inline Variable Fd(std::string name) {
  return Variable(std::move(name), 32, Variable::Kind::kFd);
}
inline Variable Pid(std::string name) {
  return Variable(std::move(name), 32, Variable::Kind::kPid);
}
inline Variable ErrnoCode(std::string name) {
  return Variable(std::move(name), 32, Variable::Kind::kErrno);
}

// Throws Error, which names the variable, for a number that it cannot have: that needs more bits, or that its
// kind refuses.
void CheckNumber(const Variable& variable, std::uint64_t number);

// What a definition is called with: the names of its variables, and the target that the policy is for.
class Values {
 public:
  Values(const Target& target, std::vector<Variable> variables)
      : target_(target), variables_(std::move(variables)) {}

  // The 32-bit variable of that name. Throws Error if the definition did not declare it, or declared it with
  // 64 bits.
  Value operator[](std::string_view name) const;
  // The 64-bit variable of that name. Throws Error if the definition did not declare it, or declared it with
  // 32 bits.
  [[nodiscard]] Value Uint64(std::string_view name) const;

  // For what differs between architectures: O_DIRECT, O_DIRECTORY and O_NOFOLLOW, some ioctl numbers, the
  // order of clone's arguments.
  [[nodiscard]] const Target& target() const { return target_; }

 private:
  [[nodiscard]] Value Find(std::string_view name, int bits) const;

  Target target_;
  std::vector<Variable> variables_;
};

// The names under which the halves of a 64-bit variable stand in Word.
std::string LowHalfName(std::string_view variable);
std::string HighHalfName(std::string_view variable);

// From a number for each variable, in order, to a number for each word, as Evaluate() and Compile() take
// them. Throws Error when there are more numbers than variables, or fewer, and for a 32-bit variable's number
// of more than 32 bits.
VariableNumbers NumbersOf(const std::vector<Variable>& variables, const std::vector<std::uint64_t>& numbers);

// The generator proves of every program that it writes that the filter does what the policy says, for all
// calls and all values of the variables.
enum class Proof : std::uint8_t {
  kRequired,        // a program that is too large to be proved is an error
  kUnlessTooLarge,  // a program that is too large is written unproved, and the generated source says so
};

// What each installation of the program asks for, whether its caller does or not. The members are those of
// InstallOptions in install.h, which says what they do and since which kernel.
struct InstallNeeds {
  bool tsync = false;
  bool log = false;
  bool spec_allow = false;
  bool new_listener = false;
  bool wait_killable_recv = false;      // only with new_listener
  bool confirmed_kill_process = false;  // KillProcessUnconfirmed::kFail

  friend bool operator==(const InstallNeeds&, const InstallNeeds&) = default;
};

struct ProgramDefinition {
  std::string name;
  std::vector<Variable> variables;
  std::function<Policy(const Values&)> policy;
  Proof proof = Proof::kRequired;
  InstallNeeds install = {};
};

// What a definition module exports under the name kModuleSymbol. The generator checks the numbers before it
// calls anything: they differ when the module was built against another version of this library, or with an
// incompatible standard library.
struct Module {
  std::uint32_t interface_version;
  std::uint32_t size_of_definition;
  std::uint32_t size_of_policy;
  std::vector<ProgramDefinition> (*programs)();
};

inline constexpr std::uint32_t kModuleInterfaceVersion = 10;
inline constexpr const char* kModuleSymbol = "precompiledseccomp_module";

}  // namespace precompiledseccomp

// Exports `function`, which takes nothing and returns the module's program definitions. Once in each module.
#define PRECOMPILEDSECCOMP_MODULE(function)                                                           \
  extern "C" {                                                                                        \
  extern __attribute__((visibility("default")))                                                       \
  const ::precompiledseccomp::Module precompiledseccomp_module;                                       \
  const ::precompiledseccomp::Module precompiledseccomp_module = {                                    \
      ::precompiledseccomp::kModuleInterfaceVersion, sizeof(::precompiledseccomp::ProgramDefinition), \
      sizeof(::precompiledseccomp::Policy), &(function)};                                             \
  }
