// SPDX-License-Identifier: Apache-2.0
//
// precompiledseccomp: answers what people ask about filters.
//
//   first word -> Command
//   the others -> what the command's table of options makes of them
//   Command::run -> one output, and the exit status
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/version.h>

#include "base/near_misses.h"
#include "errors.h"
#include "messages.h"
#include "module/asking.h"
#include "people/command.h"
#include "people/source.h"
#include "people/tones.h"

namespace precompiledseccomp::gen {
namespace {

constexpr std::string_view kName = "precompiledseccomp";

constexpr std::size_t kColumn = 22;

Option HelpOption() {
  return {"help", OptionKind::kFlag, "", "print this"};
}

std::string HelpOfProgram() {
  std::string text =
      "Answers questions about seccomp filters.\n\n"
      "  precompiledseccomp COMMAND [OPTION]... SOURCE ...\n"
      "  precompiledseccomp COMMAND --help\n"
      "  precompiledseccomp --version\n\n"
      "COMMAND is\n";
  for (const Command& command : Commands()) {
    std::string line = "  " + std::string(command.name);
    line.append(kColumn - std::min(kColumn, line.size()), ' ');
    text += line + std::string(command.summary) + "\n";
  }
  return text + "\n" + SourcesHelp() +
         "\nExit status: 0 if what is asked holds, as that a call is allowed; 1 if it does not; 2 for wrong "
         "usage,\n"
         "and for what cannot be read; 3 if it depends on what is not known.\n";
}

std::string HelpOfCommand(const Command& command) {
  std::string text = "precompiledseccomp " + std::string(command.name) + " [OPTION]... " +
                     std::string(command.words) + "\n\n" + std::string(command.summary) + "\n\n";
  for (const Option& option : command.options) text += HelpOf(option);
  text += HelpOf(HelpOption()) + "\n" + SourcesHelp();
  return text + (command.explanation.empty() ? "" : "\n") + std::string(command.explanation);
}

CommandResult RunCommand(const Command& command, const std::vector<std::string>& words) {
  std::vector<Option> table = command.options;
  table.push_back(HelpOption());
  const GivenWords given = ParseWords(words, table);
  if (given.options.count("help") != 0) return {{"", HelpOfCommand(command)}};
  return command.run(given);
}

CommandResult ResultOf(const std::vector<std::string>& words) {
  if (words.empty()) throw UsageError("COMMAND is missing");
  const std::string& first = words.front();
  if (first == "--help") return {{"", HelpOfProgram()}};
  if (first == "--version") return {{"", "precompiledseccomp " PRECOMPILEDSECCOMP_VERSION "\n"}};
  const std::vector<Command> commands = Commands();
  const auto command = std::find_if(commands.begin(), commands.end(),
                                    [&](const Command& candidate) { return candidate.name == first; });
  if (command != commands.end()) return RunCommand(*command, {words.begin() + 1, words.end()});
  std::vector<std::string> names;
  names.reserve(commands.size());
  for (const Command& candidate : commands) names.emplace_back(candidate.name);
  const std::string near = NearMisses(first, names, 2);
  throw UsageError("there is no command \"" + first + "\"" +
                   (near.empty() ? "" : "; did you mean " + near + "?"));
}

int Main(const std::vector<std::string>& words) {
  Verdict verdict = Verdict::kUnusable;
  try {
    CommandResult result = ResultOf(words);
    if (result.has_tones && (!result.output.path.empty() || !TakesTones(STDOUT_FILENO)))
      result.output.content = WithoutTones(result.output.content);
    if (result.has_tones && !TakesTones(STDERR_FILENO))
      result.on_standard_error = WithoutTones(result.on_standard_error);
    // Only now: modules are asked by processes that would inherit it. A reader that has gone is an error to
    // be told of, and so is a file beyond RLIMIT_FSIZE.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    WriteOutputs({&result.output, 1});
    static_cast<void>(std::fputs(result.on_standard_error.c_str(), stderr));
    verdict = result.verdict;
  } catch (const Error& error) {
    PrintErrors(kName, Errors({error}).InModule(error.module()));
  } catch (const UsageError& error) {
    PrintLine(kName, std::string(error.what()) + "; see --help");
  } catch (const std::exception& exception) {
    PrintLine(kName, exception.what());
  }
  return static_cast<int>(verdict);
}

}  // namespace
}  // namespace precompiledseccomp::gen

int main(int argc, char** argv) {
  if (precompiledseccomp::gen::IsAskingProcess(argc, argv))
    precompiledseccomp::gen::RunAskingProcess(argc, argv);
  return precompiledseccomp::gen::Main({argv + (argc > 0 ? 1 : 0), argv + argc});
}
