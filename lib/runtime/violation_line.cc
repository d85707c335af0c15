// SPDX-License-Identifier: Apache-2.0
#include "violation_line.h"

#include "call_names.h"
#include "cold_start.h"

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

ViolationLine::ViolationLine(const TrappedCall& call, std::string_view program) {
  const bool is_own = call.arch == kOwnArchitecture;
  const std::string_view name = is_own ? NameOfCall(call.number) : std::string_view();
  Add(AsView("seccomp: refused "));
  if (name.empty()) {
    Add(AsView("#"));
    AddDecimal(call.number);
  } else {
    Add(name);
  }
  const char* before = "(";
  for (const std::uint64_t argument : call.arguments) {
    Add(AsView(before));
    AddHexadecimal(argument);
    before = ", ";
  }
  Add(AsView(")"));
  if (name.empty()) {
    Add(AsView(" of architecture "));
    AddHexadecimal(call.arch);
  }
  Add(AsView(" at "));
  AddHexadecimal(call.address);
  if (!program.empty()) {
    Add(AsView(" in program \""));
    Add(program);
    Add(AsView("\""));
  }
  Add(AsView("\n"));
}

void ViolationLine::Add(std::string_view text) {
  const std::size_t free = kCapacity - size_;
  const std::size_t count = text.size() < free ? text.size() : free;
  CopyElements(text_ + size_, text.data(), count);
  size_ += count;
}

void ViolationLine::AddDecimal(std::uint32_t number) {
  constexpr std::size_t kMostDigits = 10;
  char digits[kMostDigits];
  std::size_t begin = kMostDigits;
  do {
    digits[--begin] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  Add({digits + begin, kMostDigits - begin});
}

void ViolationLine::AddHexadecimal(std::uint64_t number) {
  constexpr std::size_t kMostDigits = 16;
  char digits[kMostDigits];
  std::size_t begin = kMostDigits;
  do {
    const auto digit = static_cast<unsigned>(number % 16);
    digits[--begin] = static_cast<char>(digit < 10 ? '0' + digit : 'a' + (digit - 10));
    number /= 16;
  } while (number != 0);
  Add(AsView("0x"));
  Add({digits + begin, kMostDigits - begin});
}

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
