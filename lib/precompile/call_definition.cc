// SPDX-License-Identifier: Apache-2.0

#include "precompile/call_definition.h"

#include <exception>
#include <string>

#include <precompiledseccomp/error.h>

namespace precompiledseccomp::precompile {

Policy CallDefinition(const ProgramDefinition& definition, const Target& target) {
  const Values named(target, definition.variables);
  try {
    return definition.policy(named);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& exception) {
    throw Error(std::string("the definition threw an exception: ") + exception.what());
  } catch (...) {
    throw Error("the definition threw something that is no std::exception");
  }
}

}  // namespace precompiledseccomp::precompile
