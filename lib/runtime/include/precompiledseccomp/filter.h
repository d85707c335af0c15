// SPDX-License-Identifier: Apache-2.0
//
// A seccomp filter ready to be installed: a buffer of fixed size on the stack or wherever its owner puts it.
//
//   pcs::Filter filter;                                      // empty
//   if (auto error = program->Render({{"fd", 3}}, filter)) ...
//   if (auto result = pcs::Install(filter); !result) ...
//
// A Filter takes 32 KiB, the largest program the kernel accepts, so that nothing is ever allocated. Only the
// instructions in use are ever written or copied: an empty filter costs nothing but the stack's address
// space. No function throws or allocates; all are async-signal-safe. Different filters may be used by
// different threads at once; one filter by several threads as long as nobody changes it. To a signal handler
// of the thread that changes it, and to whoever a handler jumps to out of the change (siglongjmp), a filter
// is empty until it is whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <linux/bpf_common.h>
#include <linux/filter.h>

#include <precompiledseccomp/interface.h>

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

class Filter {
 public:
  // 4096 instructions, the kernel's own limit.
  PRECOMPILEDSECCOMP_LOCAL static constexpr std::size_t kCapacity = BPF_MAXINSNS;

  // An empty filter. Leaves the buffer as it is: zeroing it would touch eight pages for nothing.
  //
  // Let a global filter be constinit: it is empty from the beginning then, and no constructor runs that would
  // empty it once more, after another object's constructor has rendered into it. (GCC runs one otherwise.)
  PRECOMPILEDSECCOMP_LOCAL constexpr Filter() noexcept : size_(0) {
    // A constant has no member without a value. Not std::is_constant_evaluated(), which is a function.
    if (__builtin_is_constant_evaluated())
      for (sock_filter& instruction : instructions_) instruction = {0, 0, 0, 0};
  }

  PRECOMPILEDSECCOMP_LOCAL Filter(const Filter& other) noexcept;
  PRECOMPILEDSECCOMP_LOCAL Filter& operator=(const Filter& other) noexcept;

  // Takes instructions that were made elsewhere, by a compilation at run time for example. False, leaving the
  // filter empty, when there are more than kCapacity. What is taken is not checked; the kernel does that.
  // `instructions` may be a part of this very filter.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] bool Assign(std::span<const sock_filter> instructions) noexcept;

  PRECOMPILEDSECCOMP_LOCAL void Clear() noexcept { size_ = 0; }

  // Valid until the filter changes or ends.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::span<const sock_filter> instructions() const noexcept;
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::size_t size() const noexcept { return size_; }
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

 private:
  friend class Program;  // writes the values of variables into the operands

  // Copies instructions, of which the filter consists once it is completed: until then, it is empty. False if
  // they are too many.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] bool Copy(std::span<const sock_filter> instructions) noexcept;
  PRECOMPILEDSECCOMP_LOCAL void Complete(std::size_t size) noexcept;

  std::uint32_t size_;
  sock_filter instructions_[kCapacity];
};

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
