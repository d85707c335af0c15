// SPDX-License-Identifier: Apache-2.0
//
// What keeps the first call cheap. Looking up, rendering and installing happen once in a process, at its
// start: their own work takes less than a microsecond, and each page that is touched for the first time costs
// up to 3 us, each function of libc that is called for the first time as much again, because the dynamic
// linker has to find it. So this library calls no function of libc (but see system_call.h), and its code
// stands where the process has been already.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <linux/filter.h>

#include <precompiledseccomp/interface.h>

// For the definitions of functions: beside main(), which compilers put there too. Linkers gather the section,
// so that in a large program no page of code is mapped for this library alone.
#define STARTUP_CODE [[gnu::section(".text.startup")]]

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

// As std::string_view::compare, without memcmp: negative, zero or positive, by the order of bytes.
PRECOMPILEDSECCOMP_LOCAL inline int CompareNames(std::string_view left, std::string_view right) {
  const std::size_t common = std::min(left.size(), right.size());
  for (std::size_t i = 0; i < common; ++i) {
    const auto left_byte = static_cast<unsigned char>(left.data()[i]);
    const auto right_byte = static_cast<unsigned char>(right.data()[i]);
    if (left_byte != right_byte) return left_byte < right_byte ? -1 : 1;
  }
  if (left.size() == right.size()) return 0;
  return left.size() < right.size() ? -1 : 1;
}

// As the constructor of std::string_view, without strlen.
PRECOMPILEDSECCOMP_LOCAL inline std::string_view AsView(const char* text) {
  std::size_t size = 0;
  while (text[size] != '\0') {
    ++size;
    asm volatile("" : : : "memory");  // or compilers make a call of strlen from the loop
  }
  return {text, size};
}

// What is written before this is written before what follows, as far as this thread can see: a signal
// handler, or what it jumps to. As std::atomic_signal_fence, which need not be inlined.
PRECOMPILEDSECCOMP_LOCAL inline void KeepOrderForSignalHandlers() {
  asm volatile("" : : : "memory");
}

// As memcpy, and `from` may overlap with what is written if it does not begin before `to`.
template <typename Element>
PRECOMPILEDSECCOMP_LOCAL inline void CopyElements(Element* to, const Element* from, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    to[i] = from[i];
    asm volatile("" : : : "memory");  // or compilers make a call of memcpy from the loop
  }
}

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
