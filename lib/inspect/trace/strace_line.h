// SPDX-License-Identifier: Apache-2.0
//
// One line of strace's output, taken apart; what it means beside other lines is for strace_tasks.h.
//
//   [pid  1283] 22:01:55.123456 [ 257] [00007f0e12345678] openat(AT_FDCWD, "/etc/x", O_RDONLY) = 3 <0.000012>
//    task       time            number  instruction        name   arguments                     result
//
// In all forms that strace 4.2 to 7.2 have: -f with and without -o, -t, -tt, -ttt, -r, -T, -n, -i, -y, -yy,
// -Y, -k, -x, -xx and -X.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace precompiledseccomp::inspect {

struct StraceLine {
  enum class Kind : std::uint8_t {
    kCall,        // with what it returned
    kUnfinished,  // the line ends before the call does
    kResumed,     // the rest of one that was unfinished: `arguments` holds it, from where the line had ended
    kSignal,      // "--- SIGSYS {...} ---": `name` is the signal's, `arguments` what is told of it
    kEnd,       // "+++ killed by SIGSYS +++": `name` is "killed", "exited" or "superseded", `result` by what
    kMode,      // "[ Process PID=1283 runs in 32 bit mode. ]": `result` is "32 bit", "x32" or "64 bit"
    kAttached,  // "strace: Process 1284 attached": `task` is that
    kAside,     // frames of a stack, bytes that were read or written, strace's own messages
  };
  Kind kind = Kind::kAside;
  std::optional<std::uint32_t> task;
  std::optional<std::uint32_t> number;
  std::optional<std::uint64_t> instruction_pointer;
  std::string_view name;
  std::string_view arguments;  // between the brackets
  std::string_view result;     // of a call: "-1 ENOENT (No such file or directory)"
};

// Nothing if it is no line of strace's. What is returned are parts of `line`.
std::optional<StraceLine> ReadStraceLine(std::string_view line);

// What a call's text is made of, from behind its opening bracket on.
struct StraceCall {
  std::string_view arguments;
  std::string_view result;
  // Whether the bracket that closes the arguments was found where it has to be. If not, strings or names of
  // files that hold brackets were cut: where arguments begin and end is not known.
  bool is_surely_read = true;
};

// "3, \"x\", 1) = 1" gives the arguments and the result. Nothing if no result follows.
std::optional<StraceCall> ReadStraceCall(std::string_view text);

// The arguments, one by one: commas within strings, brackets, structures and the names of files do not count.
std::vector<std::string_view> StraceArguments(std::string_view arguments);

}  // namespace precompiledseccomp::inspect
