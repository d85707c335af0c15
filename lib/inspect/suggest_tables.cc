// SPDX-License-Identifier: Apache-2.0

#include "inspect/suggest_tables.h"

namespace precompiledseccomp::inspect {
namespace {

constexpr auto kValue = TellingParameter::Kind::kValue;
constexpr auto kCombination = TellingParameter::Kind::kCombination;
constexpr auto kBits = TellingParameter::Kind::kBits;

constexpr TellingParameter kTelling[] = {
    {"ioctl", "cmd", kValue, "", "<sys/ioctl.h>"},
    {"fcntl", "cmd", kValue, "", "<fcntl.h>"},
    {"prctl", "option", kValue, "", "<sys/prctl.h>"},
    {"arch_prctl", "option", kValue, "", ""},
    {"socket", "family", kValue, "", "<sys/socket.h>"},
    {"socketpair", "family", kValue, "", "<sys/socket.h>"},
    {"setsockopt", "level", kValue, "SOL_", "<sys/socket.h>"},
    {"setsockopt", "optname", kValue, "", ""},
    {"getsockopt", "level", kValue, "SOL_", "<sys/socket.h>"},
    {"getsockopt", "optname", kValue, "", ""},
    {"open", "flags", kBits, "O_", "<fcntl.h>"},
    {"openat", "flags", kBits, "O_", "<fcntl.h>"},
    {"mmap", "prot", kCombination, "PROT_", "<sys/mman.h>"},
    {"mmap", "flags", kBits, "MAP_", "<sys/mman.h>"},
    {"mprotect", "prot", kCombination, "PROT_", "<sys/mman.h>"},
    {"pkey_mprotect", "prot", kCombination, "PROT_", "<sys/mman.h>"},
    {"madvise", "behavior", kValue, "", "<sys/mman.h>"},
    {"clone", "clone_flags", kBits, "CLONE_", "<sched.h>"},
    {"unshare", "unshare_flags", kBits, "CLONE_", "<sched.h>"},
    {"kill", "sig", kValue, "", "<signal.h>"},
    {"tkill", "sig", kValue, "", "<signal.h>"},
    {"tgkill", "sig", kValue, "", "<signal.h>"},
    {"personality", "personality", kValue, "", ""},
    {"ptrace", "request", kValue, "", ""},
    {"bpf", "cmd", kValue, "", ""},
    {"keyctl", "option", kValue, "", ""},
    {"seccomp", "op", kValue, "SECCOMP_", "<linux/seccomp.h>"},
    {"prlimit64", "resource", kValue, "", "<sys/resource.h>"},
};

constexpr std::string_view kStatusCalls[] = {"fstat", "newfstatat"};
constexpr std::string_view kOpenCalls[] = {"openat", "open"};
constexpr std::string_view kWriteCalls[] = {"write", "writev"};
constexpr std::string_view kReadCalls[] = {"read", "readv"};
constexpr std::string_view kRaiseCalls[] = {"tgkill", "tkill"};
constexpr std::string_view kSleepCalls[] = {"clock_nanosleep", "nanosleep"};
constexpr std::string_view kAccessCalls[] = {"faccessat", "faccessat2", "access"};
constexpr std::string_view kPipeCalls[] = {"pipe2", "pipe"};
constexpr std::string_view kDupCalls[] = {"dup3", "dup2"};
constexpr std::string_view kUnlinkCalls[] = {"unlinkat", "unlink"};
constexpr std::string_view kMkdirCalls[] = {"mkdirat", "mkdir"};
constexpr std::string_view kRenameCalls[] = {"renameat2", "renameat", "rename"};
constexpr std::string_view kReadlinkCalls[] = {"readlinkat", "readlink"};
constexpr std::string_view kEpollCalls[] = {"epoll_pwait", "epoll_wait"};
constexpr std::string_view kPollCalls[] = {"ppoll", "poll"};
constexpr std::string_view kSelectCalls[] = {"pselect6", "select"};
constexpr std::string_view kChmodCalls[] = {"fchmodat", "fchmodat2", "chmod"};

// Versions are those of glibc.
constexpr CallFamily kCallFamilies[] = {
    {kStatusCalls, "fstat() calls newfstatat in glibc 2.33 to 2.38, and fstat in others and in musl"},
    {kOpenCalls, "open() calls openat in glibc, and open in musl where there is one"},
    {kWriteCalls, "stdio writes with write in glibc, and with writev in musl"},
    {kReadCalls, "stdio reads with read in glibc, and with readv in musl"},
    {kRaiseCalls, "raise() and abort() call tgkill in glibc, and tkill in musl"},
    {kSleepCalls, "sleep() calls clock_nanosleep in glibc from 2.31 on, and nanosleep in others and in musl"},
    {kAccessCalls,
     "faccessat() tries faccessat2 first from glibc 2.33 on; newer architectures have no access"},
    {kPipeCalls, "newer architectures have no pipe"},
    {kDupCalls, "newer architectures have no dup2"},
    {kUnlinkCalls, "newer architectures have no unlink"},
    {kMkdirCalls, "newer architectures have no mkdir"},
    {kRenameCalls, "newer architectures have neither rename nor renameat"},
    {kReadlinkCalls, "newer architectures have no readlink"},
    {kEpollCalls, "newer architectures have no epoll_wait"},
    {kPollCalls, "newer architectures have no poll"},
    {kSelectCalls, "newer architectures have no select"},
    {kChmodCalls, "fchmodat() tries fchmodat2 first from glibc 2.39 on; newer architectures have no chmod"},
};

}  // namespace

std::span<const TellingParameter> TellingParameters() {
  return kTelling;
}

std::span<const CallFamily> CallFamilies() {
  return kCallFamilies;
}

}  // namespace precompiledseccomp::inspect
