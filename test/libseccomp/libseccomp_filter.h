// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include <linux/filter.h>
#include <seccomp.h>

#include <precompiledseccomp/evaluate.h>

// A policy as libseccomp's users would write it.
namespace precompiledseccomp::testing {

// One call of seccomp_rule_add_array.
struct LibseccompRule {
  std::uint32_t action = 0;
  int number = 0;
  std::vector<scmp_arg_cmp> comparisons;
};

struct LibseccompPolicy {
  std::uint32_t default_action = 0;
  std::vector<LibseccompRule> rules;
};

// Throws std::runtime_error for what libseccomp cannot express: it has one comparison for each argument in a
// rule, no order of rules, and no negation.
LibseccompPolicy ForLibseccomp(const ResolvedPolicy& policy);

struct ContextDeleter {
  void operator()(scmp_filter_ctx context) const { seccomp_release(context); }
};
using Context = std::unique_ptr<void, ContextDeleter>;

enum class LibseccompShape { kLinear = 1, kTree = 2 };  // the values of SCMP_FLTATR_CTL_OPTIMIZE

// Everything up to seccomp_load. Null on failure.
Context Build(const LibseccompPolicy& policy, LibseccompShape shape);

// What seccomp_load would install.
std::vector<sock_filter> Export(const Context& context);

}  // namespace precompiledseccomp::testing
