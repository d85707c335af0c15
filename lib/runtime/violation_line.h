// SPDX-License-Identifier: Apache-2.0
//
// What the reporter writes: a line of text, as lib/inspect/trace/reporter_line.h reads it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <precompiledseccomp/interface.h>

#include "trapped_call.h"

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

class ViolationLine {
 public:
  // What a policy is checked for (lib/precompile/check_reporter.cc). The longest that there is has less.
  static constexpr std::size_t kCapacity = 512;

  // `program` is not shown if it is empty.
  PRECOMPILEDSECCOMP_LOCAL ViolationLine(const TrappedCall& call, std::string_view program);

  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::string_view text() const { return {text_, size_}; }

 private:
  PRECOMPILEDSECCOMP_LOCAL void Add(std::string_view text);
  PRECOMPILEDSECCOMP_LOCAL void AddDecimal(std::uint32_t number);
  PRECOMPILEDSECCOMP_LOCAL void AddHexadecimal(std::uint64_t number);

  std::size_t size_ = 0;
  char text_[kCapacity];
};

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
