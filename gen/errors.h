// SPDX-License-Identifier: Apache-2.0
//
// Several mistakes in one module, to be mended in one go.
#pragma once

#include <algorithm>
#include <cstddef>
#include <exception>
#include <utility>
#include <vector>

#include <precompiledseccomp/error.h>

#include "base/mistakes.h"

namespace precompiledseccomp::gen {

class Errors : public std::exception {
 public:
  static constexpr std::size_t kMost = Mistakes::kMost;

  // One at least, and what is further wrong with each. What says the same as another, of another target, is
  // said once; of very many, the first.
  explicit Errors(const std::vector<Error>& errors) {
    for (const Error& error : errors) {
      AddIfNew(error);
      for (const Error& further : error.further()) AddIfNew(further);
    }
  }

  [[nodiscard]] const std::vector<Error>& all() const { return all_; }
  // Whether there are, or may be, more than these.
  [[nodiscard]] bool are_cut_short() const { return are_cut_short_; }

  [[nodiscard]] Errors InModule(const std::string& module) const {
    Errors located = *this;
    for (Error& error : located.all_) error = error.InModule(module);
    return located;
  }

  [[nodiscard]] const char* what() const noexcept override { return all_.front().what(); }

 private:
  void AddIfNew(const Error& error) {
    const bool is_known = std::any_of(all_.begin(), all_.end(), [&](const Error& known) {
      return known.problem() == error.problem() && known.program() == error.program();
    });
    if (is_known) return;
    if (all_.size() == kMost)
      are_cut_short_ = true;
    else
      all_.push_back(error);
  }

  std::vector<Error> all_;
  bool are_cut_short_ = false;
};

}  // namespace precompiledseccomp::gen
