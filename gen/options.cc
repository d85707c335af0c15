// SPDX-License-Identifier: Apache-2.0

#include "options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include <boost/program_options/variables_map.hpp>

#include "option_table.h"
#include "verify/verify.h"
#include "write/identifiers.h"

namespace precompiledseccomp::gen {
namespace {

namespace po = boost::program_options;

// ---- The options.

// In the order of the help.
std::vector<Option> AllOptions() {
  const std::string usual_steps = std::to_string(verify::Limits().steps);
  const std::string usual_megabytes = std::to_string(verify::Limits().bytes / 1'000'000);
  return {
      {"module", OptionKind::kText, "FILE",
       "the definition module: a shared library with PRECOMPILEDSECCOMP_MODULE"},
      {"source", OptionKind::kText, "FILE", "the C++ source to write: tables, lookup, rendering"},
      {"header", OptionKind::kText, "FILE", "the C++ header to write: what the application includes"},
      {"namespace", OptionKind::kText, "NAME", "where to put it all, such as myapp or mycompany::myapp"},
      {"arch", OptionKind::kTexts, "ARCH",
       "an architecture to compile for: " + TargetNames() +
           ";\n"
           "given several times, the compiler of the source picks the right one\n"
           "(default: " PRECOMPILEDSECCOMP_DEFAULT_ARCH ")"},
      {"stub", OptionKind::kFlag, "", "write sources whose lookups all fail, without compiling any program"},
      {"prove", OptionKind::kText, "on|off",
       "prove of every program, for all calls and all values of its variables, that its filter\n"
       "does what the policy says (default: on); the source says what is not proved"},
      {"proof-steps", OptionKind::kText, "NUMBER",
       "how much work a proof may be before the program counts as too large, two to ten\n"
       "million a second; each of the proofs at a time may hold " +
           usual_megabytes +
           " MB of memory, and\n"
           "with several times the default of steps as many times that (default: " +
           usual_steps + ")"},
      {"findings", OptionKind::kText, "on|off|error",
       "look for mistakes in policies that are right as they are written: those by which a\n"
       "refusal can be evaded are errors, for others there is a line (default: on); with\n"
       "error, all are errors"},
      {"jobs", OptionKind::kText, "NUMBER",
       "how many programs to compile and prove at a time (default: as many as there are\n"
       "processors); the outputs are the same"},
      {"definition-seconds", OptionKind::kText, "NUMBER",
       "how long the module may take to be loaded, to list its programs, and to answer for one\n"
       "of them (default: " +
           std::to_string(Options().definition_limit.count()) + ")"},
      {"stats", OptionKind::kText, "FILE",
       "JSON to write: instruction counts, offsets of variables, what was proved, calls that\n"
       "the kernel will answer from its allow bitmap, instructions run for each call number,\n"
       "and by calls that the kernel runs the filter for (weighted by SyscallCounts or\n"
       "HotSyscalls), programs that were compiled rather than found equal to another"},
      {"stats-times", OptionKind::kFlag, "",
       "add the time that each program and all together took to compile and to prove, which\n"
       "is another one each time"},
      {"depfile", OptionKind::kText, "FILE",
       "Make-style dependencies of the outputs to write, for a build system"},
      {"list", OptionKind::kFlag, "",
       "print the programs, each with its variables, as name:64 or name:fd if they are no\n"
       "integers of 32 bits"},
      {"disassemble", OptionKind::kOptionalText, "[PROGRAM]",
       "print the instructions of one program, or of all"},
      {"version", OptionKind::kFlag, "", "print the version"},
      {"help", OptionKind::kFlag, "", "print this"},
  };
}

// ---- The command line.

po::variables_map Parse(int argc, const char* const* argv) {
  const GivenWords given = ParseWords({argv + std::min(argc, 1), argv + argc}, AllOptions());
  if (!given.others.empty()) throw UsageError("unexpected argument \"" + given.others.front() + "\"");
  return given.options;
}

Command CommandOf(const po::variables_map& given) {
  constexpr std::array<std::pair<const char*, Command>, 4> kCommands = {{
      {"help", Command::kHelp},
      {"version", Command::kVersion},
      {"list", Command::kList},
      {"disassemble", Command::kDisassemble},
  }};
  for (const auto& [option, command] : kCommands)
    if (given.count(option) != 0) return command;
  return Command::kGenerate;
}

std::string DoNotGoTogether(const std::string& option, const std::string& command) {
  return "--" + option + " has no meaning together with --" + command;
}

void RefuseOptionsOfOtherCommands(const po::variables_map& given, const std::string& command,
                                  std::initializer_list<std::string_view> allowed) {
  for (const auto& [option, value] : given)
    if (option != command && std::find(allowed.begin(), allowed.end(), option) == allowed.end())
      throw UsageError(DoNotGoTogether(option, command));
}

std::vector<Target> TargetsOf(const po::variables_map& given) {
  if (given.count("arch") == 0) {
    const Target* const target = FindTarget(PRECOMPILEDSECCOMP_DEFAULT_ARCH);
    if (target == nullptr)
      throw UsageError("there is no default for --arch, as " PRECOMPILEDSECCOMP_DEFAULT_ARCH
                       " is not supported; known are " +
                       TargetNames());
    return {*target};
  }
  std::vector<Target> targets;
  for (const std::string& name : given["arch"].as<std::vector<std::string>>()) {
    const Target* const target = FindTarget(name);
    if (target == nullptr) throw UsageError("--arch \"" + name + "\" is unknown; known are " + TargetNames());
    if (std::any_of(targets.begin(), targets.end(), [&](const Target& t) { return t.name == name; }))
      throw UsageError("--arch \"" + name + "\" is given twice");
    targets.push_back(*target);
  }
  return targets;
}

// Nothing if nothing is to be proved.
std::optional<std::uint64_t> ProofStepsOf(const po::variables_map& given) {
  const std::string prove = TextOf(given, "prove");
  if (!prove.empty() && prove != "on" && prove != "off")
    throw UsageError("--prove is on or off, not \"" + prove + "\"");
  const std::string text = TextOf(given, "proof-steps");
  if (prove == "off") {
    if (!text.empty()) throw UsageError(DoNotGoTogether("proof-steps", "prove=off"));
    return std::nullopt;
  }
  if (text.empty()) return verify::Limits().steps;
  return NumberOf("proof-steps", text, UINT64_MAX, "2^64 - 1");
}

FindingsMode FindingsOf(const po::variables_map& given) {
  const std::string findings = TextOf(given, "findings");
  if (findings.empty() || findings == "on") return FindingsMode::kOn;
  if (findings == "off") return FindingsMode::kOff;
  if (findings == "error") return FindingsMode::kErrors;
  throw UsageError("--findings is on, off or error, not \"" + findings + "\"");
}

std::chrono::seconds DefinitionLimitOf(const po::variables_map& given) {
  constexpr std::uint64_t kADay = 86400;
  const std::string text = TextOf(given, "definition-seconds");
  if (text.empty()) return Options().definition_limit;
  return std::chrono::seconds(NumberOf("definition-seconds", text, kADay, std::to_string(kADay)));
}

// Nothing if it is to be as many as there are processors.
std::optional<std::size_t> JobsOf(const po::variables_map& given) {
  constexpr std::uint64_t kMost = 1024;
  const std::string text = TextOf(given, "jobs");
  if (text.empty()) return std::nullopt;
  return NumberOf("jobs", text, kMost, std::to_string(kMost));
}

std::filesystem::path AbsolutePath(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal();
}

// Where writing to `path` leads, through links.
std::filesystem::path FileOf(const std::string& path) {
  std::error_code error;
  const std::filesystem::path file = std::filesystem::weakly_canonical(path, error);
  return error ? AbsolutePath(path) : std::filesystem::absolute(file);
}

std::string HeaderAsSeenFromSource(const std::string& header, const std::string& source) {
  return AbsolutePath(header).lexically_relative(AbsolutePath(source).parent_path()).string();
}

// An output that is also another output, or the module, would be overwritten.
void CheckThatFilesDiffer(const Options& options) {
  const std::array<std::pair<const char*, const std::string*>, 5> files = {{{"--module", &options.module},
                                                                            {"--source", &options.source},
                                                                            {"--header", &options.header},
                                                                            {"--stats", &options.stats},
                                                                            {"--depfile", &options.depfile}}};
  for (auto left = files.begin(); left != files.end(); ++left)
    for (auto right = std::next(left); right != files.end(); ++right)
      if (!left->second->empty() && !right->second->empty() &&
          FileOf(*left->second) == FileOf(*right->second))
        throw UsageError(std::string(left->first) + " and " + right->first + " are the same file \"" +
                         *left->second + "\"");
}

void CheckWhatToGenerate(const Options& options) {
  const bool sources = !options.source.empty() || !options.header.empty() || !options.name_space.empty();
  if (sources) {
    if (options.source.empty()) throw UsageError("--source is missing");
    if (options.header.empty()) throw UsageError("--header is missing");
    if (options.name_space.empty()) throw UsageError("--namespace is missing");
    if (!IsUsableNamespace(options.name_space))
      throw UsageError("--namespace \"" + options.name_space +
                       "\" is not usable: give C++ identifiers joined by ::, but not the namespaces std and "
                       "precompiledseccomp");
    if (options.included_header.find_first_of("\"\\\n") != std::string::npos)
      throw UsageError("--header \"" + options.header +
                       "\" cannot be included: its name has a quote, a backslash or a line feed");
  } else if (options.stub || options.stats.empty()) {
    throw UsageError("nothing to do: give --source, --header and --namespace, or --list, or --disassemble");
  }
  if (options.stats_times && options.stats.empty()) throw UsageError("--stats-times needs --stats");
  if (options.stub && !options.stats.empty())
    throw UsageError(DoNotGoTogether("stats", "stub") + ", which compiles nothing");
  CheckThatFilesDiffer(options);
}

Options ToOptions(const po::variables_map& given) {
  Options options;
  options.command = CommandOf(given);
  switch (options.command) {
    case Command::kHelp:
    case Command::kVersion:
      return options;
    case Command::kList:
      RefuseOptionsOfOtherCommands(given, "list", {"module", "definition-seconds"});
      break;
    case Command::kDisassemble:
      RefuseOptionsOfOtherCommands(given, "disassemble", {"module", "arch", "definition-seconds", "jobs"});
      break;
    case Command::kGenerate:
      break;
  }

  options.module = TextOf(given, "module");
  if (options.module.empty()) throw UsageError("--module is missing");
  options.source = TextOf(given, "source");
  options.header = TextOf(given, "header");
  if (!options.source.empty() && !options.header.empty())
    options.included_header = HeaderAsSeenFromSource(options.header, options.source);
  options.name_space = TextOf(given, "namespace");
  options.stats = TextOf(given, "stats");
  options.stats_times = given.count("stats-times") != 0;
  options.depfile = TextOf(given, "depfile");
  options.stub = given.count("stub") != 0;
  options.proof_steps = ProofStepsOf(given);
  options.findings = FindingsOf(given);
  options.definition_limit = DefinitionLimitOf(given);
  options.jobs = JobsOf(given);
  if (options.command == Command::kGenerate) CheckWhatToGenerate(options);
  if (options.command != Command::kList && (!options.stub || given.count("arch") != 0))
    options.targets = TargetsOf(given);
  if (options.command == Command::kDisassemble) {
    const auto& names = given["disassemble"].as<std::vector<std::string>>();
    if (names.size() > 1) throw UsageError("--disassemble takes one program, or none for all of them");
    if (!names.empty()) options.program = names.front();
  }
  return options;
}

}  // namespace

Options ParseOptions(int argc, const char* const* argv) {
  return ToOptions(Parse(argc, argv));
}

std::string HelpText() {
  std::string text =
      R"(Compiles the seccomp filters that a module defines, and writes them as C++ sources with constant tables.

  precompiledseccomp-gen --module FILE --source FILE --header FILE --namespace NAME
                         [--arch ARCH]... [--stub] [--prove on|off] [--proof-steps NUMBER]
                         [--findings on|off|error] [--stats FILE [--stats-times]] [--depfile FILE]
                         [--jobs NUMBER]
  precompiledseccomp-gen --module FILE --stats FILE [--stats-times] [--arch ARCH]... [--depfile FILE]
                         [--prove on|off] [--proof-steps NUMBER] [--findings on|off|error] [--jobs NUMBER]
  precompiledseccomp-gen --module FILE --list
  precompiledseccomp-gen --module FILE --disassemble [PROGRAM] [--arch ARCH]... [--jobs NUMBER]
  any of them with       [--definition-seconds NUMBER]

)";
  for (const Option& option : AllOptions()) text += HelpOf(option);
  return text + R"(
Files are written only if their content changes, and only when everything has succeeded.
Exit status: 0, 1 for errors, 2 for wrong usage.
)";
}

}  // namespace precompiledseccomp::gen
