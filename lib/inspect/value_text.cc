// SPDX-License-Identifier: Apache-2.0

#include "inspect/value_text.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "inspect/constants.h"
#include "inspect/number_text.h"
#include "verify/cubes.h"

namespace precompiledseccomp::inspect {
namespace {

using verify::ValueRange;
using verify::ValueSet;

// Of a list that is written one by one. There are filters with hundreds of requests of ioctl.
constexpr std::size_t kMostListed = 512;
// Of a text that is put together byte by byte, for what no list and no mask describes.
constexpr std::size_t kLongestText = 20'000;

constexpr std::uint64_t kLowHalf = 0xffffffff;

// ---- What is described: all of a field, or its lower half.

struct View {
  ValueSet values;
  std::string name;
  const FieldName& field;
  bool is_signed = false;  // values with their highest bit set are negative

  // Where a mask takes some of its bits: "addr" for "(u32)addr".
  [[nodiscard]] std::string NameOfBits() const {
    const bool is_low_half = values.bits() == 32 && field.bits > 32;
    return is_low_half ? field.text : name;
  }
  [[nodiscard]] std::uint64_t SignBit() const { return std::uint64_t{1} << (values.bits() - 1); }
  [[nodiscard]] std::uint64_t AllBits() const { return SignBit() | (SignBit() - 1); }
  // So that the order of keys is that of the values.
  [[nodiscard]] std::uint64_t KeyOf(std::uint64_t value) const {
    return is_signed ? value ^ SignBit() : value;
  }
};

// What calls pass whose int has been made 64 bits wide with its sign.
ValueSet WideInts() {
  return ValueSet::Range(64, {0, 0x7fffffff}).Or(ValueSet::Range(64, {0xffffffff80000000, UINT64_MAX}));
}

std::optional<View> LowHalfOfNarrow(const ValueSet& values, const FieldName& field) {
  const ValueSet with_zero = values.LowHalvesAt(0);
  const bool has_no_upper_half = values.IsWithin(ValueSet::Range(64, {0, kLowHalf}));
  const bool is_never_negative = with_zero.IsWithin(ValueSet::Range(32, {0, 0x7fffffff}));
  if (has_no_upper_half && (!field.is_signed || is_never_negative) && !with_zero.IsAll())
    return View{with_zero, field.text, field, field.is_signed};
  if (!field.is_signed || !values.IsWithin(WideInts())) return std::nullopt;
  const ValueSet ints = with_zero.Or(values.LowHalvesAt(kLowHalf));
  if (ints.IsAll()) return std::nullopt;
  return View{ints, field.text, field, true};
}

View ViewOf(const ValueSet& values, const FieldName& field) {
  const bool is_narrow = field.bits <= 32;
  if (values.bits() == 32) return {values, field.text, field, false};
  if ((values.BitsThatMatter() & ~kLowHalf) == 0)
    return {values.LowHalvesAt(0), is_narrow ? field.text : "(u32)" + field.text, field,
            is_narrow && field.is_signed};
  if (!is_narrow) return {values, field.text, field, field.is_signed};
  if (auto view = LowHalfOfNarrow(values, field)) return *view;
  return {values, "(u64)" + field.text, field, false};
}

// ---- Values.

std::string ValueText(std::uint64_t value, const View& view) {
  const std::string_view name = NameOfValue(view.field.call, view.field.text, value);
  if (!name.empty()) return std::string(name);
  const std::uint64_t negated = (0 - value) & view.AllBits();
  const bool is_negative = view.is_signed && (value & view.SignBit()) != 0;
  // Of an int that was made wider, too, wherever its upper half counts.
  const bool is_wide_int = view.field.is_signed && view.values.bits() == 64 && value >= 0xffffffff80000000;
  if ((is_negative && negated <= kLowHalf) || is_wide_int) {
    std::string text = "-";
    return text.append(ShortNumber(negated));
  }
  return ShortNumber(value);
}

bool HasName(std::uint64_t value, const View& view) {
  return !NameOfValue(view.field.call, view.field.text, value).empty();
}

// In the order of keys; none goes over the end of the order. Nothing if there are too many.
std::optional<std::vector<ValueRange>> RangesInOrder(const ValueSet& values, const View& view) {
  std::optional<std::vector<ValueRange>> ranges = values.Ranges(kMostListed);
  if (!ranges || !view.is_signed) return ranges;
  std::vector<ValueRange> keys;
  for (const ValueRange& range : *ranges) {
    const bool is_over_the_end = range.first < view.SignBit() && range.last >= view.SignBit();
    if (is_over_the_end) keys.push_back({view.KeyOf(range.first), view.KeyOf(view.SignBit() - 1)});
    keys.push_back({view.KeyOf(is_over_the_end ? view.SignBit() : range.first), view.KeyOf(range.last)});
  }
  std::sort(keys.begin(), keys.end(),
            [](const ValueRange& left, const ValueRange& right) { return left.first < right.first; });
  std::vector<ValueRange> merged;
  for (const ValueRange& key : keys) {
    if (!merged.empty() && merged.back().last + 1 == key.first)
      merged.back().last = key.last;
    else
      merged.push_back(key);
  }
  for (ValueRange& key : merged) key = {view.KeyOf(key.first), view.KeyOf(key.last)};
  return merged;
}

// The values of a short range that all have names, and of one of two values, one by one.
std::string RangeText(const ValueRange& range, const View& view) {
  constexpr std::uint64_t kShort = 16;
  const std::uint64_t count = range.last - range.first + 1;
  bool one_by_one = count == 1 || count == 2;
  if (count > 2 && count <= kShort) {
    one_by_one = true;
    for (std::uint64_t i = 0; i < count; ++i) one_by_one = one_by_one && HasName(range.first + i, view);
  }
  if (!one_by_one) return ValueText(range.first, view) + ".." + ValueText(range.last, view);
  std::string text;
  for (std::uint64_t i = 0; i < count; ++i) text += (i == 0 ? "" : ", ") + ValueText(range.first + i, view);
  return text;
}

std::string ListText(const std::vector<ValueRange>& ranges, const View& view) {
  std::string text;
  for (const ValueRange& range : ranges) text += (text.empty() ? "" : ", ") + RangeText(range, view);
  return text;
}

// ---- The ways to describe a set. Each is exact, or none.

using Text = std::optional<std::string>;

Text AsRanges(const View& view) {
  const auto ranges = RangesInOrder(view.values, view);
  if (!ranges) return std::nullopt;
  if (ranges->size() > 1) return view.name + " in {" + ListText(*ranges, view) + "}";
  const ValueRange& range = ranges->front();
  if (range.first == range.last) return view.name + " == " + ValueText(range.first, view);
  if (view.KeyOf(range.first) == 0) return view.name + " <= " + ValueText(range.last, view);
  if (view.KeyOf(range.last) == view.AllBits()) return view.name + " >= " + ValueText(range.first, view);
  const std::string text = RangeText(range, view);
  return view.name + (text.find(',') == std::string::npos ? " in " + text : " in {" + text + "}");
}

Text AsAllBut(const View& view) {
  const auto ranges = RangesInOrder(view.values.Complement(), view);
  if (!ranges) return std::nullopt;
  const ValueRange& first = ranges->front();
  if (ranges->size() == 1 && first.first == first.last)
    return view.name + " != " + ValueText(first.first, view);
  return view.name + " not in {" + ListText(*ranges, view) + "}";
}

std::string BitsText(std::uint64_t bits) {
  return bits < 10 ? std::to_string(bits) : HexNumber(bits);
}

// (name & mask) == value, and with several values, of those bits that matter.
Text AsMasked(const View& view, bool of_complement) {
  const std::uint64_t mask = view.values.BitsThatMatter();
  if (mask == view.AllBits()) return std::nullopt;
  const ValueSet values = of_complement ? view.values.Complement() : view.values;
  const ValueSet without_others = values.And(ValueSet::Masked(values.bits(), view.AllBits() & ~mask, 0));
  const auto ranges = without_others.Ranges(kMostListed);
  if (!ranges || without_others.Count() > kMostListed) return std::nullopt;
  std::string list;
  for (const ValueRange& range : *ranges)
    for (std::uint64_t value = range.first; value <= range.last && value >= range.first; ++value)
      list += (list.empty() ? "" : ", ") + BitsText(value);
  const std::string tested = "(" + view.NameOfBits() + " & " + HexNumber(mask) + ")";
  if (without_others.Count() == 1) return tested + (of_complement ? " != " : " == ") + list;
  return tested + (of_complement ? " not in {" : " in {") + list + "}";
}

// What single masks do not describe is single numbers and several masks together.
struct Pieces {
  ValueSet numbers;  // all those that no mask takes
  std::map<std::uint64_t, std::set<std::uint64_t>> values_of_masks;
};

std::optional<Pieces> PiecesOf(const ValueSet& values) {
  constexpr int kFreeBitsOfAMask = 10;  // those with fewer take a few numbers only
  const auto cubes = verify::CubesOf(values, kMostListed);
  if (!cubes) return std::nullopt;
  Pieces pieces{values, {}};
  for (const verify::Cube& cube : *cubes) {
    if (values.bits() - std::popcount(cube.mask) < kFreeBitsOfAMask) continue;
    pieces.values_of_masks[cube.mask].insert(cube.value);
    pieces.numbers = pieces.numbers.And(ValueSet::Masked(values.bits(), cube.mask, cube.value).Complement());
  }
  return pieces;
}

// "(cmd & 0xff00ffff) in {4, 5}"; of a single bit, whether it is 0.
std::string MaskText(const View& view, std::uint64_t mask, const std::set<std::uint64_t>& values,
                     bool holds) {
  const std::string tested = "(" + view.NameOfBits() + " & " + HexNumber(mask) + ")";
  const std::uint64_t first = *values.begin();
  if (values.size() == 1 && std::has_single_bit(mask))
    return tested + ((first == 0) == holds ? " == 0" : " != 0");
  if (values.size() == 1) return tested + (holds ? " == " : " != ") + BitsText(first);
  std::string list;
  for (const std::uint64_t value : values) list += (list.empty() ? "" : ", ") + BitsText(value);
  return tested + (holds ? " in {" : " not in {") + list + "}";
}

// "(cmd in {TCGETS, 5} || (cmd & 0xff00ffff) == 0x4600)"; by what is missing, none of them:
// "(prot != 3 && (prot & 0x4) == 0)".
Text AsPieces(const View& view, bool of_complement) {
  const auto pieces = PiecesOf(of_complement ? view.values.Complement() : view.values);
  if (!pieces) return std::nullopt;
  std::vector<std::string> parts;
  if (!pieces->numbers.IsEmpty()) {
    const View numbers{of_complement ? pieces->numbers.Complement() : pieces->numbers, view.name, view.field,
                       view.is_signed};
    const Text text = of_complement ? AsAllBut(numbers) : AsRanges(numbers);
    if (!text) return std::nullopt;
    parts.push_back(*text);
  }
  for (const auto& [mask, values] : pieces->values_of_masks)
    parts.push_back(MaskText(view, mask, values, !of_complement));
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : of_complement ? " && " : " || ") + part;
  return parts.size() == 1 ? text : "(" + text + ")";
}

// Byte by byte: what remains behind each byte, and for which of its values.
class ByBytes {
 public:
  explicit ByBytes(const View& view) : view_(view) {}

  std::string Text() {
    std::string text = TextFrom(view_.values.root());
    if (length_ <= kLongestText) return text;
    return view_.name + " in a set of " + std::to_string(view_.values.Count()) +
           " numbers that takes too long to write";
  }

 private:
  std::string TextFrom(ValueSet::Node node) {
    std::string text;
    std::size_t parts = 0;
    std::vector<ValueSet::Node> nexts;
    for (const ValueSet::Run& run : view_.values.RunsOf(node))
      if (run.next != ValueSet::kOutside && std::find(nexts.begin(), nexts.end(), run.next) == nexts.end())
        nexts.push_back(run.next);
    for (const ValueSet::Node next : nexts) {
      if (length_ > kLongestText) break;
      const std::string byte = ByteText(node, next);
      length_ += byte.size();
      const bool has_rest = next != ValueSet::kInside;
      text.append(parts++ == 0 ? "" : " || ").append(has_rest ? "(" : "").append(byte);
      if (has_rest) text.append(" && ").append(TextFrom(next)).append(")");
    }
    return parts > 1 ? "(" + text + ")" : text;
  }

  // For which values of its byte a node leads to `next`.
  std::string ByteText(ValueSet::Node node, ValueSet::Node next) const {
    const int shift = view_.values.bits() - 8 * (view_.values.ByteOf(node) + 1);
    const std::uint64_t mask = std::uint64_t{0xff} << shift;
    const std::vector<ValueSet::Run>& runs = view_.values.RunsOf(node);
    std::string list;
    bool is_one = true;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (runs[i].next != next) continue;
      const std::uint64_t last = i + 1 < runs.size() ? runs[i + 1].first - 1 : 0xff;
      is_one = is_one && list.empty() && last == runs[i].first;
      list += (list.empty() ? "" : ", ") + BitsText(std::uint64_t{runs[i].first} << shift);
      // Of the byte alone: what lies between is what the mask leaves.
      if (last != runs[i].first) list += ".." + BitsText(last << shift);
    }
    const std::string tested = "(" + view_.NameOfBits() + " & " + HexNumber(mask) + ")";
    return is_one ? tested + " == " + list : tested + " in {" + list + "}";
  }

  const View& view_;
  std::size_t length_ = 0;
};

}  // namespace

FieldNames::FieldNames(const Target& target, const std::string& call)
    : names_{{"arch", 32, false, {}}, {"number", 32, false, {}}, {"ip", 64, false, {}}} {
  constexpr int kArgumentCount = 6;
  for (int i = 0; i < kArgumentCount; ++i) names_.push_back({"arg" + std::to_string(i), 64, false, call});
  const auto parameters = ParametersOf(target, call);
  if (!parameters) return;
  // There are parameters that the kernel calls arg5, and that are not at place 5.
  for (const Parameter& parameter : *parameters)
    for (int i = 0; i < kArgumentCount; ++i)
      if (parameter.name == "arg" + std::to_string(i))
        names_[3 + static_cast<std::size_t>(i)].text = "args[" + std::to_string(i) + "]";
  for (const Parameter& parameter : *parameters)
    names_[3 + static_cast<std::size_t>(parameter.index)] = {std::string(parameter.name), parameter.bits,
                                                             parameter.is_signed, call};
}

const FieldName& FieldNames::Of(verify::Source field) const {
  return names_[field < verify::kInstructionPointer ? field : field / 2 + 1];
}

std::string ValuesText(const ValueSet& values, const FieldName& field) {
  constexpr std::size_t kShort = 200;  // of a text that need not be shorter
  const View view = ViewOf(values, field);
  Text shortest;
  for (const Text& text : {AsRanges(view), AsAllBut(view), AsMasked(view, false), AsMasked(view, true)})
    if (text && (!shortest || text->size() < shortest->size())) shortest = text;
  if (shortest && shortest->size() < kShort) return *shortest;
  for (const Text& text : {AsPieces(view, false), AsPieces(view, true)})
    if (text && (!shortest || text->size() < shortest->size())) shortest = text;
  return shortest ? *shortest : ByBytes(view).Text();
}

std::string NumberSetText(const ValueSet& values, const std::string& prefix) {
  static const FieldName kNumber{"number", 32, false, {}};
  if (values.IsAll()) return "all";
  const auto ranges = values.Ranges(kMostListed);
  if (!ranges) return "those with " + ValuesText(values, kNumber);
  std::string text;
  for (const ValueRange& range : *ranges) {
    text += (text.empty() ? "" : ", ") + prefix + ShortNumber(range.first);
    if (range.last != range.first) text += ".." + prefix + ShortNumber(range.last);
  }
  return text;
}

}  // namespace precompiledseccomp::inspect
