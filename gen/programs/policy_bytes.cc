// SPDX-License-Identifier: Apache-2.0

#include "programs/policy_bytes.h"

#include <precompiledseccomp/error.h>

#include "precompile/deserialize.h"

namespace precompiledseccomp::gen {

Policy PolicyOf(const PolicyBytes& bytes) {
  try {
    Policy policy = precompile::DeserializePolicy(bytes.policy);
    policy.SetLocations(bytes.locations);
    return policy;
  } catch (const Error& error) {
    // What the library writes is read back before it is handed over (SerializeToHandOver).
    throw Error("what the module said is malformed: it wrote to descriptors that it had not opened (" +
                error.problem() + ")");
  }
}

}  // namespace precompiledseccomp::gen
