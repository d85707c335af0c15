// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include <z3++.h>

#include <linux/seccomp.h>

#include "bpf/instructions.h"

namespace precompiledseccomp::testing {

// The unknowns that the terms of a filter and of a policy are made of: the fields of one seccomp_data, and
// the words of variables. All of them are bit-vectors. Lives no longer than its context.
class Symbols {
 public:
  explicit Symbols(z3::context& context);

  [[nodiscard]] z3::context& context() const { return *context_; }

  // 32 bits each.
  [[nodiscard]] const z3::expr& number() const { return number_; }
  [[nodiscard]] const z3::expr& arch() const { return arch_; }
  // 64 bits each. `index` is 0 to 5.
  [[nodiscard]] const z3::expr& instruction_pointer() const { return instruction_pointer_; }
  [[nodiscard]] const z3::expr& argument(int index) const {
    return arguments_.at(static_cast<std::size_t>(index));
  }

  // The 32-bit word of seccomp_data at `offset`, a multiple of 4 below 64, in this byte order.
  [[nodiscard]] z3::expr WordAt(std::uint32_t offset, bool big_endian) const;

  // 32 bits, the same for the same name, as in Word.
  z3::expr Variable(const std::string& name);
  // Those asked for so far.
  [[nodiscard]] const std::map<std::string, z3::expr>& variables() const { return variables_; }

  [[nodiscard]] z3::expr Constant(std::uint32_t value) const { return context_->bv_val(value, 32); }

  // What `term` is for this call and these values of all variables() that it contains; a term of 32 bits.
  [[nodiscard]] std::uint32_t ValueOf(const z3::expr& term, const seccomp_data& call,
                                      const std::map<std::string, std::uint32_t>& values) const;

  // The call that a model describes. What the model leaves open is zero.
  [[nodiscard]] seccomp_data CallOf(const z3::model& model) const;
  [[nodiscard]] std::map<std::string, std::uint32_t> ValuesOf(const z3::model& model) const;

 private:
  z3::context* context_;
  z3::expr number_;
  z3::expr arch_;
  z3::expr instruction_pointer_;
  std::array<z3::expr, bpf::kArgumentCount> arguments_;
  std::map<std::string, z3::expr> variables_;
};

}  // namespace precompiledseccomp::testing
