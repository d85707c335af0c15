// SPDX-License-Identifier: Apache-2.0

#include "oracle/symbols.h"

#include <cstddef>

namespace precompiledseccomp::testing {
namespace {

constexpr unsigned kWordBits = 32;
constexpr unsigned kFieldBits = 64;

// Where the fields of seccomp_data begin, from its definition.
constexpr std::uint32_t kNumberAt = offsetof(seccomp_data, nr);
constexpr std::uint32_t kArchAt = offsetof(seccomp_data, arch);
constexpr std::uint32_t kInstructionPointerAt = offsetof(seccomp_data, instruction_pointer);
constexpr std::uint32_t kArgumentsAt = offsetof(seccomp_data, args);

std::uint64_t InModel(const z3::model& model, const z3::expr& symbol) {
  constexpr bool kZeroIfOpen = true;
  return model.eval(symbol, kZeroIfOpen).get_numeral_uint64();
}

}  // namespace

Symbols::Symbols(z3::context& context)
    : context_(&context),
      number_(context.bv_const("nr", kWordBits)),
      arch_(context.bv_const("arch", kWordBits)),
      instruction_pointer_(context.bv_const("ip", kFieldBits)),
      arguments_{context.bv_const("arg0", kFieldBits), context.bv_const("arg1", kFieldBits),
                 context.bv_const("arg2", kFieldBits), context.bv_const("arg3", kFieldBits),
                 context.bv_const("arg4", kFieldBits), context.bv_const("arg5", kFieldBits)} {}

z3::expr Symbols::WordAt(std::uint32_t offset, bool big_endian) const {
  if (offset == kNumberAt) return number_;
  if (offset == kArchAt) return arch_;
  const z3::expr& field = offset < kArgumentsAt
                              ? instruction_pointer_
                              : arguments_.at((offset - kArgumentsAt) / sizeof(std::uint64_t));
  const bool second_word = (offset - kInstructionPointerAt) % sizeof(std::uint64_t) != 0;
  return second_word != big_endian ? field.extract(63, 32) : field.extract(31, 0);
}

z3::expr Symbols::Variable(const std::string& name) {
  const auto known = variables_.find(name);
  if (known != variables_.end()) return known->second;
  // No field's name begins so.
  return variables_.emplace(name, context_->bv_const(("$" + name).c_str(), kWordBits)).first->second;
}

std::uint32_t Symbols::ValueOf(const z3::expr& term, const seccomp_data& call,
                               const std::map<std::string, std::uint32_t>& values) const {
  z3::expr_vector symbols(*context_);
  z3::expr_vector numbers(*context_);
  const auto add = [&](const z3::expr& symbol, std::uint64_t value) {
    symbols.push_back(symbol);
    numbers.push_back(context_->bv_val(value, symbol.get_sort().bv_size()));
  };
  add(number_, static_cast<std::uint32_t>(call.nr));
  add(arch_, call.arch);
  add(instruction_pointer_, call.instruction_pointer);
  for (std::size_t i = 0; i < arguments_.size(); ++i) add(arguments_[i], call.args[i]);
  for (const auto& [name, symbol] : variables_)
    if (const auto value = values.find(name); value != values.end()) add(symbol, value->second);
  z3::expr copy = term;  // substitute() is not const
  return static_cast<std::uint32_t>(copy.substitute(symbols, numbers).simplify().get_numeral_uint64());
}

seccomp_data Symbols::CallOf(const z3::model& model) const {
  seccomp_data call{};
  call.nr = static_cast<int>(static_cast<std::uint32_t>(InModel(model, number_)));
  call.arch = static_cast<std::uint32_t>(InModel(model, arch_));
  call.instruction_pointer = InModel(model, instruction_pointer_);
  for (std::size_t i = 0; i < arguments_.size(); ++i) call.args[i] = InModel(model, arguments_[i]);
  return call;
}

std::map<std::string, std::uint32_t> Symbols::ValuesOf(const z3::model& model) const {
  std::map<std::string, std::uint32_t> values;
  for (const auto& [name, symbol] : variables_)
    values.emplace(name, static_cast<std::uint32_t>(InModel(model, symbol)));
  return values;
}

}  // namespace precompiledseccomp::testing
