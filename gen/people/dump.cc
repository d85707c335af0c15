// SPDX-License-Identifier: Apache-2.0
//
// dump: the instructions of a filter, to read, or for whatever else installs filters.

#include <array>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

#include <unistd.h>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/precompile.h>

#include "people/command.h"
#include "people/source_options.h"
#include "precompile/prove_filter.h"
#include "precompile/template.h"
#include "report/listing.h"

namespace precompiledseccomp::gen {
namespace {

using Values = std::vector<std::optional<std::uint64_t>>;

// What is handed on has been proved, as what the generator writes has.
void Prove(const Source& source) {
  if (!source.policy) return;
  const ProofRecord record = ProveFilter(*source.policy, TemplateOf(source.program));
  if (!record.not_proved.empty() && source.proof == Proof::kRequired)
    throw Error(
        record.not_proved +
        "; simplify the policy, or permit it to go unproved: Proof::kUnlessTooLarge in its definition")
        .InModule(source.name);
}

// As they will be installed: without variables.
PrecompiledProgram Installable(const Source& source, const Values& values) {
  const std::string unset = UnsetVariables(source.program, values);
  if (!unset.empty())
    throw UsageError("the variables " + unset + " of " + source.name +
                     " have no values: give each with --set VARIABLE=VALUE");
  Prove(source);
  std::vector<std::uint64_t> all;
  for (const auto& value : values) all.push_back(*value);
  PrecompiledProgram program = source.program;
  program.instructions = Render(source.program, all);
  program.variables = {};
  return program;
}

// The variables that are set become numbers; the others keep their names.
std::string Listing(const Source& source, const Values& values) {
  PrecompiledProgram program = source.program;
  std::vector<std::uint64_t> numbers;
  for (const auto& value : values) numbers.push_back(value.value_or(0));
  program.instructions = WithValues(program, numbers);
  std::vector<PrecompiledVariable> unset;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i]) continue;
    unset.push_back(program.variables[i]);
    for (const auto* offsets : {&program.variables[i].low_offsets, &program.variables[i].high_offsets})
      for (const std::uint32_t offset : *offsets) program.instructions[offset].k = 0;
  }
  program.variables = unset;
  return ProgramText(program);
}

void Append(std::string& bytes, std::uint32_t number, std::size_t size, bool big_endian) {
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t place = big_endian ? size - 1 - i : i;
    bytes += static_cast<char>(static_cast<std::uint8_t>(number >> (8 * place)));
  }
}

std::string RawBytes(const PrecompiledProgram& program) {
  const bool big_endian = program.target.big_endian;
  std::string bytes;
  for (const sock_filter& instruction : program.instructions) {
    Append(bytes, instruction.code, sizeof instruction.code, big_endian);
    Append(bytes, instruction.jt, sizeof instruction.jt, big_endian);
    Append(bytes, instruction.jf, sizeof instruction.jf, big_endian);
    Append(bytes, instruction.k, sizeof instruction.k, big_endian);
  }
  return bytes;
}

//   {0x15, 0, 2, 0x00000010},  /*  3: jeq #0x10  true: 4  false: 6  ; ioctl */
std::string CInitializers(const PrecompiledProgram& program) {
  const std::vector<std::string> names = NamesOfComparisons(program);
  std::string text = "/* A filter for " + std::string(program.target.name) + ", " +
                     std::to_string(program.instructions.size()) +
                     " instructions: initializers for an array of struct sock_filter. */\n";
  for (std::size_t i = 0; i < program.instructions.size(); ++i) {
    const sock_filter& instruction = program.instructions[i];
    std::array<char, 64> numbers{};
    std::snprintf(numbers.data(), numbers.size(), "{0x%02x, %3u, %3u, 0x%08x},  /* %4zu: ", instruction.code,
                  instruction.jt, instruction.jf, instruction.k, i);
    text += numbers.data() + Disassemble(instruction, i, program.target.big_endian, "") +
            (names[i].empty() ? "" : "  ; " + names[i]) + " */\n";
  }
  return text;
}

CommandResult Run(const GivenWords& given) {
  if (given.others.empty()) throw UsageError("dump: SOURCE is missing");
  if (given.others.size() > 1) throw UsageError("dump: unexpected argument \"" + given.others[1] + "\"");
  const bool raw = given.options.count("raw") != 0;
  const bool c = given.options.count("c") != 0;
  if (raw && c) throw UsageError("dump: --raw and --c do not go together");
  CommandResult result;
  result.output.path = TextOf(given.options, "output");
  if (raw && result.output.path.empty() && isatty(STDOUT_FILENO) == 1)
    throw UsageError("dump: --raw writes bytes that are not for a terminal; give --output FILE or a pipe");

  const Source source = SourceOf(given, given.others.front());
  const Values values = ValuesOf(given, source.program);
  if (raw)
    result.output.content = RawBytes(Installable(source, values));
  else if (c)
    result.output.content = CInitializers(Installable(source, values));
  else
    result.output.content = Listing(source, values);
  return result;
}

}  // namespace

Command DumpCommand() {
  std::vector<Option> options = SourceOptions();
  options.insert(options.end(),
                 {{"raw", OptionKind::kFlag, "",
                   "write the instructions as bytes: for bwrap --seccomp, minijail and others"},
                  {"c", OptionKind::kFlag, "", "write initializers for an array of struct sock_filter"},
                  {"output", OptionKind::kText, "FILE", "where to write (default: standard output)"}});
  return {.name = "dump",
          .words = "SOURCE",
          .summary = "print the instructions of a filter, or write them as bytes or C",
          .explanation = "With --raw and --c, all variables must be set, and the filter is proved first.\n",
          .options = options,
          .run = Run};
}

}  // namespace precompiledseccomp::gen
