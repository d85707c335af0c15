// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include <precompiledseccomp/error.h>

namespace precompiledseccomp {

// What is wrong with one policy, for an author to mend in one go: the first of these becomes an Error, the
// others what it says in further().
class Mistakes {
 public:
  // So many are of use at once.
  static constexpr std::size_t kMost = 20;

  void Add(const Error& error) {
    AddOne(error);
    for (const Error& further : error.further()) AddOne(further);
  }

  // Runs `step`; if it throws an Error, that is one of these.
  template <typename Step>
  void Try(const Step& step) {
    try {
      step();
    } catch (const Error& error) {
      Add(error);
    }
  }

  void ThrowIfThereAreAny() const {
    if (!all_.empty()) throw all_.front().With({all_.begin() + 1, all_.end()});
  }

 private:
  void AddOne(const Error& error) {
    if (all_.size() < kMost) all_.push_back(error.With({}));
  }

  std::vector<Error> all_;
};

}  // namespace precompiledseccomp
