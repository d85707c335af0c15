// SPDX-License-Identifier: Apache-2.0
//
// A program of a definition module: asked as the build asks it, and compiled.

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <utility>
#include <variant>
#include <vector>

#include <precompiledseccomp/error.h>

#include "base/near_misses.h"
#include "bpf/acceptance.h"
#include "module/asker.h"
#include "people/source.h"
#include "precompile/ask.h"
#include "programs/policy_bytes.h"

namespace precompiledseccomp::gen {
namespace {

struct FileAndProgram {
  std::string file;
  std::optional<std::string> program;
};

// Names of files and of programs may both have colons: the shortest text before one that is a file is meant.
FileAndProgram Split(const std::string& text) {
  const auto exists = [](const std::string& file) {
    std::error_code ignored;
    return std::filesystem::exists(file, ignored);
  };
  if (exists(text)) return {text, std::nullopt};
  for (std::size_t colon = text.find(':'); colon != std::string::npos; colon = text.find(':', colon + 1))
    if (exists(text.substr(0, colon))) return {text.substr(0, colon), text.substr(colon + 1)};
  // Whoever opens the module says that there is none.
  return {text.substr(0, text.find(':')), std::nullopt};
}

std::string QuotedNames(const std::vector<ProgramDefinition>& definitions) {
  std::string names;
  for (const ProgramDefinition& definition : definitions)
    names += (names.empty() ? "\"" : ", \"") + definition.name + "\"";
  return names;
}

// The one that is meant, among those of the module.
const ProgramDefinition& Find(const std::vector<ProgramDefinition>& definitions,
                              const std::optional<std::string>& program, const std::string& file) {
  if (definitions.empty()) throw Error("the module defines no program");
  if (!program) {
    if (definitions.size() == 1) return definitions.front();
    throw Error("there are several programs; name one, as in " + file + ":" + definitions.front().name +
                ": there are " + QuotedNames(definitions));
  }
  const auto found =
      std::find_if(definitions.begin(), definitions.end(),
                   [&](const ProgramDefinition& definition) { return definition.name == *program; });
  if (found != definitions.end()) return *found;
  std::vector<std::string> names;
  names.reserve(definitions.size());
  for (const ProgramDefinition& definition : definitions) names.push_back(definition.name);
  const std::string near = NearMisses(*program, names, 2 + program->size() / 4);
  throw Error("there is no program \"" + *program + "\"; " +
              (near.empty() ? "" : "did you mean " + near + "? ") + "there are " + QuotedNames(definitions));
}

std::string NameOfOnlyProgram(const SourceRequest& request, const std::string& file) {
  const Asker asker({.module = file, .targets = {}, .program = {}, .limit = request.limit});
  return Find(asker.definitions(), std::nullopt, file).name;
}

Source Read(const SourceRequest& request, const FileAndProgram& what) {
  const std::string name = what.program ? *what.program : NameOfOnlyProgram(request, what.file);
  Asker asker({.module = what.file, .targets = {request.target}, .program = name, .limit = request.limit});
  CheckNames(asker.definitions());
  const ProgramDefinition& definition = Find(asker.definitions(), name, what.file);
  std::variant<PolicyBytes, Error> answer = asker.Next();
  if (auto* const error = std::get_if<Error>(&answer)) throw std::move(*error);
  const DefinitionAnswers answers =
      precompile::AnswersWith(definition, request.target, PolicyOf(std::get<PolicyBytes>(answer)));
  Source source{.name = what.file + ":" + name,
                .program = PrecompileAnswers(answers),
                .policy = Resolve(answers.policy, request.target),
                .proof = answers.proof};
  if (const auto reason = bpf::ReasonForRefusal(source.program.instructions))
    throw Error("the kernel would refuse the compiled filter: " + *reason +
                "; please report this as a bug of precompiledseccomp")
        .InProgram(name);
  return source;
}

}  // namespace

Source ReadModuleSource(const SourceRequest& request, const std::string& rest) {
  const FileAndProgram what = Split(rest);
  try {
    return Read(request, what);
  } catch (const Error& error) {
    throw error.InModule(what.file);
  }
}

}  // namespace precompiledseccomp::gen
