// SPDX-License-Identifier: Apache-2.0

#include "precompile/prove_filter.h"

#include <variant>

#include <precompiledseccomp/error.h>

namespace precompiledseccomp {
namespace {

constexpr const char* kOurBug = "; please report this as a bug of precompiledseccomp";

}  // namespace

ProofRecord ProveFilter(const ResolvedPolicy& policy, const bpf::FilterWithHoles& filter,
                        const verify::Limits& limits) {
  const verify::Verdict verdict = verify::Prove(policy, filter, limits);
  if (const auto* proved = std::get_if<verify::Proved>(&verdict)) return {*proved, {}};
  if (const auto* refuted = std::get_if<verify::Refuted>(&verdict))
    throw Error("the compiled filter is wrong: " + Describe(*refuted, policy.target) + kOurBug);
  const auto& undecided = std::get<verify::Undecided>(verdict);
  if (undecided.reason != verify::Undecided::Reason::kTooMuchWork)
    throw Error("the compiled filter cannot be proved: " + undecided.text + kOurBug);
  return {{}, undecided.text};
}

}  // namespace precompiledseccomp
