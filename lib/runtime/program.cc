// SPDX-License-Identifier: Apache-2.0
//
// Indexing a std::span or std::string_view is avoided here: with _GLIBCXX_ASSERTIONS the check would call
// into libstdc++, which an application need not have.
#include <precompiledseccomp/program.h>

#include <type_traits>

#include "cold_start.h"

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {
namespace {

// Records are read where they lie, at distances that MakeProgram() and MakeVariable() compute with offsetof.
static_assert(std::is_standard_layout_v<Program> && std::is_standard_layout_v<VariableRecord>);
static_assert(sizeof(Program) == 3 * sizeof(internal::TablePlace) &&
              alignof(Program) == alignof(std::uint32_t));
static_assert(sizeof(VariableRecord) == 3 * sizeof(internal::TablePlace) + sizeof(std::uint32_t) &&
              alignof(VariableRecord) == alignof(std::uint32_t));
static_assert(sizeof(sock_filter) == 8 && alignof(sock_filter) == alignof(std::uint32_t));

// The elements at `place`, seen from `record`. Both are parts of one ProgramTable.
//
// The language does not define arithmetic that leads from one member of an object to another. GCC and Clang
// do what is meant, for addresses as std::byte: neither assumes that a pointer made in this way stays within
// the member that it came from. test/runtime reads every part of a table with both, optimised and sanitized.
template <typename Element, typename Record>
std::span<const Element> At(const Record& record, internal::TablePlace place) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&record) + place.distance;
  return {reinterpret_cast<const Element*>(bytes), place.count};
}

std::string_view NameAt(std::span<const char> name) {
  return {name.data(), name.size()};
}

// The first value of this name, or nullptr.
const VariableValue* FindValue(std::span<const VariableValue> values, std::string_view name) {
  for (const VariableValue& value : values)
    if (CompareNames(value.name(), name) == 0) return &value;
  return nullptr;
}

bool HasVariable(const Program& program, std::string_view name) {
  for (const VariableRecord& variable : program.variables())
    if (CompareNames(variable.name(), name) == 0) return true;
  return false;
}

}  // namespace

std::string_view VariableRecord::name() const noexcept {
  return NameAt(At<char>(*this, name_));
}

std::span<const std::uint32_t> VariableRecord::low_offsets() const noexcept {
  return At<std::uint32_t>(*this, low_);
}

std::span<const std::uint32_t> VariableRecord::high_offsets() const noexcept {
  return At<std::uint32_t>(*this, high_);
}

std::string_view Program::name() const noexcept {
  return NameAt(At<char>(*this, name_));
}

std::span<const VariableRecord> Program::variables() const noexcept {
  return At<VariableRecord>(*this, variables_);
}

std::span<const sock_filter> Program::instructions() const noexcept {
  return At<sock_filter>(*this, instructions_);
}

STARTUP_CODE RenderError Program::Render(std::span<const VariableValue> values,
                                         Filter& filter) const noexcept {
  filter.Clear();
  RenderError error = Check(values);
  if (error || !filter.Copy(instructions())) return error;  // ProgramTable admits no program too large
  for (const VariableRecord& variable : variables())
    Write(variable, FindValue(values, variable.name())->bits(), filter);
  filter.Complete(instructions().size());
  return error;
}

STARTUP_CODE RenderError Program::Render(std::initializer_list<VariableValue> values,
                                         Filter& filter) const noexcept {
  return Render(std::span<const VariableValue>(values.begin(), values.size()), filter);
}

STARTUP_CODE Filter Program::RenderInOrder() const noexcept {
  return RenderInOrder(std::initializer_list<std::uint64_t>());
}

STARTUP_CODE Filter Program::RenderInOrder(std::initializer_list<std::uint64_t> values) const noexcept {
  Filter filter;
  if (values.size() != variables().size() || !filter.Copy(instructions())) return filter;
  const std::uint64_t* value = values.begin();
  for (const VariableRecord& variable : variables()) Write(variable, *value++, filter);
  filter.Complete(instructions().size());
  return filter;
}

STARTUP_CODE RenderError Program::Check(std::span<const VariableValue> values) const noexcept {
  // Unknown names first: a misspelt name is also a missing one, and the misspelling is the better news.
  for (const VariableValue& value : values) {
    if (!HasVariable(*this, value.name())) return {RenderErrorCode::kUnknownVariable, name(), value.name()};
    if (FindValue(values, value.name()) != &value)
      return {RenderErrorCode::kDuplicateVariable, name(), value.name()};
  }
  for (const VariableRecord& variable : variables()) {
    const VariableValue* value = FindValue(values, variable.name());
    if (value == nullptr) return {RenderErrorCode::kMissingVariable, name(), variable.name()};
    if (!variable.is_64_bit() && !value->FitsIn32Bits())
      return {RenderErrorCode::kValueTooLarge, name(), variable.name()};
  }
  return {};
}

STARTUP_CODE void Program::Write(const VariableRecord& variable, std::uint64_t value,
                                 Filter& filter) noexcept {
  for (const std::uint32_t offset : variable.low_offsets())
    filter.instructions_[offset].k = static_cast<std::uint32_t>(value);
  for (const std::uint32_t offset : variable.high_offsets())
    filter.instructions_[offset].k = static_cast<std::uint32_t>(value >> 32);
}

STARTUP_CODE const Program* FindProgram(std::span<const Program> programs, std::string_view name) noexcept {
  const Program* first = programs.data();
  std::size_t count = programs.size();
  while (count != 0) {
    const Program* middle = first + count / 2;
    const int order = CompareNames(middle->name(), name);
    if (order == 0) return middle;
    if (order < 0) {
      first = middle + 1;
      count -= count / 2 + 1;
    } else {
      count /= 2;
    }
  }
  return nullptr;
}

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
