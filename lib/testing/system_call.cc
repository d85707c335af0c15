// SPDX-License-Identifier: Apache-2.0

#include <cstring>
#include <exception>
#include <iterator>
#include <ostream>

#include <precompiledseccomp/target.h>
#include <precompiledseccomp/testing.h>

#include "inspect/call_text.h"
#include "inspect/number_text.h"

namespace precompiledseccomp::testing {
namespace {

const Target* TargetOf(const seccomp_data& call) {
  for (const Target& target : Targets())
    if (target.audit_arch == call.arch) return &target;
  return nullptr;
}

// Of an architecture that is no target, libseccomp may know the names: its tokens are mostly the kernel's
// numbers. 0 is the native one's.
Target OtherTarget(const seccomp_data& call) {
  Target target;
  target.audit_arch = call.arch;
  target.libseccomp_token = call.arch == 0 ? UINT32_MAX : call.arch;
  return target;
}

// The first `count` arguments, and further ones up to the last that is not 0.
std::string WithArguments(const std::string& name, const seccomp_data& call, std::size_t count) {
  for (std::size_t i = count; i < std::size(call.args); ++i)
    if (call.args[i] != 0) count = i + 1;
  std::string text = name + "(";
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ", ") + inspect::ShortNumber(call.args[i]);
  return text + ")";
}

}  // namespace

SystemCall::SystemCall(const char* text) {
  Read(text);
}
SystemCall::SystemCall(std::string_view text) {
  Read(text);
}
SystemCall::SystemCall(const std::string& text) {
  Read(text);
}

SystemCall::SystemCall(std::string_view name, std::initializer_list<Argument> arguments) {
  Read(name);
  if (ok() && name.find('(') != std::string_view::npos)
    message_.append("\"").append(name).append("\" has arguments of its own: give the name alone");
  SetArguments(arguments);
}

SystemCall::SystemCall(NumberOnly number, std::initializer_list<Argument> arguments) {
  try {
    call_.arch = NativeTarget().audit_arch;
    call_.nr = static_cast<int>(number.number);
    SetArguments(arguments);
  } catch (const std::exception& error) {
    message_ = error.what();
  }
}

SystemCall::SystemCall(const seccomp_data& call) : call_(call) {}

SystemCall SystemCall::None(std::string message) {
  SystemCall none((seccomp_data()));
  none.message_ = std::move(message);
  return none;
}

void SystemCall::Read(std::string_view text) {
  try {
    const inspect::WrittenCall written = inspect::ReadCall(text, NativeTarget());
    call_ = written.call;
    given_ = written.arguments;
  } catch (const std::exception& error) {
    message_ = error.what();
  }
}

void SystemCall::SetArguments(std::initializer_list<Argument> arguments) {
  if (arguments.size() > std::size(call_.args) && ok())
    message_ = "a call has at most six arguments, and here are " + std::to_string(arguments.size());
  if (!ok()) {
    call_ = {};
    return;
  }
  given_ = 0;
  for (const Argument& argument : arguments) call_.args[(*given_)++] = argument.bits();
}

std::string SystemCall::name() const {
  const Target* const target = TargetOf(call_);
  return SyscallName(target == nullptr ? OtherTarget(call_) : *target, number());
}

std::string SystemCall::text() const {
  if (!ok()) return message_;
  const Target* const target = TargetOf(call_);
  std::string text = given_ ? WithArguments(name(), call_, *given_)
                            : inspect::CallText(target == nullptr ? OtherTarget(call_) : *target, call_);
  if (target == nullptr) {
    text += " of architecture " + inspect::HexNumber(call_.arch);
  } else if (!target->is_native) {
    text.append(" of ").append(target->name);
  }
  if (call_.instruction_pointer != 0) text += " at " + inspect::HexNumber(call_.instruction_pointer);
  return text;
}

bool operator==(const SystemCall& left, const SystemCall& right) {
  static_assert(std::has_unique_object_representations_v<seccomp_data>);
  return left.message_ == right.message_ && std::memcmp(&left.call_, &right.call_, sizeof(seccomp_data)) == 0;
}

std::ostream& operator<<(std::ostream& stream, const SystemCall& call) {
  return stream << call.text();
}

}  // namespace precompiledseccomp::testing
