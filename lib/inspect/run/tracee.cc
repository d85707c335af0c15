// SPDX-License-Identifier: Apache-2.0

#include "inspect/run/tracee.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <memory>
#include <string>

#include <elf.h>
#include <linux/audit.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>

namespace precompiledseccomp::inspect {
namespace {

using CallInfo = __ptrace_syscall_info;

// It may have been killed at any time: then nothing that is done to it matters.
void Poke(__ptrace_request request, pid_t thread, std::uintptr_t where, std::uintptr_t what) {
  static_cast<void>(ptrace(request, thread, where, what));
}

bool ReadInfo(pid_t thread, CallInfo& info) {
  return ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) > 0;
}

}  // namespace

#if defined(__x86_64__) && !defined(__ILP32__)

namespace {

constexpr int kExitOfI386 = 1;
constexpr unsigned char kInt3 = 0xcc;

}  // namespace

bool IsTracingKnownHere() {
  return true;
}

void Tracee::Skip(std::int64_t result) const {
  Poke(PTRACE_POKEUSER, thread_, offsetof(user_regs_struct, orig_rax), UINTPTR_MAX);
  Poke(PTRACE_POKEUSER, thread_, offsetof(user_regs_struct, rax), static_cast<std::uintptr_t>(result));
}

void Tracee::Exit(const seccomp_data& call) const {
  const int number = call.arch == AUDIT_ARCH_X86_64 ? SYS_exit : kExitOfI386;
  Poke(PTRACE_POKEUSER, thread_, offsetof(user_regs_struct, orig_rax), static_cast<std::uintptr_t>(number));
}

long Tracee::WithBreakpoint(long word) {
  std::memcpy(&word, &kInt3, sizeof kInt3);
  return word;
}

// The thread has gone on behind the instruction.
bool Tracee::StandsAtBreakpoint(std::uintptr_t address) const {
  if (InstructionPointer() != address + sizeof kInt3) return false;
  SetInstructionPointer(address);
  return true;
}

void Tracee::SetInstructionPointer(std::uintptr_t address) const {
  Poke(PTRACE_POKEUSER, thread_, offsetof(user_regs_struct, rip), address);
}

#elif defined(__aarch64__)

namespace {

constexpr std::uint32_t kBreak = 0xd4200000;  // brk #0

}  // namespace

bool IsTracingKnownHere() {
  return true;
}

void Tracee::Skip(std::int64_t result) const {
  int number = -1;
  iovec of_number = {&number, sizeof number};
  static_cast<void>(ptrace(PTRACE_SETREGSET, thread_, NT_ARM_SYSTEM_CALL, &of_number));
  user_regs_struct registers{};
  iovec all = {&registers, sizeof registers};
  if (ptrace(PTRACE_GETREGSET, thread_, NT_PRSTATUS, &all) != 0) return;
  registers.regs[0] = static_cast<std::uint64_t>(result);
  static_cast<void>(ptrace(PTRACE_SETREGSET, thread_, NT_PRSTATUS, &all));
}

void Tracee::Exit(const seccomp_data& call) const {
  constexpr int kExitOfArm = 1;
  int number = call.arch == AUDIT_ARCH_AARCH64 ? SYS_exit : kExitOfArm;
  iovec of_number = {&number, sizeof number};
  static_cast<void>(ptrace(PTRACE_SETREGSET, thread_, NT_ARM_SYSTEM_CALL, &of_number));
}

long Tracee::WithBreakpoint(long word) {
  std::memcpy(&word, &kBreak, sizeof kBreak);
  return word;
}

bool Tracee::StandsAtBreakpoint(std::uintptr_t address) const {
  return InstructionPointer() == address;
}

void Tracee::SetInstructionPointer(std::uintptr_t) const {}

#else

bool IsTracingKnownHere() {
  return false;
}
void Tracee::Skip(std::int64_t) const {}
void Tracee::Exit(const seccomp_data&) const {}
long Tracee::WithBreakpoint(long word) {
  return word;
}
bool Tracee::StandsAtBreakpoint(std::uintptr_t) const {
  return false;
}
void Tracee::SetInstructionPointer(std::uintptr_t) const {}

#endif

std::optional<seccomp_data> Tracee::Call() const {
  CallInfo info{};
  if (!ReadInfo(thread_, info) || info.op != PTRACE_SYSCALL_INFO_SECCOMP) return std::nullopt;
  seccomp_data call{};
  call.nr = static_cast<int>(info.seccomp.nr);
  call.arch = info.arch;
  call.instruction_pointer = info.instruction_pointer;
  std::copy(std::begin(info.seccomp.args), std::end(info.seccomp.args), std::begin(call.args));
  return call;
}

bool Tracee::HasSucceeded() const {
  CallInfo info{};
  return ReadInfo(thread_, info) && info.op == PTRACE_SYSCALL_INFO_EXIT && info.exit.is_error == 0;
}

std::optional<std::uintptr_t> Tracee::InstructionPointer() const {
  CallInfo info{};
  if (!ReadInfo(thread_, info)) return std::nullopt;
  return info.instruction_pointer;
}

std::optional<long> Tracee::Word(std::uintptr_t address) const {
  errno = 0;
  const long word = ptrace(PTRACE_PEEKTEXT, thread_, address, nullptr);
  if (errno != 0) return std::nullopt;
  return word;
}

void Tracee::SetWord(std::uintptr_t address, long word) const {
  Poke(PTRACE_POKETEXT, thread_, address, static_cast<std::uintptr_t>(word));
}

std::optional<std::uintptr_t> EntryOf(pid_t process) {
  struct Closer {
    void operator()(std::FILE* stream) const { static_cast<void>(std::fclose(stream)); }
  };
  const std::string name = "/proc/" + std::to_string(process) + "/auxv";
  const std::unique_ptr<std::FILE, Closer> file(std::fopen(name.c_str(), "re"));
  if (file == nullptr) return std::nullopt;
  for (std::array<std::uintptr_t, 2> entry{};
       std::fread(entry.data(), sizeof entry, 1, file.get()) == 1 && entry[0] != AT_NULL;)
    if (entry[0] == AT_ENTRY) return entry[1];
  return std::nullopt;
}

}  // namespace precompiledseccomp::inspect
