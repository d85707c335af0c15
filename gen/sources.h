// SPDX-License-Identifier: Apache-2.0
//
// Generated sources: written, read back, and proved.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <precompiledseccomp/define.h>

#include "programs/compiled_target.h"
#include "read/read_back.h"

namespace precompiledseccomp::gen {

struct SourcesRequest {
  std::string name_space;
  std::string included_header;
  // How much work each proof may be (verify/limits.h); nothing means that nothing is proved.
  std::optional<std::uint64_t> proof_steps;
  std::optional<std::size_t> threads;
  std::chrono::steady_clock::time_point begin;  // of the run, for a line of progress
};

// Writes header and source of the definitions, which are sorted by name, with a table for each target, or a
// stub if there are none; reads them back; and proves what was read. Sets what the targets say of proofs.
// Throws Error or Errors: for what is not written as it should be, and for what is wrong or too large to be
// proved.
GeneratedTexts WriteSources(std::span<const ProgramDefinition> definitions, std::span<CompiledTarget> targets,
                            const SourcesRequest& request);

}  // namespace precompiledseccomp::gen
