// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include <precompiledseccomp/evaluate.h>

#include "oracle/z3_oracle.h"
#include "support/random.h"
#include "verify/verify.h"

// Asks both provers.
namespace precompiledseccomp::testing {

class BothProvers {
 public:
  BothProvers() = default;
  BothProvers(const BothProvers&) = delete;
  BothProvers& operator=(const BothProvers&) = delete;
  // Writes what was done, and what it took, to the test's log.
  ~BothProvers();

  // Checks that both say that the filter is right.
  void CheckProved(const ResolvedPolicy& policy, const bpf::FilterWithHoles& filter);
  // Checks that both say the same, and the prover also in some other order of its diagrams' levels than it
  // would take. Where the filter is wrong, the call that the prover gives must show it,
  // and z3 must find none that is smaller.
  void CheckSameVerdict(const ResolvedPolicy& policy, const bpf::FilterWithHoles& filter);

  [[nodiscard]] std::size_t proved() const { return proved_; }
  [[nodiscard]] std::size_t refuted() const { return refuted_; }
  [[nodiscard]] std::size_t not_followed() const { return not_followed_; }

 private:
  struct Answers {
    verify::Verdict verdict;
    OracleAnswer answer;
  };
  void CheckInAnyOrder(const verify::Verdict& verdict, const ResolvedPolicy& policy,
                       const bpf::FilterWithHoles& filter);
  Answers Ask(const ResolvedPolicy& policy, const bpf::FilterWithHoles& filter);
  void CheckRefuted(const verify::Refuted& refuted, const ResolvedPolicy& policy,
                    const bpf::FilterWithHoles& filter);

  Oracle oracle_;
  Random random_{1};
  std::size_t in_any_order_ = 0;
  std::size_t proved_ = 0;
  std::size_t refuted_ = 0;
  std::size_t not_followed_ = 0;
  double prover_seconds_ = 0;
  double oracle_seconds_ = 0;
};

}  // namespace precompiledseccomp::testing
