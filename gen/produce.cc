// SPDX-License-Identifier: Apache-2.0

#include "produce.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/precompile.h>

#include "module/asker.h"
#include "programs/compile_all.h"
#include "programs/find_all.h"
#include "programs/progress_line.h"
#include "report/listing.h"
#include "report/notes.h"
#include "report/stats.h"
#include "sources.h"
#include "write/depfile.h"
#include "write/identifiers.h"

namespace precompiledseccomp::gen {
namespace {

Request RequestFor(const Options& options) {
  Request request{.module = options.module, .targets = {}, .program = {}, .limit = options.definition_limit};
  if (options.command == Command::kDisassemble) request.program = options.program;
  if (options.command != Command::kList && !options.stub) request.targets = options.targets;
  return request;
}

std::vector<CompiledTarget> Compiled(const Options& options, std::span<const ProgramDefinition> definitions,
                                     Rounds rounds, std::chrono::steady_clock::time_point begin,
                                     Asker& asker) {
  Progress progress(definitions.size() * options.targets.size(), "compiled", begin);
  return CompileAll(
      definitions, options.targets, [&] { return asker.Next(); }, rounds, options.jobs, progress);
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
  const auto begin = std::chrono::steady_clock::now();
  // What cannot be proved can be looked at.
  return DisassemblyText(Compiled(options, definitions, Rounds::kAll, begin, asker));
}

Products Generate(const Options& options, Asker& asker) {
  const bool has_sources = !options.source.empty();
  if (has_sources) CheckGeneratedNames(asker.definitions());
  const auto begin = std::chrono::steady_clock::now();
  std::vector<CompiledTarget> targets;
  if (!options.stub) {
    const Rounds rounds = options.proof_steps ? Rounds::kTwo : Rounds::kAll;
    targets = Compiled(options, asker.definitions(), rounds, begin, asker);
  }
  // What is wrong with a policy is told before its programs are proved.
  std::vector<Error> notes = FindAll(targets, options.findings, options.jobs);
  const std::vector<Error> of_reports = Notes(targets);
  notes.insert(notes.end(), of_reports.begin(), of_reports.end());
  std::vector<ProgramDefinition> sorted = asker.definitions();
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& left, const auto& right) { return left.name < right.name; });
  // Statistics are of what would be written, and is proved, if nothing else is asked for.
  const GeneratedTexts texts = WriteSources(sorted, targets,
                                            {.name_space = has_sources ? options.name_space : "unwritten",
                                             .included_header = options.included_header,
                                             .proof_steps = options.proof_steps,
                                             .threads = options.jobs,
                                             .begin = begin});
  const auto time = std::chrono::steady_clock::now() - begin;

  std::vector<OutputFile> outputs;
  if (has_sources) {
    outputs.push_back({options.source, texts.source});
    outputs.push_back({options.header, texts.header});
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
  return {std::move(outputs), std::move(notes)};
}

}  // namespace

Products Produce(const Options& options) {
  Asker asker(RequestFor(options));
  CheckNames(asker.definitions());
  switch (options.command) {
    case Command::kList:
      return {{{"", ListText(asker.definitions())}}};
    case Command::kDisassemble:
      return {{{"", Disassembly(options, asker)}}};
    default:
      return Generate(options, asker);
  }
}

}  // namespace precompiledseccomp::gen
