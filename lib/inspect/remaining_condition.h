// SPDX-License-Identifier: Apache-2.0
//
// What remains of a condition when the call is known, and some of the variables are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include <linux/seccomp.h>

#include <precompiledseccomp/condition.h>

#include "inspect/known_values.h"
#include "inspect/partly_known_call.h"

namespace precompiledseccomp::inspect {

// Whether it holds; or a condition of the variables that are not known, in which only tests are left whose
// outcome depends on them.
using Remaining = std::variant<bool, Condition>;

Remaining RemainingOf(const Condition& condition, const seccomp_data& call, const KnownValues& known);
// The same of a call that is not wholly known: tests of what is not are left, too.
Remaining RemainingOf(const Condition& condition, const PartlyKnownCall& call, const KnownValues& known);

// As text about the variables: "$fd1 == 3 || $size >= 0x1000".
std::string RemainingText(const Condition& condition, const seccomp_data& call, const KnownValues& known);

// Values of the variables between which the outcome changes.
struct ValuesToTry {
  // For each variable that occurs, by its place.
  std::vector<std::set<std::uint64_t>> values;
  // Whether other values cannot make another outcome than one of these.
  bool are_complete = true;
};

// Adds those of a condition. `values` has a set for each variable.
void AddValuesToTry(const Condition& condition, const seccomp_data& call, const KnownValues& known,
                    ValuesToTry& to_try);

}  // namespace precompiledseccomp::inspect
