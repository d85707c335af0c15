// SPDX-License-Identifier: Apache-2.0
//
// Indexing a std::span or std::string_view is avoided here: with _GLIBCXX_ASSERTIONS the check would call
// into libstdc++, which an application need not have.
#include <precompiledseccomp/program.h>

#include <type_traits>

#include <precompiledseccomp/filter_view.h>

#include "cold_start.h"
#include "table_parts.h"

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {
namespace {

// The classes are their records: tables that C sources hold are read through them, too.
static_assert(std::is_standard_layout_v<Program> && std::is_standard_layout_v<VariableRecord>);
static_assert(sizeof(Program) == sizeof(precompiledseccomp_table_program) && sizeof(Program) == 36);
static_assert(sizeof(VariableRecord) == sizeof(precompiledseccomp_table_variable) &&
              sizeof(VariableRecord) == 20);
static_assert(sizeof(ValuePlace) == 4 && sizeof(Abi) == 8 && sizeof(precompiledseccomp_table_header) == 24);
static_assert(sizeof(sock_filter) == 8 && alignof(sock_filter) == alignof(std::uint32_t));

constexpr std::uint16_t kKnownForms = PRECOMPILEDSECCOMP_FORM_HIGH_HALF | PRECOMPILEDSECCOMP_FORM_FLIPPED;
constexpr std::uint32_t kFlippedBit = 1U << 31;

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

// Whether a variable can have the value, of which it has as many bits.
RenderErrorCode CheckValue(const VariableRecord& variable, std::uint64_t value) {
  constexpr std::uint64_t kLargestErrno = 4095;
  const bool is_negative = value > INT32_MAX;
  switch (variable.kind()) {
    case VariableKind::kInteger:
      return RenderErrorCode::kNone;
    case VariableKind::kFd:
      return is_negative ? RenderErrorCode::kNotADescriptor : RenderErrorCode::kNone;
    case VariableKind::kPid:
      return is_negative || value == 0 ? RenderErrorCode::kNotAProcess : RenderErrorCode::kNone;
    case VariableKind::kErrno:
      return value == 0 || value > kLargestErrno ? RenderErrorCode::kNotAnErrno : RenderErrorCode::kNone;
    case VariableKind::kAnswerData:
      return value > UINT16_MAX ? RenderErrorCode::kAnswerTooLarge : RenderErrorCode::kNone;
  }
  return RenderErrorCode::kNewerFormat;
}

bool AllFormsAreKnown(const VariableRecord& variable) {
  for (const ValuePlace& place : variable.places())
    if ((place.form & ~kKnownForms) != 0) return false;
  return true;
}

void WriteValue(const VariableRecord& variable, std::uint64_t value, sock_filter* instructions) {
  for (const ValuePlace& place : variable.places()) {
    const bool is_high = (place.form & PRECOMPILEDSECCOMP_FORM_HIGH_HALF) != 0;
    const auto half = static_cast<std::uint32_t>(is_high ? value >> 32 : value);
    const bool is_flipped = (place.form & PRECOMPILEDSECCOMP_FORM_FLIPPED) != 0;
    instructions[place.instruction].k = is_flipped ? half ^ kFlippedBit : half;
  }
}

// The value of a variable that it fits.
std::uint64_t NumberFor(const VariableRecord& variable, const VariableValue& value) {
  return variable.is_64_bit() ? value.bits() : static_cast<std::uint32_t>(value.bits());
}

// Why a rendering fails: nothing, until it does.
struct Mistake {
  RenderErrorCode code = RenderErrorCode::kNone;
  std::string_view variable = {};

  [[nodiscard]] bool IsThere() const { return code != RenderErrorCode::kNone; }
  [[nodiscard]] RenderResult In(const Program& program) const { return {code, program.name(), variable}; }
};

Mistake FindMistake(const VariableRecord& variable, std::uint64_t value) {
  if (!AllFormsAreKnown(variable)) return {RenderErrorCode::kNewerFormat};
  const RenderErrorCode code = CheckValue(variable, value);
  if (code == RenderErrorCode::kNewerFormat) return {code};
  return {code, variable.name()};
}

Mistake FindMistake(const Program& program, std::span<const VariableValue> values) {
  for (const VariableValue& value : values) {
    if (!HasVariable(program, value.name())) return {RenderErrorCode::kUnknownVariable, value.name()};
    if (FindValue(values, value.name()) != &value) return {RenderErrorCode::kDuplicateVariable, value.name()};
  }
  for (const VariableRecord& variable : program.variables()) {
    const VariableValue* value = FindValue(values, variable.name());
    if (value == nullptr) return {RenderErrorCode::kMissingVariable, variable.name()};
    if (!variable.is_64_bit() && !value->FitsIn32Bits())
      return {RenderErrorCode::kValueTooLarge, variable.name()};
    const Mistake mistake = FindMistake(variable, NumberFor(variable, *value));
    if (mistake.IsThere()) return mistake;
  }
  return {};
}

// For the values in order, of which there must be as many as variables.
Mistake FindMistake(const Program& program, const std::uint64_t* values) {
  for (const VariableRecord& variable : program.variables()) {
    const Mistake mistake = FindMistake(variable, *values++);
    if (mistake.IsThere()) return mistake;
  }
  return {};
}

// In a buffer of which the caller may take no notice that nothing was rendered.
void FillWithRefusals(sock_filter* instructions, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    instructions[i] = {BPF_RET | BPF_K, 0, 0, 0};  // SECCOMP_RET_KILL_THREAD
    KeepOrderForSignalHandlers();                  // or compilers make a call of memset from the loop
  }
}

}  // namespace

std::string_view VariableRecord::name() const noexcept {
  return NameAt(ElementsAt<char>(*this, record_.name));
}

std::span<const ValuePlace> VariableRecord::places() const noexcept {
  return ElementsAt<ValuePlace>(*this, record_.places);
}

std::string_view Program::name() const noexcept {
  return NameAt(ElementsAt<char>(*this, record_.name));
}

std::span<const VariableRecord> Program::variables() const noexcept {
  return ElementsAt<VariableRecord>(*this, record_.variables);
}

std::span<const sock_filter> Program::instructions() const noexcept {
  return ElementsAt<sock_filter>(*this, record_.instructions);
}

std::span<const Abi> Program::abis() const noexcept {
  return ElementsAt<Abi>(*this, record_.abis);
}

STARTUP_CODE RenderResult Program::Render(std::span<const VariableValue> values,
                                          Filter& filter) const noexcept {
  filter.Clear();
  KeepOrderForSignalHandlers();
  const Mistake mistake = FindMistake(*this, values);
  if (!mistake.IsThere()) {
    Write(values, filter.instructions_);  // no table has a program that is too large
    filter.install_options_ = install_options();
    KeepOrderForSignalHandlers();
    filter.size_ = record_.instructions.count;
  }
  return mistake.In(*this);
}

STARTUP_CODE RenderResult Program::Render(std::initializer_list<VariableValue> values,
                                          Filter& filter) const noexcept {
  return Render(std::span<const VariableValue>(values.begin(), values.size()), filter);
}

STARTUP_CODE RenderedSpan Program::RenderInto(std::span<const VariableValue> values,
                                              InstructionBuffer buffer) const noexcept {
  Mistake mistake = FindMistake(*this, values);
  if (!mistake.IsThere() && buffer.size() < record_.instructions.count)
    mistake = {RenderErrorCode::kBufferTooSmall};
  if (mistake.IsThere()) {
    FillWithRefusals(buffer.data(), buffer.size());
    return RenderedSpan(mistake.In(*this));
  }
  Write(values, buffer.data());
  return {buffer.data(), record_.instructions.count, install_options()};
}

STARTUP_CODE RenderedSpan Program::RenderInto(std::initializer_list<VariableValue> values,
                                              InstructionBuffer buffer) const noexcept {
  return RenderInto(std::span<const VariableValue>(values.begin(), values.size()), buffer);
}

STARTUP_CODE std::span<const sock_filter> RenderedSpan::instructions() const noexcept {
  return {instructions_, size_};
}

STARTUP_CODE std::span<const sock_filter> internal::InstructionsAt(const sock_filter* first,
                                                                   std::size_t count) noexcept {
  return {first, count};
}

STARTUP_CODE RenderResult Program::RenderInOrder(sock_filter* buffer, std::size_t capacity) const noexcept {
  return RenderInOrder({}, buffer, capacity);
}

STARTUP_CODE RenderResult Program::RenderInOrder(std::initializer_list<std::uint64_t> values,
                                                 sock_filter* buffer, std::size_t capacity) const noexcept {
  Mistake mistake;
  // The generator counts both, so these are of another program than it wrote them for.
  if (values.size() != record_.variables.count || capacity != record_.instructions.count)
    mistake = {RenderErrorCode::kOtherProgram};
  if (!mistake.IsThere()) mistake = FindMistake(*this, values.begin());
  if (mistake.IsThere()) {
    FillWithRefusals(buffer, capacity);
  } else {
    CopyElements(buffer, instructions().data(), capacity);
    const std::uint64_t* value = values.begin();
    for (const VariableRecord& variable : variables()) WriteValue(variable, *value++, buffer);
  }
  return mistake.In(*this);
}

STARTUP_CODE void Program::Write(std::span<const VariableValue> values, sock_filter* buffer) const noexcept {
  CopyElements(buffer, instructions().data(), instructions().size());
  for (const VariableRecord& variable : variables())
    WriteValue(variable, NumberFor(variable, *FindValue(values, variable.name())), buffer);
}

STARTUP_CODE FilterView::FilterView(const Program& program) noexcept
    : instructions_(program.instructions().data()),
      size_(program.instructions().size()),
      install_options_(program.install_options()),
      unrendered_(program.variables().empty() ? nullptr : &program) {}

STARTUP_CODE std::span<const sock_filter> FilterView::instructions() const noexcept {
  return {instructions_, size_};
}

STARTUP_CODE RenderResult FilterView::rendering() const noexcept {
  if (failed_ != nullptr) return *failed_;
  if (unrendered_ != nullptr)
    return {RenderErrorCode::kMissingVariable, unrendered_->name(), unrendered_->variables().data()->name()};
  return {};
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
