// SPDX-License-Identifier: Apache-2.0

#include "sources.h"

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/precompile.h>

#include "programs/progress_line.h"
#include "programs/prove_all.h"
#include "write/content_name.h"
#include "write/header_text.h"
#include "write/source_text.h"

namespace precompiledseccomp::gen {
namespace {

GeneratedTexts Write(const WhatToSay& what) {
  const NamelessText source =
      SourceText(what.definitions, what.targets, what.name_space, what.included_header);
  const NamelessText header = HeaderText(what.definitions, what.targets, what.name_space);
  const std::string name = ContentName(header, source);
  return {header.WithName(name), source.WithName(name)};
}

// Throws Error for a program that the proof has passed over.
bool AreAllProved(std::span<const CompiledTarget> targets) {
  bool are_proved = true;
  for (const CompiledTarget& target : targets)
    for (const PrecompiledProgram& program : target.programs) {
      const auto proof = target.proofs.find(program.name);
      if (proof == target.proofs.end())
        throw Error("it was not tried to be proved; please report this as a bug of precompiledseccomp")
            .InProgram(program.name);
      are_proved &= proof->second.not_proved.empty();
    }
  return are_proved;
}

}  // namespace

GeneratedTexts WriteSources(std::span<const ProgramDefinition> definitions, std::span<CompiledTarget> targets,
                            const SourcesRequest& request) {
  const WhatToSay what{definitions, targets, request.name_space, request.included_header};
  GeneratedTexts texts = Write(what);
  const auto written = ReadBack(texts, what);
  if (!request.proof_steps) return texts;
  Progress progress(definitions.size() * targets.size(), "proved", request.begin);
  ProveAll(definitions, written, targets, *request.proof_steps, request.threads, progress);
  // The texts call all programs proved until it is known better. Of what else they say, reading back makes
  // sure that it is the same as before.
  if (!AreAllProved(targets)) {
    texts = Write(what);
    ReadBack(texts, what);
  }
  return texts;
}

}  // namespace precompiledseccomp::gen
