// SPDX-License-Identifier: Apache-2.0
//
// The door of this room: a second opinion on whether a filter and a policy agree, by the SMT solver z3. It
// knows nothing of decision diagrams or paths: both sides are written down as terms over bit-vectors
// (filter_term.h, policy_term.h), and z3 is asked for a call and values of the variables that tell them
// apart.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include <z3++.h>

#include <linux/seccomp.h>

#include <precompiledseccomp/evaluate.h>

#include "support/rendering.h"
#include "verify/verify.h"

namespace precompiledseccomp::testing {

// They agree for all calls and all values.
struct NoDifference {};

// They do not. It was tried: bpf::Run and Evaluate give these answers.
struct Difference {
  seccomp_data call{};
  VariableNumbers values;
  std::uint32_t left = 0;   // what the first of the two answers
  std::uint32_t right = 0;  // what the second does
};

// z3 gave up, or there was too much to write down.
struct NotKnown {
  std::string reason;
};

using OracleAnswer = std::variant<NoDifference, Difference, NotKnown>;

// How long z3 may search, in units of its own (some millions a second), so that an answer does not depend on
// how busy the machine is.
inline constexpr unsigned kUsualEffort = 200'000'000;

// Answers one question after the other, each for itself: what z3 sets up for the first is kept, and that
// takes longer than most answers.
//
// All functions throw std::invalid_argument for filters that the kernel refuses, and those of FilterTerm();
// and std::logic_error if z3's answer is not what running shows: then one of the two encodings is wrong.
class Oracle {
 public:
  explicit Oracle(unsigned effort = kUsualEffort) : effort_(effort) {}

  OracleAnswer FindDifference(const bpf::FilterWithHoles& filter, const ResolvedPolicy& policy);
  // Of two filters for machines with this byte order.
  OracleAnswer FindDifference(const bpf::FilterWithHoles& left, const bpf::FilterWithHoles& right,
                              bool big_endian = false);

  // A difference that is smaller than this one, in the order that verify::Refuted promises. Where all
  // differences are of other architectures, any of the target's own is smaller, and no other. Of the same
  // call, values are smaller if one is, and none is larger.
  OracleAnswer FindSmallerDifference(const bpf::FilterWithHoles& filter, const ResolvedPolicy& policy,
                                     const verify::Refuted& than);

 private:
  unsigned effort_;
  z3::context context_;
};

}  // namespace precompiledseccomp::testing
