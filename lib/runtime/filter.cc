// SPDX-License-Identifier: Apache-2.0
#include <precompiledseccomp/filter.h>

#include "cold_start.h"

namespace precompiledseccomp {

Filter::Filter(const Filter& other) noexcept : size_(other.size_) {
  CopyInstructions(instructions_, other.instructions_, size_);
}

Filter& Filter::operator=(const Filter& other) noexcept {
  if (this == &other) return *this;
  size_ = other.size_;
  CopyInstructions(instructions_, other.instructions_, size_);
  return *this;
}

STARTUP_CODE bool Filter::Assign(std::span<const sock_filter> instructions) noexcept {
  size_ = 0;
  if (instructions.size() > kCapacity) return false;
  size_ = static_cast<std::uint32_t>(instructions.size());
  CopyInstructions(instructions_, instructions.data(), size_);
  return true;
}

}  // namespace precompiledseccomp
