// SPDX-License-Identifier: Apache-2.0
#include "call_names.h"

#include <cstddef>

#include "cold_start.h"

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {
namespace {

// The names of all calls from number 0 on, each with a NUL at its end; numbers without a name have an empty
// one. One literal, in which nothing is relocated. lib/README.md says how it is made.
constexpr char kCallNames[] =
#if defined(__x86_64__)
#include "call_names_x86_64.inc"
#elif defined(__aarch64__)
#include "call_names_aarch64.inc"
#else
    ""
#endif
    ;

}  // namespace

std::string_view NameOfCall(std::uint32_t number) {
  const char* name = kCallNames;
  const char* const end = kCallNames + sizeof kCallNames - 1;  // without the literal's own NUL
  while (name != end) {
    const std::string_view text = AsView(name);
    if (number == 0) return text;
    --number;
    name += text.size() + 1;
  }
  return {};
}

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
