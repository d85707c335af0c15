// SPDX-License-Identifier: Apache-2.0
//
// A seccomp filter ready to be installed: a buffer of fixed size on the stack or wherever its owner puts it.
//
//   static constinit pcs::Filter filter;                     // empty
//   if (auto rendered = program->Render({{"fd", 3}}, filter); !rendered.ok()) ...
//   if (auto result = pcs::Install(filter); !result.ok()) ...
//
// A Filter takes 32 KiB, the largest program the kernel accepts, so that nothing is ever allocated. Only the
// instructions in use are ever written or copied: an empty filter costs nothing but address space. But what
// is so large does not belong on a small stack, a signal handler's or a thread's: with a buffer of their own
// size, programs are rendered by the generated structs, and by Program::RenderInto(). No function throws or
// allocates; all are async-signal-safe. Different filters may be used by different threads at once; one
// filter by several threads as long as nobody changes it. To a signal handler of the thread that changes it,
// and to whoever a handler jumps to out of the change (siglongjmp), a filter is empty until it is whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <linux/bpf_common.h>
#include <linux/filter.h>

#include <precompiledseccomp/interface.h>

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

// Memory of the caller's for instructions: an array, a span, or what becomes a span. Not a std::span itself,
// of which every use would take functions that are not hidden (interface.h).
class InstructionBuffer {
 public:
  // None.
  PRECOMPILEDSECCOMP_LOCAL constexpr InstructionBuffer() noexcept {}

  PRECOMPILEDSECCOMP_LOCAL constexpr InstructionBuffer(sock_filter* data, std::size_t size) noexcept
      : data_(data), size_(size) {}
  template <std::size_t Size>
  PRECOMPILEDSECCOMP_LOCAL constexpr InstructionBuffer(  // NOLINT(google-explicit-constructor)
      sock_filter (&array)[Size]) noexcept
      : data_(array), size_(Size) {}
  PRECOMPILEDSECCOMP_LOCAL constexpr InstructionBuffer(  // NOLINT(google-explicit-constructor)
      std::span<sock_filter> memory) noexcept
      : data_(memory.data()), size_(memory.size()) {}

  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] constexpr sock_filter* data() const noexcept { return data_; }
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }

 private:
  sock_filter* data_ = nullptr;
  std::size_t size_ = 0;
};

class Filter {
 public:
  // 4096 instructions, the kernel's own limit.
  PRECOMPILEDSECCOMP_LOCAL static constexpr std::size_t kCapacity = BPF_MAXINSNS;

  // An empty filter. Leaves the buffer as it is: zeroing it would touch eight pages for nothing.
  //
  // Let a global filter be constinit: it is empty from the beginning then, and no constructor runs that would
  // empty it once more, after another object's constructor has rendered into it. (GCC runs one otherwise.)
  PRECOMPILEDSECCOMP_LOCAL constexpr Filter() noexcept : size_(0), install_options_(0) {
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
  friend class Program;     // renders into it
  friend class FilterView;  // for installing

  std::uint32_t size_;             // written when all of them are there
  std::uint32_t install_options_;  // of the program that was rendered
  sock_filter instructions_[kCapacity];
};

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
