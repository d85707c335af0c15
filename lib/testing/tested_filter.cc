// SPDX-License-Identifier: Apache-2.0

#include <exception>

#include <precompiledseccomp/target.h>
#include <precompiledseccomp/testing.h>

#include "bpf/acceptance.h"

namespace precompiledseccomp::testing {
namespace {

// Why no filter can be tested on this machine; empty if they can.
std::string ProblemOfMachine() {
  try {
    NativeTarget();
    return {};
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace

TestedFilter::TestedFilter(const Program* program, std::initializer_list<VariableValue> values)
    : TestedFilter(program, std::span<const VariableValue>(values.begin(), values.size())) {}

TestedFilter::TestedFilter(const Program* program, std::span<const VariableValue> values) {
  if (program == nullptr) {
    message_ = "there is no such program: GetPrecompiled() knows none of that name, or was made with --stub";
    return;
  }
  name_ = program->name();
  instructions_.resize(program->instructions().size());
  const RenderedSpan rendered = program->RenderInto(values, std::span(instructions_));
  message_ = rendered.ok() ? ProblemOfMachine() : rendered.message();
}

TestedFilter::TestedFilter(const Program& program)
    : TestedFilter(&program, std::span<const VariableValue>()) {}

TestedFilter::TestedFilter(Copied /*unused*/, FilterView filter, std::string name)
    : name_(std::move(name)),
      instructions_(filter.instructions().begin(), filter.instructions().end()),
      message_(filter.rendering().message()) {
  if (!message_.empty()) return;
  if (instructions_.empty()) {
    message_ = "the filter is empty: was its rendering checked?";
  } else if (const auto reason = bpf::ReasonForRefusal(instructions_)) {
    message_ = "the kernel refuses the filter: " + *reason;
  } else {
    message_ = ProblemOfMachine();
  }
}

}  // namespace precompiledseccomp::testing
