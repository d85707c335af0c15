// SPDX-License-Identifier: Apache-2.0

#include "precompile/call_definition.h"

#include <exception>
#include <string>

#include <precompiledseccomp/error.h>

namespace precompiledseccomp::precompile {

Policy CallDefinition(const ProgramDefinition& definition, const Target& target) {
  const Values named(target, definition.variables);
  try {
    Policy policy = definition.policy(named);
    if (policy.IsEmpty())
      throw Error(
          "the definition returns a policy in which nothing is set; if it is meant to refuse all calls, say "
          "so "
          "with Default(Action::KillProcess())");
    return policy;
  } catch (const Error&) {
    throw;
  } catch (const std::exception& exception) {
    throw Error(std::string("the definition threw an exception: ") + exception.what());
  } catch (...) {
    throw Error("the definition threw something that is no std::exception");
  }
}

}  // namespace precompiledseccomp::precompile
