// SPDX-License-Identifier: Apache-2.0
#include <precompiledseccomp/filter.h>

#include <string.h>

namespace precompiledseccomp {

Filter::Filter(const Filter& other) noexcept : size_(other.size_) {
  memcpy(instructions_, other.instructions_, size_ * sizeof(sock_filter));
}

Filter& Filter::operator=(const Filter& other) noexcept {
  if (this == &other) return *this;
  size_ = other.size_;
  memcpy(instructions_, other.instructions_, size_ * sizeof(sock_filter));
  return *this;
}

bool Filter::Assign(std::span<const sock_filter> instructions) noexcept {
  size_ = 0;
  if (instructions.size() > kCapacity) return false;
  if (instructions.empty()) return true;
  size_ = static_cast<std::uint32_t>(instructions.size());
  memmove(instructions_, instructions.data(), size_ * sizeof(sock_filter));
  return true;
}

}  // namespace precompiledseccomp
