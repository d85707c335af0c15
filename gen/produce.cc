// SPDX-License-Identifier: Apache-2.0

#include "produce.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <string>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/precompile.h>

#include "module/asker.h"
#include "programs/compile_all.h"
#include "report/listing.h"
#include "report/stats.h"
#include "write/content_name.h"
#include "write/depfile.h"
#include "write/header_text.h"
#include "write/identifiers.h"
#include "write/source_text.h"

namespace precompiledseccomp::gen {
namespace {

Request RequestFor(const Options& options) {
  Request request{.module = options.module, .targets = {}, .program = {}, .limit = options.definition_limit};
  if (options.command == Command::kDisassemble) request.program = options.program;
  if (options.command != Command::kList && !options.stub) request.targets = options.targets;
  return request;
}

std::string Disassembly(const Options& options, Asker& asker) {
  std::span<const ProgramDefinition> definitions = asker.definitions();
  if (options.program) {
    const auto found = std::find_if(
        definitions.begin(), definitions.end(),
        [&](const ProgramDefinition& definition) { return definition.name == *options.program; });
    if (found == definitions.end()) throw UnknownProgram(*options.program, definitions);
    definitions = {found, 1};
  }
  // What cannot be proved can be looked at.
  return DisassemblyText(CompileAll(definitions, options.targets, std::nullopt, options.jobs, asker));
}

std::vector<OutputFile> Generate(const Options& options, Asker& asker) {
  const bool sources = !options.source.empty();
  if (sources) CheckGeneratedNames(asker.definitions());
  const auto begin = std::chrono::steady_clock::now();
  std::vector<CompiledTarget> targets;
  if (!options.stub)
    targets = CompileAll(asker.definitions(), options.targets, options.proof_steps, options.jobs, asker);
  const auto time = std::chrono::steady_clock::now() - begin;

  std::vector<OutputFile> outputs;
  if (sources) {
    std::vector<ProgramDefinition> sorted = asker.definitions();
    std::sort(sorted.begin(), sorted.end(),
              [](const auto& left, const auto& right) { return left.name < right.name; });
    const NamelessText source = SourceText(sorted, targets, options.name_space, options.included_header);
    const NamelessText header = HeaderText(sorted, options.stub, options.name_space);
    const std::string name = ContentName(header, source);
    outputs.push_back({options.source, source.WithName(name)});
    outputs.push_back({options.header, header.WithName(name)});
  }
  if (!options.stats.empty())
    outputs.push_back(
        {options.stats, StatsText(targets, options.stats_times ? std::optional(time) : std::nullopt)});
  if (!options.depfile.empty()) {
    std::vector<std::string> paths;
    paths.reserve(outputs.size());
    for (const OutputFile& output : outputs) paths.push_back(output.path);
    outputs.push_back({options.depfile, DepfileText(paths, asker.files())});
  }
  return outputs;
}

}  // namespace

std::vector<OutputFile> Produce(const Options& options) {
  Asker asker(RequestFor(options));
  CheckNames(asker.definitions());
  switch (options.command) {
    case Command::kList:
      return {{"", ListText(asker.definitions())}};
    case Command::kDisassemble:
      return {{"", Disassembly(options, asker)}};
    default:
      return Generate(options, asker);
  }
}

}  // namespace precompiledseccomp::gen
