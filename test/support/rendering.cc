// SPDX-License-Identifier: Apache-2.0

#include "support/rendering.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "bpf/disassembler.h"
#include "bpf/interpreter.h"

namespace precompiledseccomp::testing {

std::vector<sock_filter> Rendered(const bpf::FilterWithHoles& filter, const VariableNumbers& values) {
  std::vector<sock_filter> program = filter.instructions;
  for (const bpf::Hole& hole : filter.holes) {
    const auto value = values.find(hole.variable);
    if (value == values.end()) throw std::invalid_argument("no value for " + hole.variable);
    program.at(hole.index).k = hole.OperandFor(value->second);
  }
  return program;
}

boost::test_tools::assertion_result IsShownByRunning(const verify::Refuted& refuted,
                                                     const ResolvedPolicy& policy,
                                                     const bpf::FilterWithHoles& filter) {
  const auto fail = [](const std::string& text) {
    boost::test_tools::assertion_result result(false);
    result.message() << text;
    return result;
  };
  const VariableNumbers values(refuted.values.begin(), refuted.values.end());
  const std::vector<sock_filter> program = Rendered(filter, values);
  std::vector<bool> ran;
  const std::uint32_t filter_answer = bpf::Run(program, refuted.call, ran, policy.target.big_endian).result;
  const std::uint32_t policy_answer = Evaluate(policy, refuted.call, values);
  if (filter_answer == policy_answer) return fail("both answer " + bpf::DescribeReturn(filter_answer));
  if (filter_answer != refuted.filter_answer)
    return fail("the filter answers " + bpf::DescribeReturn(filter_answer) + ", not " +
                bpf::DescribeReturn(refuted.filter_answer));
  if (policy_answer != refuted.policy_answer)
    return fail("the policy answers " + bpf::DescribeReturn(policy_answer) + ", not " +
                bpf::DescribeReturn(refuted.policy_answer));
  // Jumps go forward only: what ran last stands last.
  const auto last = static_cast<std::size_t>(ran.rend() - std::find(ran.rbegin(), ran.rend(), true)) - 1;
  if (last != refuted.instruction)
    return fail("the filter ends at instruction " + std::to_string(last) + ", not " +
                std::to_string(refuted.instruction));
  return true;
}

}  // namespace precompiledseccomp::testing
