// SPDX-License-Identifier: Apache-2.0

#include "write/table_layout.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

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

class Builder {
 public:
  void Add(const PrecompiledProgram& program) {
    TableLayout::Program record;
    record.name = RangeOfName(program.name);
    record.instructions = RangeOfInstructions(program);
    record.variables = RangeOfVariables(program);
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

  Range RangeOfOffsets(const std::vector<std::uint32_t>& offsets) {
    const auto [range, is_new] = offsets_.RangeOf(offsets);
    if (is_new) layout_.offsets.insert(layout_.offsets.end(), offsets.begin(), offsets.end());
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
      variables.push_back({RangeOfName(variable.name), variable.bits, RangeOfOffsets(variable.low_offsets),
                           RangeOfOffsets(variable.high_offsets)});
    const auto [range, is_new] = variables_.RangeOf(variables);
    if (is_new) layout_.variables.insert(layout_.variables.end(), variables.begin(), variables.end());
    return range;
  }

  TableLayout layout_;
  Pool<std::string> names_;
  Pool<std::vector<std::uint32_t>> offsets_;
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
