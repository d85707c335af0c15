// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <new>
#include <stdexcept>
#include <type_traits>

#include <sys/mman.h>

// Children that may install any filter, and what they leave behind.
namespace precompiledseccomp::testing {

// An array that parent and children share: a child whose filter refuses everything can still write to it. All
// elements are value-initialised.
template <typename T>
class SharedArray {
 public:
  explicit SharedArray(std::size_t count) : bytes_(count * sizeof(T) + 1) {
    static_assert(std::is_trivially_destructible_v<T>);
    memory_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory_ == MAP_FAILED) throw std::runtime_error("no shared memory");
    elements_ = new (memory_) T[count]();
  }
  ~SharedArray() { munmap(memory_, bytes_); }
  SharedArray(const SharedArray&) = delete;
  SharedArray& operator=(const SharedArray&) = delete;

  T& operator[](std::size_t i) const { return elements_[i]; }
  [[nodiscard]] T* begin() const { return elements_; }

 private:
  std::size_t bytes_;
  void* memory_;
  T* elements_;
};

// Runs `work` in a child, and waits for it. The child has no_new_privs, leaves no core file, and ends without
// a system call, so that no filter can keep it from ending. Returns true if it came to that, false if it was
// killed before. Throws std::runtime_error if there is no child.
bool RunInChild(const std::function<void()>& work);

}  // namespace precompiledseccomp::testing
