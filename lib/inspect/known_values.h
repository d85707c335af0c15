// SPDX-License-Identifier: Apache-2.0
//
// The values of a program's variables, as far as they are known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/precompile.h>
#include <precompiledseccomp/value.h>

namespace precompiledseccomp::inspect {

class KnownValues {
 public:
  // A value, or nothing, for each variable of the program, in order; as CheckNumber() permits them.
  KnownValues(const PrecompiledProgram& program, std::vector<std::optional<std::uint64_t>> values);

  [[nodiscard]] const std::vector<Variable>& variables() const { return variables_; }
  [[nodiscard]] bool IsKnown(std::size_t variable) const { return values_[variable].has_value(); }
  // Of the words that are known.
  [[nodiscard]] const VariableNumbers& numbers() const { return numbers_; }

  // Whether a policy can be asked about this value.
  [[nodiscard]] bool IsKnown(const Value& value) const;
  // The variable of a value that is no constant.
  [[nodiscard]] std::size_t VariableOf(const Value& value) const;

  // With values for some that are not known, in the order of the variables, and for the others of these any
  // that they can have.
  [[nodiscard]] std::vector<std::uint64_t> CompletedWith(
      const std::vector<std::optional<std::uint64_t>>& others) const;

 private:
  std::vector<Variable> variables_;
  std::vector<std::optional<std::uint64_t>> values_;
  VariableNumbers numbers_;
};

}  // namespace precompiledseccomp::inspect
