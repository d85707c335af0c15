// SPDX-License-Identifier: Apache-2.0
//
// The GNU libc lets a program define these functions instead of its own, and still offers its own under
// another name. Its other functions that allocate are of no use to a program that only looks something up.

#include "bench/allocations.h"

#include <atomic>

namespace {

std::atomic<std::size_t> allocations = 0;  // constant-initialised: malloc is called before any constructor

}  // namespace

extern "C" {

void* __libc_malloc(std::size_t size);                       // NOLINT(bugprone-reserved-identifier)
void* __libc_calloc(std::size_t count, std::size_t size);    // NOLINT(bugprone-reserved-identifier)
void* __libc_realloc(void* memory, std::size_t size);        // NOLINT(bugprone-reserved-identifier)
void* __libc_memalign(std::size_t align, std::size_t size);  // NOLINT(bugprone-reserved-identifier)

void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}

void* realloc(void* memory, std::size_t size) {
  ++allocations;
  return __libc_realloc(memory, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++allocations;
  return __libc_memalign(alignment, size);
}
}

namespace precompiledseccomp::testing {

std::size_t Allocations() {
  return allocations;
}

}  // namespace precompiledseccomp::testing
