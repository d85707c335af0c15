// SPDX-License-Identifier: Apache-2.0
#include <precompiledseccomp/filter.h>

#include "cold_start.h"

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

Filter::Filter(const Filter& other) noexcept : size_(0), install_options_(0) {
  *this = other;
}

Filter& Filter::operator=(const Filter& other) noexcept {
  if (this == &other) return *this;
  // Never too many: they are in a filter.
  if (Assign(other.instructions())) install_options_ = other.install_options_;
  return *this;
}

STARTUP_CODE std::span<const sock_filter> Filter::instructions() const noexcept {
  return {instructions_, size_};
}

STARTUP_CODE bool Filter::Assign(std::span<const sock_filter> instructions) noexcept {
  size_ = 0;
  KeepOrderForSignalHandlers();
  if (instructions.size() > kCapacity) return false;
  CopyElements(instructions_, instructions.data(), instructions.size());
  install_options_ = 0;
  KeepOrderForSignalHandlers();
  size_ = static_cast<std::uint32_t>(instructions.size());
  return true;
}

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
