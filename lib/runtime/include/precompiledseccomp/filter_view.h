// SPDX-License-Identifier: Apache-2.0
//
// What Install() takes: the instructions of a filter, wherever they are, or the reason why there are none.
// Made from a Filter, from a rendering, from a program without variables, or from any instructions. Owns
// nothing: to be passed, not kept.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include <linux/filter.h>

#include <precompiledseccomp/filter.h>
#include <precompiledseccomp/interface.h>
#include <precompiledseccomp/program.h>
#include <precompiledseccomp/render_result.h>

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

class FilterView {
 public:
  PRECOMPILEDSECCOMP_LOCAL FilterView(const Filter& filter) noexcept  // NOLINT(google-explicit-constructor)
      : instructions_(filter.instructions_), size_(filter.size_), install_options_(filter.install_options_) {}

  // A rendering by a generated struct. One that failed says why when it is installed.
  template <std::size_t Instructions>
  PRECOMPILEDSECCOMP_LOCAL FilterView(  // NOLINT(google-explicit-constructor)
      const RenderedFilter<Instructions>& filter) noexcept
      : instructions_(filter.instructions_),
        size_(filter.ok() ? Instructions : 0),
        install_options_(filter.install_options_),
        failed_(filter.ok() ? nullptr : &filter.result_) {}
  PRECOMPILEDSECCOMP_LOCAL FilterView(  // NOLINT(google-explicit-constructor)
      const RenderedFilter<0>& filter) noexcept
      : failed_(&filter.result_) {}

  // A rendering into the caller's buffer, likewise.
  PRECOMPILEDSECCOMP_LOCAL FilterView(  // NOLINT(google-explicit-constructor)
      const RenderedSpan& filter) noexcept
      : instructions_(filter.instructions_),
        size_(filter.size_),
        install_options_(filter.install_options_),
        failed_(filter.ok() ? nullptr : &filter.result_) {}

  // A program without variables: its table itself is handed to the kernel. With variables, installing fails.
  PRECOMPILEDSECCOMP_LOCAL FilterView(
      const Program& program) noexcept;  // NOLINT(google-explicit-constructor)

  // Instructions that were made elsewhere: an array, a span, a vector.
  template <std::convertible_to<std::span<const sock_filter>> T>
  PRECOMPILEDSECCOMP_LOCAL FilterView(const T& instructions) noexcept  // NOLINT(google-explicit-constructor)
      : FilterView(std::span<const sock_filter>(instructions), 0) {}

  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::span<const sock_filter> instructions() const noexcept;
  // PRECOMPILEDSECCOMP_INSTALL_... of table_format.h.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] std::uint32_t install_options() const noexcept {
    return install_options_;
  }
  // Success, or why there is nothing to install.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] RenderResult rendering() const noexcept;

 private:
  PRECOMPILEDSECCOMP_LOCAL FilterView(std::span<const sock_filter> instructions,
                                      std::uint32_t install_options) noexcept
      : instructions_(instructions.data()), size_(instructions.size()), install_options_(install_options) {}

  const sock_filter* instructions_ = nullptr;
  std::size_t size_ = 0;
  std::uint32_t install_options_ = 0;
  const RenderResult* failed_ = nullptr;  // a rendering
  const Program* unrendered_ = nullptr;   // has variables
};

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
