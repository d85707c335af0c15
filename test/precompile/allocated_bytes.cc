// SPDX-License-Identifier: Apache-2.0

#include "precompile/allocated_bytes.h"

#include <cstdlib>
#include <new>

namespace {

std::size_t allocated_bytes = 0;

}  // namespace

// The forms that the library uses; sanitizers look after each block that another form gives back.
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  allocated_bytes += size;
  return std::malloc(size);
}
void* operator new(std::size_t size) {
  void* const memory = operator new(size, std::nothrow);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}

namespace precompiledseccomp::testing {

std::size_t AllocatedBytes() {
  return allocated_bytes;
}

}  // namespace precompiledseccomp::testing
