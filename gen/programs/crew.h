// SPDX-License-Identifier: Apache-2.0
//
// Work on many programs, by several threads.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace precompiledseccomp::gen {

// One job for each of `count` indexes.
struct Jobs {
  std::size_t count = 0;
  // Called for one index after the other, from 0, by one thread at a time. What it returns is run at the same
  // time as other jobs; it may be empty, if there is nothing to do.
  std::function<std::function<void()>(std::size_t)> take;
  // Which program an index is about, for messages.
  std::function<std::string(std::size_t)> name;
};

// Does all jobs, by so many threads; as many as there are processors if nothing is said. Throws Errors, in
// the order of the indexes, for what jobs throw. After so many that no more are reported, no further jobs are
// taken; those that were taken are finished. So which errors are the first ones does not depend on which
// thread is faster.
void Do(const Jobs& jobs, std::optional<std::size_t> threads);

}  // namespace precompiledseccomp::gen
