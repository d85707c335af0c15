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

constexpr std::string_view kStatus[] = {"fstat", "newfstatat"};
constexpr std::string_view kOpen[] = {"openat", "open"};
constexpr std::string_view kWrite[] = {"write", "writev"};
constexpr std::string_view kRead[] = {"read", "readv"};
constexpr std::string_view kRaise[] = {"tgkill", "tkill"};
constexpr std::string_view kSleep[] = {"clock_nanosleep", "nanosleep"};
constexpr std::string_view kAccess[] = {"faccessat", "faccessat2", "access"};
constexpr std::string_view kPipe[] = {"pipe2", "pipe"};
constexpr std::string_view kDup[] = {"dup3", "dup2"};
constexpr std::string_view kUnlink[] = {"unlinkat", "unlink"};
constexpr std::string_view kMkdir[] = {"mkdirat", "mkdir"};
constexpr std::string_view kRename[] = {"renameat2", "renameat", "rename"};
constexpr std::string_view kReadlink[] = {"readlinkat", "readlink"};
constexpr std::string_view kEpoll[] = {"epoll_pwait", "epoll_wait"};
constexpr std::string_view kPoll[] = {"ppoll", "poll"};
constexpr std::string_view kSelect[] = {"pselect6", "select"};
constexpr std::string_view kChmod[] = {"fchmodat", "fchmodat2", "chmod"};

// Versions are those of glibc.
constexpr CallFamily kFamilies[] = {
    {kStatus, "fstat() calls newfstatat in glibc 2.33 to 2.38, and fstat in others and in musl"},
    {kOpen, "open() calls openat in glibc, and open in musl where there is one"},
    {kWrite, "stdio writes with write in glibc, and with writev in musl"},
    {kRead, "stdio reads with read in glibc, and with readv in musl"},
    {kRaise, "raise() and abort() call tgkill in glibc, and tkill in musl"},
    {kSleep, "sleep() calls clock_nanosleep in glibc from 2.31 on, and nanosleep in others and in musl"},
    {kAccess, "faccessat() tries faccessat2 first from glibc 2.33 on; newer architectures have no access"},
    {kPipe, "newer architectures have no pipe"},
    {kDup, "newer architectures have no dup2"},
    {kUnlink, "newer architectures have no unlink"},
    {kMkdir, "newer architectures have no mkdir"},
    {kRename, "newer architectures have neither rename nor renameat"},
    {kReadlink, "newer architectures have no readlink"},
    {kEpoll, "newer architectures have no epoll_wait"},
    {kPoll, "newer architectures have no poll"},
    {kSelect, "newer architectures have no select"},
    {kChmod, "fchmodat() tries fchmodat2 first from glibc 2.39 on; newer architectures have no chmod"},
};

}  // namespace

std::span<const TellingParameter> TellingParameters() {
  return kTelling;
}

std::span<const CallFamily> CallFamilies() {
  return kFamilies;
}

}  // namespace precompiledseccomp::inspect
