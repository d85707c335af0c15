// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "verify/budget.h"

namespace precompiledseccomp::verify {

// A growing array of plain values that stay where they are in memory: a vector would take up to three times
// as much while it moves them to where there is more room.
template <typename Value>
class Pages {
 public:
  explicit Pages(Budget& budget) : memory_(budget) {}

  [[nodiscard]] const Value& operator[](std::size_t index) const {
    return pages_[index / kPage][index % kPage];
  }
  // `count` values from `index` on, which were added together.
  [[nodiscard]] std::span<const Value> At(std::size_t index, std::size_t count) const {
    return {&pages_[index / kPage][index % kPage], count};
  }

  // Adds values, at most kMostTogether, and returns the index of the first. They are neighbours: if the page
  // has no room for them all, they are on the next one.
  std::size_t Add(std::span<const Value> values) {
    if (size_ % kPage + values.size() > kPage || size_ % kPage == 0) {
      size_ = pages_.size() * kPage;
      memory_.Take(kPage * sizeof(Value));
      pages_.push_back(std::make_unique<Value[]>(kPage));  // NOLINT: of one size, known
    }
    const std::size_t index = size_;
    std::copy(values.begin(), values.end(), &pages_[index / kPage][index % kPage]);
    size_ += values.size();
    return index;
  }

  // The index behind the last value.
  [[nodiscard]] std::size_t size() const { return size_; }

  static constexpr std::size_t kMostTogether = 256;

 private:
  static constexpr std::size_t kPage = 8192;

  Memory memory_;
  std::vector<std::unique_ptr<Value[]>> pages_;  // NOLINT: as above
  std::size_t size_ = 0;
};

}  // namespace precompiledseccomp::verify
