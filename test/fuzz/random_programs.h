// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <precompiledseccomp/define.h>

#include "programs/compiled_target.h"
#include "support/random.h"

// What the generator has when it writes: programs that nobody compiled, of any instructions.
namespace precompiledseccomp::fuzz {

struct RandomModule {
  std::vector<ProgramDefinition> definitions;  // sorted by name; their policies are of no use
  std::vector<gen::CompiledTarget> targets;    // none for a stub
  std::string name_space;
  std::string header;
};

// Programs share instructions, offsets and variables now and then; sometimes they are many, or long. Nothing
// if the generator refuses the names.
std::optional<RandomModule> MakeRandomModule(testing::Random random);

}  // namespace precompiledseccomp::fuzz
