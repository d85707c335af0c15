// SPDX-License-Identifier: Apache-2.0

#include "write/table_layout.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <precompiledseccomp/table_format.h>

namespace precompiledseccomp::gen {
namespace {

struct ElementOrder {
  bool operator()(const sock_filter& a, const sock_filter& b) const {
    return std::tie(a.code, a.jt, a.jf, a.k) < std::tie(b.code, b.jt, b.jf, b.k);
  }
  template <typename T>
  bool operator()(const T& a, const T& b) const {
    return a < b;
  }
};

struct LexicographicOrder {
  template <typename Sequence>
  bool operator()(const Sequence& a, const Sequence& b) const {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), ElementOrder());
  }
};

// Gives each distinct sequence of elements a range of an array.
template <typename Sequence>
class Pool {
 public:
  // The range of the sequence, and whether it is new: then the caller appends its elements to the array.
  std::pair<Range, bool> RangeOf(const Sequence& sequence) {
    if (sequence.empty()) return {Range{}, false};
    const auto [entry, is_new] = ranges_.emplace(sequence, Range{size_, sequence.size()});
    if (is_new) size_ += sequence.size();
    return {entry->second, is_new};
  }

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::map<Sequence, Range, LexicographicOrder> ranges_;
  std::size_t size_ = 0;
};

std::uint16_t KindOf(const PrecompiledVariable& variable) {
  switch (variable.kind) {
    case Variable::Kind::kInteger:
      break;
    case Variable::Kind::kFd:
      return PRECOMPILEDSECCOMP_KIND_FD;
    case Variable::Kind::kPid:
      return PRECOMPILEDSECCOMP_KIND_PID;
    case Variable::Kind::kErrno:
      return PRECOMPILEDSECCOMP_KIND_ERRNO;
    case Variable::Kind::kAnswerData:
      return PRECOMPILEDSECCOMP_KIND_ANSWER_DATA;
  }
  return PRECOMPILEDSECCOMP_KIND_INTEGER;
}

std::uint32_t InstallOptionsOf(const InstallNeeds& needs) {
  std::uint32_t options = 0;
  if (needs.tsync) options |= PRECOMPILEDSECCOMP_INSTALL_TSYNC;
  if (needs.log) options |= PRECOMPILEDSECCOMP_INSTALL_LOG;
  if (needs.spec_allow) options |= PRECOMPILEDSECCOMP_INSTALL_SPEC_ALLOW;
  if (needs.new_listener) options |= PRECOMPILEDSECCOMP_INSTALL_NEW_LISTENER;
  if (needs.wait_killable_recv) options |= PRECOMPILEDSECCOMP_INSTALL_WAIT_KILLABLE_RECV;
  if (needs.confirmed_kill_process) options |= PRECOMPILEDSECCOMP_INSTALL_CONFIRMED_KILL_PROCESS;
  return options;
}

class Builder {
 public:
  void Add(const PrecompiledProgram& program) {
    TableLayout::Program record;
    record.name = RangeOfName(program.name);
    record.instructions = RangeOfInstructions(program);
    record.variables = RangeOfVariables(program);
    record.abis = RangeOfAbis(program);
    record.install_options = InstallOptionsOf(program.install);
    layout_.programs.push_back(record);
  }

  TableLayout Take() {
    layout_.instruction_count = instructions_.size();
    return std::move(layout_);
  }

 private:
  Range RangeOfName(const std::string& name) {
    const auto [range, is_new] = names_.RangeOf(name);
    if (is_new) {
      layout_.names.push_back(range);
      layout_.name_text += name;
    }
    return range;
  }

  Range RangeOfPlaces(const PrecompiledVariable& variable) {
    std::vector<TableLayout::Place> places;
    const auto add = [&](std::uint32_t offset, std::uint16_t half) {
      const std::vector<std::uint32_t>& flipped = variable.flipped_offsets;
      const bool is_flipped = std::binary_search(flipped.begin(), flipped.end(), offset);
      const int form = is_flipped ? half | PRECOMPILEDSECCOMP_FORM_FLIPPED : half;
      places.push_back({offset, static_cast<std::uint16_t>(form)});
    };
    for (const std::uint32_t offset : variable.low_offsets) add(offset, 0);
    for (const std::uint32_t offset : variable.high_offsets) add(offset, PRECOMPILEDSECCOMP_FORM_HIGH_HALF);
    const auto [range, is_new] = places_.RangeOf(places);
    if (is_new) layout_.places.insert(layout_.places.end(), places.begin(), places.end());
    return range;
  }

  Range RangeOfAbis(const PrecompiledProgram& program) {
    // No target has bits in its numbers that another ABI of its architecture has not: those are foreign.
    const std::vector<TableLayout::Abi> abis = {{program.target.audit_arch, 0}};
    const auto [range, is_new] = abis_.RangeOf(abis);
    if (is_new) layout_.abis.insert(layout_.abis.end(), abis.begin(), abis.end());
    return range;
  }

  Range RangeOfInstructions(const PrecompiledProgram& program) {
    const auto [range, is_new] = instructions_.RangeOf(program.instructions);
    if (is_new) {
      block_at_[range.first] = layout_.blocks.size();
      layout_.blocks.push_back({range, {}});
    }
    layout_.blocks[block_at_[range.first]].programs.push_back(layout_.programs.size());
    return range;
  }

  Range RangeOfVariables(const PrecompiledProgram& program) {
    std::vector<TableLayout::Variable> variables;
    for (const PrecompiledVariable& variable : program.variables)
      variables.push_back(
          {RangeOfName(variable.name), variable.bits, KindOf(variable), RangeOfPlaces(variable)});
    const auto [range, is_new] = variables_.RangeOf(variables);
    if (is_new) layout_.variables.insert(layout_.variables.end(), variables.begin(), variables.end());
    return range;
  }

  TableLayout layout_;
  Pool<std::string> names_;
  Pool<std::vector<TableLayout::Place>> places_;
  Pool<std::vector<TableLayout::Abi>> abis_;
  Pool<std::vector<sock_filter>> instructions_;
  Pool<std::vector<TableLayout::Variable>> variables_;
  std::map<std::size_t, std::size_t> block_at_;  // by first instruction
};

}  // namespace

TableLayout LayOutTable(std::span<const PrecompiledProgram> programs) {
  Builder builder;
  for (const PrecompiledProgram& program : programs) builder.Add(program);
  return builder.Take();
}

}  // namespace precompiledseccomp::gen
