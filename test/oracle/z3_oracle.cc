// SPDX-License-Identifier: Apache-2.0

#include "oracle/z3_oracle.h"

#include <stdexcept>
#include <utility>
#include <vector>

#include "bpf/disassembler.h"
#include "bpf/interpreter.h"
#include "oracle/filter_term.h"
#include "oracle/policy_term.h"
#include "oracle/symbols.h"
#include "support/compare.h"

namespace precompiledseccomp::testing {
namespace {

// A call and values for which `wanted` is true.
struct Found {
  seccomp_data call{};
  VariableNumbers values;
};
using Search = std::variant<NoDifference, Found, NotKnown>;

Search Solve(const z3::expr& wanted, const Symbols& symbols, unsigned effort) {
  z3::context& context = symbols.context();
  z3::solver solver(context, "QF_BV");  // bit-vectors without quantifiers: decided by a SAT solver in the end
  z3::params params(context);
  params.set("rlimit", effort);
  solver.set(params);
  solver.add(wanted);
  switch (solver.check()) {
    case z3::unsat:
      return NoDifference();
    case z3::unknown:
      return NotKnown{solver.reason_unknown()};
    case z3::sat:
      break;
  }
  const z3::model model = solver.get_model();
  return Found{symbols.CallOf(model), symbols.ValuesOf(model)};
}

// What is found, with the answers that running gives.
template <typename Left, typename Right>
OracleAnswer Try(const Search& search, const Left& left, const Right& right) {
  if (const auto* not_known = std::get_if<NotKnown>(&search)) return *not_known;
  const auto* found = std::get_if<Found>(&search);
  if (found == nullptr) return NoDifference();
  const Difference difference = {found->call, found->values, left(*found), right(*found)};
  if (difference.left != difference.right) return difference;
  throw std::logic_error("z3 found a difference, but both answer " + bpf::DescribeReturn(difference.left));
}

auto Running(const bpf::FilterWithHoles& filter, bool big_endian) {
  return [&filter, big_endian](const Found& found) {
    return bpf::Run(Rendered(filter, found.values), found.call, big_endian).result;
  };
}

auto Evaluating(const ResolvedPolicy& policy) {
  return [&policy](const Found& found) { return Evaluate(policy, found.call, found.values); };
}

// Whether no value is larger than that of `than`, and one is smaller.
z3::expr HasSmallerValues(const verify::Refuted& than, Symbols& symbols) {
  z3::expr none_larger = symbols.context().bool_val(true);
  z3::expr one_smaller = symbols.context().bool_val(false);
  for (const auto& [name, value] : than.values) {
    none_larger = none_larger && z3::ule(symbols.Variable(name), symbols.Constant(value));
    one_smaller = one_smaller || z3::ult(symbols.Variable(name), symbols.Constant(value));
  }
  return none_larger && one_smaller;
}

// Whether what the symbols stand for comes before `than`: some field is smaller, and all those before it are
// the same; or all are the same, and values are smaller.
z3::expr ComesBefore(const verify::Refuted& than, const Target& target, Symbols& symbols) {
  const z3::expr is_own = symbols.arch() == symbols.Constant(target.audit_arch);
  if (than.call.arch != target.audit_arch) return is_own;

  std::vector<std::pair<z3::expr, std::uint64_t>> fields = {
      {symbols.number(), static_cast<std::uint32_t>(than.call.nr)},
      {symbols.instruction_pointer(), than.call.instruction_pointer}};
  for (int i = 0; i < bpf::kArgumentCount; ++i) fields.emplace_back(symbols.argument(i), than.call.args[i]);

  z3::expr before = HasSmallerValues(than, symbols);
  for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
    const auto& [symbol, value] = *field;
    const z3::expr limit = symbols.context().bv_val(value, symbol.get_sort().bv_size());
    before = z3::ult(symbol, limit) || (symbol == limit && before);
  }
  return is_own && before;
}

}  // namespace

OracleAnswer Oracle::FindDifference(const bpf::FilterWithHoles& filter, const ResolvedPolicy& policy) {
  Symbols symbols(context_);
  const bool big_endian = policy.target.big_endian;
  try {
    const z3::expr differ = FilterTerm(filter, symbols, big_endian) != PolicyTerm(policy, symbols);
    return Try(Solve(differ, symbols, effort_), Running(filter, big_endian), Evaluating(policy));
  } catch (const std::length_error& error) {
    return NotKnown{error.what()};
  }
}

OracleAnswer Oracle::FindDifference(const bpf::FilterWithHoles& left, const bpf::FilterWithHoles& right,
                                    bool big_endian) {
  Symbols symbols(context_);
  try {
    const z3::expr differ = FilterTerm(left, symbols, big_endian) != FilterTerm(right, symbols, big_endian);
    return Try(Solve(differ, symbols, effort_), Running(left, big_endian), Running(right, big_endian));
  } catch (const std::length_error& error) {
    return NotKnown{error.what()};
  }
}

OracleAnswer Oracle::FindSmallerDifference(const bpf::FilterWithHoles& filter, const ResolvedPolicy& policy,
                                           const verify::Refuted& than) {
  Symbols symbols(context_);
  const bool big_endian = policy.target.big_endian;
  try {
    const z3::expr differ = FilterTerm(filter, symbols, big_endian) != PolicyTerm(policy, symbols);
    const z3::expr wanted = differ && ComesBefore(than, policy.target, symbols);
    return Try(Solve(wanted, symbols, effort_), Running(filter, big_endian), Evaluating(policy));
  } catch (const std::length_error& error) {
    return NotKnown{error.what()};
  }
}

}  // namespace precompiledseccomp::testing
