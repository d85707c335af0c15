// SPDX-License-Identifier: Apache-2.0

#include "inspect/constants.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <unordered_map>
#include <vector>

#include "base/near_misses.h"
#include "inspect/number_text.h"

namespace precompiledseccomp::inspect {
namespace {

struct NamedConstant {
  std::string_view name;
  std::uint64_t value;
};

constexpr NamedConstant kConstants[] = {
#define CONSTANT(name, value) {#name, value},
#include "inspect/constant_table.inc"
#undef CONSTANT
    // Of <asm/termbits.h>, <linux/serial.h> and <linux/fiemap.h>, which do not go together with libc's
    // headers.
    {"TCGETS2", 0x802c542a},      {"TCSETS2", 0x402c542b},      {"TCSETSW2", 0x402c542c},
    {"TCSETSF2", 0x402c542d},     {"TIOCGRS485", 0x542e},       {"TIOCSRS485", 0x542f},
    {"TIOCGISO7816", 0x80285442}, {"TIOCSISO7816", 0xc0285443}, {"FS_IOC_FIEMAP", 0xc020660b},
};

// <asm/fcntl.h> and <asm/mman.h> of some architectures have numbers of their own. As the kernel sees them:
// for libc's O_LARGEFILE is 0 where off_t has 64 bits.
struct ConstantOfTarget {
  std::string_view target;
  NamedConstant constant;
};

constexpr std::uint64_t kTmpFile = 0x400000;  // O_TMPFILE is this together with O_DIRECTORY

constexpr ConstantOfTarget kConstantsOfTargets[] = {
    {"x86_64", {"O_DIRECT", 0x4000}},
    {"x86_64", {"O_LARGEFILE", 0x8000}},
    {"x86_64", {"O_DIRECTORY", 0x10000}},
    {"x86_64", {"O_NOFOLLOW", 0x20000}},
    {"x86_64", {"O_TMPFILE", kTmpFile | 0x10000}},
    {"x86_64", {"MAP_32BIT", 0x40}},
    {"x86_64", {"ARCH_SET_GS", 0x1001}},
    {"x86_64", {"ARCH_SET_FS", 0x1002}},
    {"x86_64", {"ARCH_GET_FS", 0x1003}},
    {"x86_64", {"ARCH_GET_GS", 0x1004}},
    {"x86_64", {"ARCH_GET_CPUID", 0x1011}},
    {"x86_64", {"ARCH_SET_CPUID", 0x1012}},
    {"aarch64", {"O_DIRECT", 0x10000}},
    {"aarch64", {"O_LARGEFILE", 0x20000}},
    {"aarch64", {"O_DIRECTORY", 0x4000}},
    {"aarch64", {"O_NOFOLLOW", 0x8000}},
    {"aarch64", {"O_TMPFILE", kTmpFile | 0x4000}},
    {"aarch64", {"PROT_BTI", 0x10}},
    {"aarch64", {"PROT_MTE", 0x20}},
};

// A parameter with a name for each of its values, and what the names begin with; of two that have the same
// value the one with the earlier beginning is usual.
struct Enumeration {
  std::string_view call;
  std::string_view parameter;
  std::array<std::string_view, 6> prefixes;
  std::string_view except = {};  // what others begin with
};

constexpr std::array<std::string_view, 6> kDevicePrefixes = {"FIO", "TC", "TIOC", "SIOC", "FS_IOC_", "BLK"};
constexpr std::array<std::string_view, 6> kFilePrefixes = {"F_DUPFD", "F_GET",       "F_SET",
                                                           "F_OFD",   "F_ADD_SEALS", "F_NOTIFY"};
constexpr std::array<std::string_view, 6> kFamilyPrefixes = {"AF_UNIX", "AF_"};
constexpr std::array<std::string_view, 6> kAdvicePrefixes = {"MADV_"};
constexpr std::array<std::string_view, 6> kSignalPrefixes = {"SIG"};

constexpr std::array<std::string_view, 6> kProcessPrefixes = {
    "PR_SET_", "PR_GET_", "PR_CAPBSET_", "PR_CAP_AMBIENT", "PR_SCHED_CORE", "PR_TASK_"};
constexpr std::array<std::string_view, 6> kMaskPrefixes = {"SIG_"};
constexpr std::array<std::string_view, 6> kClockPrefixes = {"CLOCK_"};
constexpr std::array<std::string_view, 6> kWhencePrefixes = {"SEEK_"};
constexpr std::array<std::string_view, 6> kLimitPrefixes = {"RLIMIT_"};

constexpr Enumeration kEnumerations[] = {
    {"rt_sigprocmask", "how", kMaskPrefixes},
    {"rt_sigaction", "sig", kSignalPrefixes, "SIG_"},
    {"clock_gettime", "which_clock", kClockPrefixes},
    {"clock_getres", "which_clock", kClockPrefixes},
    {"clock_nanosleep", "which_clock", kClockPrefixes},
    {"lseek", "whence", kWhencePrefixes},
    {"prlimit64", "resource", kLimitPrefixes},
    {"prctl", "option", kProcessPrefixes, "PR_SET_MM_"},
    {"ioctl", "cmd", kDevicePrefixes},
    {"fcntl", "cmd", kFilePrefixes},
    {"socket", "family", kFamilyPrefixes},
    {"socketpair", "family", kFamilyPrefixes},
    {"madvise", "behavior", kAdvicePrefixes},
    {"kill", "sig", kSignalPrefixes, "SIG_"},
    {"tkill", "sig", kSignalPrefixes, "SIG_"},
    {"tgkill", "sig", kSignalPrefixes, "SIG_"},
};

std::string_view NameWithPrefix(std::string_view prefix, std::string_view except, std::uint64_t value) {
  for (const NamedConstant& row : kConstants)
    if (row.value == value && row.name.starts_with(prefix) &&
        (except.empty() || !row.name.starts_with(except)))
      return row.name;
  return {};
}

struct NamedError {
  std::string_view name;
  std::uint32_t number;
};

constexpr NamedError kErrors[] = {
#define ERROR_NUMBER(name, number) {#name, number},
#include "inspect/errno_table.inc"
#undef ERROR_NUMBER
};

}  // namespace

std::optional<std::uint64_t> ConstantNamed(const Target& target, std::string_view name) {
  for (const ConstantOfTarget& row : kConstantsOfTargets)
    if (row.target == target.name && row.constant.name == name) return row.constant.value;
  // Traces ask for millions.
  static const std::unordered_map<std::string_view, std::uint64_t> values = [] {
    std::unordered_map<std::string_view, std::uint64_t> all;
    for (const NamedConstant& row : kConstants) all.emplace(row.name, row.value);
    return all;
  }();
  const auto found = values.find(name);
  if (found == values.end()) return std::nullopt;
  return found->second;
}

std::string NearConstants(std::string_view name) {
  std::vector<std::string> names;
  for (const NamedConstant& row : kConstants) names.emplace_back(row.name);
  for (const ConstantOfTarget& row : kConstantsOfTargets) names.emplace_back(row.constant.name);
  return NearMisses(name, names, 2);
}

std::string_view NameOfValue(std::string_view call, std::string_view parameter, std::uint64_t value) {
  for (const Enumeration& enumeration : kEnumerations) {
    if (enumeration.call != call || enumeration.parameter != parameter) continue;
    for (const std::string_view prefix : enumeration.prefixes) {
      const std::string_view name =
          prefix.empty() ? std::string_view() : NameWithPrefix(prefix, enumeration.except, value);
      if (!name.empty()) return name;
    }
  }
  return {};
}

std::string_view ConstantWithPrefix(std::string_view prefix, std::uint64_t value) {
  return NameWithPrefix(prefix, {}, value);
}

std::string FlagsText(std::string_view prefix, std::uint64_t value) {
  std::string text;
  const auto add = [&](std::string_view part) { text.append(text.empty() ? "" : " | ").append(part); };
  for (std::uint64_t bit = 1; bit != 0 && bit <= value; bit <<= 1) {
    if ((value & bit) == 0) continue;
    const std::string_view name = ConstantWithPrefix(prefix, bit);
    if (name.empty()) continue;
    add(name);
    value &= ~bit;
  }
  // Of clone's flags, the lowest bits are the signal that tells of the child's end.
  const std::string_view signal =
      prefix == "CLONE_" ? NameWithPrefix("SIG", "SIG_", value) : std::string_view();
  if (value != 0) add(signal.empty() ? HexNumber(value) : std::string(signal));
  return text.empty() ? "0" : text;
}

std::string_view ErrnoName(std::uint32_t number) {
  const auto* const found = std::find_if(std::begin(kErrors), std::end(kErrors),
                                         [&](const NamedError& row) { return row.number == number; });
  return found == std::end(kErrors) ? std::string_view() : found->name;
}

}  // namespace precompiledseccomp::inspect
