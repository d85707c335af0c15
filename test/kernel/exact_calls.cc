// SPDX-License-Identifier: Apache-2.0

#include "kernel/exact_calls.h"

#include <algorithm>
#include <cstddef>
#include <stdexcept>

#include <sys/mman.h>
#include <unistd.h>

#include "bpf/instructions.h"
#include "kernel/doors.h"
#include "kernel/entry.h"
#include "kernel/under_filter.h"
#include "support/child.h"

namespace precompiledseccomp::testing {
namespace {

constexpr std::uint64_t kVsyscallPageSize = 0x1000;
constexpr std::uint64_t kEndOfUserSpace = std::uint64_t{1} << 47;

std::uintptr_t PageSize() {
  static const auto size = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  return size;
}

bool DoorExists(Door door) {
  static const bool int80 = Exists(Door::kInt80);
  static const bool vsyscall = Exists(Door::kVsyscall);
  return door == Door::kSyscall || (door == Door::kInt80 ? int80 : vsyscall);
}

#if defined(__x86_64__)

// x86-64's uretprobe and uprobe, by which the kernel's own probes come back, go past all filters: the first
// since Linux 6.14, the second since 6.18.
constexpr int kUretprobe = 335;
constexpr int kUprobe = 336;

bool IsShownToFilters(int number) {
  constexpr int kErrno = 2000;
  const bpf::Program refuse_all = {bpf::Return(SECCOMP_RET_ERRNO | kErrno)};
  const SharedArray<bool> refused(1);
  RunUnder(refuse_all, [&] {
    seccomp_data call{};
    call.nr = number;
    refused[0] = EnterAt(SyscallSite(), call) == -kErrno;
  });
  return refused[0];
}

#endif

bool IsExceptionOfFilters(const seccomp_data& call) {
#if defined(__x86_64__)
  if (call.arch != ArchitectureOf(Door::kSyscall)) return false;
  static const bool uretprobe = !IsShownToFilters(kUretprobe);
  static const bool uprobe = !IsShownToFilters(kUprobe);
  return (call.nr == kUretprobe && uretprobe) || (call.nr == kUprobe && uprobe);
#else
  static_cast<void>(call);
  return false;
#endif
}

bool ComesFromVsyscallPage(const seccomp_data& call) {
  return call.instruction_pointer - kVsyscallPage < kVsyscallPageSize;
}

bool IsForInt80(const seccomp_data& call) {
  return call.arch == ArchitectureOf(Door::kInt80) && call.arch != ArchitectureOf(Door::kSyscall);
}

// The page's calls are given up before the filter is asked if the addresses that they write to are not of
// user space. These are, wherever it ends.
bool AreAddresses(std::uint64_t first, std::uint64_t second) {
  constexpr std::uint64_t kSurelyUserSpace = kEndOfUserSpace - 0x10000;
  return std::max(first, second) < kSurelyUserSpace;
}

std::optional<Obstacle> ObstacleFromVsyscallPage(const seccomp_data& call) {
  if (!DoorExists(Door::kVsyscall)) return Obstacle::kPointerOfKernel;
  const auto number = static_cast<std::uint32_t>(call.nr);
  if (!IsMadeByVsyscallPage(number) ||
      call.instruction_pointer != InstructionPointerOf(Door::kVsyscall, number))
    return Obstacle::kOtherNumberFromVsyscall;
  if (!AreAddresses(call.args[0], call.args[1])) return Obstacle::kNoAddressForVsyscall;
  return std::nullopt;
}

bool HasHighHalves(const seccomp_data& call) {
  return std::any_of(std::begin(call.args), std::end(call.args),
                     [](std::uint64_t argument) { return argument >> 32 != 0; });
}

std::span<const std::uint8_t> CodeFor(const seccomp_data& call) {
#if defined(__x86_64__)
  if (IsForInt80(call)) return kInt80Code;
#else
  static_cast<void>(call);
#endif
  return kSyscallCode;
}

std::uintptr_t SiteOf(const seccomp_data& call) {
  return static_cast<std::uintptr_t>(call.instruction_pointer - kEntrySize);
}

// Calls whose instruction pointers are close to each other, or that differ in architecture, have their
// instructions at the same place: written only when the call is made.
void WriteCode(std::uintptr_t site, std::span<const std::uint8_t> code) {
  auto* const there = reinterpret_cast<volatile std::uint8_t*>(site);
  if (std::equal(code.begin(), code.end(), there)) return;
  std::copy(code.begin(), code.end(), there);
#if !defined(__x86_64__)
  auto* const begin = reinterpret_cast<char*>(site);
  __builtin___clear_cache(begin, begin + code.size());
#endif
}

std::int64_t MakeExactly(const seccomp_data& call) {
#if defined(__x86_64__)
  if (ComesFromVsyscallPage(call)) return EnterAt(call.instruction_pointer, call);
  WriteCode(SiteOf(call), CodeFor(call));
  if (IsForInt80(call)) return EnterByInt80At(SiteOf(call), call);
#else
  WriteCode(SiteOf(call), CodeFor(call));
#endif
  return EnterAt(SiteOf(call), call);
}

}  // namespace

std::string ObstacleText(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::kNotShownToFilters:
      return "a number that the kernel shows to no filter";
    case Obstacle::kOtherArchitecture:
      return "architecture of another machine";
    case Obstacle::kPointerOfKernel:
      return "instruction pointer above user space";
    case Obstacle::kPointerNotMappable:
      return "instruction pointer where nothing can be mapped";
    case Obstacle::kPointerMisaligned:
      return "instruction pointer at which no instruction ends";
    case Obstacle::kOtherNumberFromVsyscall:
      return "vsyscall page, with a number that it does not make there";
    case Obstacle::kNoAddressForVsyscall:
      return "vsyscall page, with no addresses as arguments";
    default:
      return "i386 with 64-bit arguments";
  }
}

CallSites::~CallSites() {
  for (const std::uintptr_t page : pages_) munmap(reinterpret_cast<void*>(page), PageSize());
}

std::optional<Obstacle> CallSites::Prepare(const seccomp_data& call) {
  if (IsExceptionOfFilters(call)) return Obstacle::kNotShownToFilters;
  if (ComesFromVsyscallPage(call) && call.arch == ArchitectureOf(Door::kSyscall))
    return ObstacleFromVsyscallPage(call);
  const bool is_for_int80 = IsForInt80(call);
  if (call.arch != ArchitectureOf(Door::kSyscall) && !(is_for_int80 && DoorExists(Door::kInt80)))
    return Obstacle::kOtherArchitecture;
  if (is_for_int80 && HasHighHalves(call)) return Obstacle::kHighHalvesOfI386;
  const std::span<const std::uint8_t> code = CodeFor(call);
  if (call.instruction_pointer >= kEndOfUserSpace) return Obstacle::kPointerOfKernel;
  if (call.instruction_pointer < PageSize() + kEntrySize) return Obstacle::kPointerNotMappable;
#if defined(__aarch64__)
  if (call.instruction_pointer % kEntrySize != 0) return Obstacle::kPointerMisaligned;
#endif
  const std::uintptr_t site = SiteOf(call);
  const std::uintptr_t first = site / PageSize() * PageSize();
  const std::uintptr_t last = (site + code.size() - 1) / PageSize() * PageSize();
  return HasPage(first) && HasPage(last) ? std::nullopt : std::optional(Obstacle::kPointerNotMappable);
}

bool CallSites::HasPage(std::uintptr_t page) {
  if (pages_.count(page) != 0) return true;
  if (not_mappable_.count(page) != 0) return false;
  void* const wanted = reinterpret_cast<void*>(page);
  void* const got = mmap(wanted, PageSize(), PROT_READ | PROT_WRITE | PROT_EXEC,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (got == wanted) {
    pages_.insert(page);
    return true;
  }
  // Before Linux 4.17 the address is only a wish.
  if (got != MAP_FAILED) munmap(got, PageSize());
  not_mappable_.insert(page);
  return false;
}

std::vector<std::int64_t> ResultsUnder(std::span<const sock_filter> program,
                                       std::span<const seccomp_data> calls) {
  const SharedArray<std::int64_t> results(calls.size());
  const bool finished = RunUnder(program, [&] {
    for (std::size_t i = 0; i < calls.size(); ++i) results[i] = MakeExactly(calls[i]);
  });
  if (!finished) throw std::runtime_error("the child died");
  return {results.begin(), results.begin() + calls.size()};
}

}  // namespace precompiledseccomp::testing
