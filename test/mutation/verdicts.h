// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "mutation/equivalent.h"
#include "mutation/mutants.h"
#include "oracle/sample_policies.h"
#include "oracle/z3_oracle.h"

namespace precompiledseccomp::testing {

struct Counts {
  std::size_t mutants = 0;
  std::size_t refused = 0;  // by the kernel
  std::size_t refuted = 0;
  std::size_t equivalent = 0;
};

// What became of the mutants of several programs.
class Verdicts {
 public:
  // Checks the mutants of a compiled policy: all, or every `stride`th from the one at place `first` on.
  //
  // Each that the kernel accepts goes to the prover. One that is refuted must come with a call that shows it.
  // One that is proved is an equivalent: no boundary call may show a difference, nor may z3 find one; it is
  // listed in the test's log. One that is left undecided is an error.
  void CheckMutantsOf(const CompiledPolicy& compiled, std::size_t first = 0, std::size_t stride = 1);

  [[nodiscard]] const Counts& Of(Mutation mutation) const {
    return by_mutation_.at(static_cast<std::size_t>(mutation));
  }
  [[nodiscard]] Counts Total() const;

  // All counts, for the log.
  [[nodiscard]] std::string Table() const;

 private:
  void Check(const CompiledPolicy& compiled, const Mutant& mutant);
  void CheckEquivalent(const CompiledPolicy& compiled, const Mutant& mutant);

  std::array<Counts, kMutations> by_mutation_;
  std::array<std::size_t, kWhys> whys_{};
  Oracle oracle_;
  double prover_seconds_ = 0;
  double oracle_seconds_ = 0;
};

}  // namespace precompiledseccomp::testing
