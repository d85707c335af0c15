// SPDX-License-Identifier: Apache-2.0

#include "produce.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <string>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/precompile.h>

#include "module/module.h"
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

std::string Disassembly(const Options& options, std::span<const ProgramDefinition> definitions,
                        Progress& progress) {
  if (options.program) {
    const auto found = std::find_if(
        definitions.begin(), definitions.end(),
        [&](const ProgramDefinition& definition) { return definition.name == *options.program; });
    if (found == definitions.end()) throw UnknownProgram(*options.program, definitions);
    definitions = {found, 1};
  }
  // What cannot be proved can be looked at.
  return DisassemblyText(CompileAll(definitions, options.targets, std::nullopt, progress));
}

std::vector<OutputFile> Generate(const Options& options, const LoadedModule& module, Progress& progress) {
  const bool sources = !options.source.empty();
  if (sources) CheckGeneratedNames(module.definitions);
  const auto begin = std::chrono::steady_clock::now();
  std::vector<CompiledTarget> targets;
  if (!options.stub) targets = CompileAll(module.definitions, options.targets, options.proof_steps, progress);
  const auto time = std::chrono::steady_clock::now() - begin;

  std::vector<OutputFile> outputs;
  if (sources) {
    std::vector<ProgramDefinition> sorted = module.definitions;
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
    outputs.push_back({options.depfile, DepfileText(paths, module.files)});
  }
  return outputs;
}

}  // namespace

std::vector<OutputFile> Produce(const Options& options, Progress& progress) {
  const LoadedModule module = LoadModule(options.module, progress);
  CheckNames(module.definitions);
  switch (options.command) {
    case Command::kList:
      return {{"", ListText(module.definitions)}};
    case Command::kDisassemble:
      return {{"", Disassembly(options, module.definitions, progress)}};
    default:
      return Generate(options, module, progress);
  }
}

}  // namespace precompiledseccomp::gen
