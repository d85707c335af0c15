// SPDX-License-Identifier: Apache-2.0
//
// The door of a module with a bug in what comes before the compiler or behind it: the generator from the
// definitions to the texts, but for the processes that ask a module.

#include <cstddef>
#include <utility>

#include "module/protocol.h"
#include "precompile/ask.h"
#include "programs/compile_all.h"
#include "seeded_bugs/compiler.h"
#include "sources.h"

namespace precompiledseccomp::testing {
namespace {

gen::GeneratedTexts Generate(const std::vector<ProgramDefinition>& definitions,
                             const std::vector<Target>& targets, std::uint64_t proof_steps) {
  std::size_t next = 0;
  const auto next_answer = [&]() -> std::variant<gen::PolicyBytes, Error> {
    const ProgramDefinition& definition = definitions[next / targets.size()];
    const Target& target = targets[next % targets.size()];
    ++next;
    return gen::DecodePolicy(gen::EncodePolicy(precompile::AskForPolicy(definition, target, 1)));
  };
  const auto begin = std::chrono::steady_clock::now();
  gen::Progress progress(definitions.size() * targets.size(), "compiled", begin);
  std::vector<gen::CompiledTarget> compiled =
      gen::CompileAll(definitions, targets, next_answer, gen::Rounds::kTwo, 1, progress);
  return gen::WriteSources(definitions, compiled,
                           {.name_space = "filters",
                            .included_header = "filters.h",
                            .proof_steps = proof_steps,
                            .threads = 1,
                            .begin = begin});
}

}  // namespace
}  // namespace precompiledseccomp::testing

extern "C" {
extern __attribute__((visibility("default")))
const precompiledseccomp::testing::GeneratorFunction seeded_generator =
    &precompiledseccomp::testing::Generate;
}
