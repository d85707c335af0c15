// SPDX-License-Identifier: Apache-2.0
#include <precompiledseccomp/filter.h>

#include "cold_start.h"

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

Filter::Filter(const Filter& other) noexcept : size_(other.size_) {
  CopyElements(instructions_, other.instructions_, size_);
}

Filter& Filter::operator=(const Filter& other) noexcept {
  if (this == &other) return *this;
  size_ = other.size_;
  CopyElements(instructions_, other.instructions_, size_);
  return *this;
}

STARTUP_CODE std::span<const sock_filter> Filter::instructions() const noexcept {
  return {instructions_, size_};
}

STARTUP_CODE bool Filter::Assign(std::span<const sock_filter> instructions) noexcept {
  size_ = 0;
  if (instructions.size() > kCapacity) return false;
  size_ = static_cast<std::uint32_t>(instructions.size());
  CopyElements(instructions_, instructions.data(), size_);
  return true;
}

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
