// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include <precompiledseccomp/target.h>

#include "target/syscall_names.h"

namespace precompiledseccomp {
namespace {

// What traces of servers, sandboxes and desktop programs have in common: waiting and waking first, then
// moving data, then memory and files. Roughly by frequency; their order matters more than their place.
constexpr std::array kUsualCalls = {
    "futex", "read",    "write",    "epoll_wait", "epoll_pwait", "recvmsg",  "sendmsg",         "ioctl",
    "poll",  "ppoll",   "recvfrom", "sendto",     "mmap",        "madvise",  "mprotect",        "munmap",
    "fcntl", "pread64", "pwrite64", "readv",      "writev",      "recvmmsg", "sendmmsg",        "openat",
    "close", "fstat",   "lseek",    "nanosleep",  "tgkill",      "prctl",    "clock_nanosleep",
};

std::vector<std::uint32_t> LookUp(const Target& target) {
  std::vector<std::uint32_t> numbers;
  for (const char* name : kUsualCalls)
    if (const auto number = SyscallNumber(target, name)) numbers.push_back(*number);
  return numbers;
}

std::map<std::uint32_t, std::vector<std::uint32_t>> LookUpForAllTargets() {
  std::map<std::uint32_t, std::vector<std::uint32_t>> numbers;
  for (const Target& target : Targets()) numbers.emplace(target.libseccomp_token, LookUp(target));
  return numbers;
}

}  // namespace

// Asked several times for each program, and libseccomp compares a name with all that it knows: a tenth of the
// time of compiling, otherwise.
std::vector<std::uint32_t> UsualCalls(const Target& target) {
  static const std::map<std::uint32_t, std::vector<std::uint32_t>> kNumbers = LookUpForAllTargets();
  const auto numbers = kNumbers.find(target.libseccomp_token);
  return numbers != kNumbers.end() ? numbers->second : LookUp(target);
}

}  // namespace precompiledseccomp
