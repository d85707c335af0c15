// SPDX-License-Identifier: Apache-2.0
//
// A filter that people ask about, wherever it comes from. A kind of source is a file with a function that
// reads it, its declaration here, and a line in the list of source.cc.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/precompile.h>
#include <precompiledseccomp/target.h>

namespace precompiledseccomp::gen {

struct SourceRequest {
  std::string text;  // as it stands on the command line
  Target target;
  // How long a module may take (gen/module/asking.h).
  std::chrono::seconds limit{20};
};

struct Source {
  std::string name;  // for people: where it is from
  // Accepted by the kernel. Of instructions alone, it has no variables.
  PrecompiledProgram program;
  // Nothing if all there is are instructions.
  std::optional<ResolvedPolicy> policy;
  // Whether its definition lets it be used unproved if it is too large to be proved.
  Proof proof = Proof::kRequired;
};

// Throws Error for what cannot be read or is no filter.
Source ReadSource(const SourceRequest& request);

// What a SOURCE can be: lines for the help.
std::string SourcesHelp();

// The kinds. `rest` is what follows the prefix of the kind.
Source ReadModuleSource(const SourceRequest& request, const std::string& rest);  // module_source.cc
Source ReadRawSource(const SourceRequest& request, const std::string& rest);     // raw_source.cc

}  // namespace precompiledseccomp::gen
