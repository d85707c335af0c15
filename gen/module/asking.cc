// SPDX-License-Identifier: Apache-2.0

#include "module/asking.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <span>
#include <string_view>

#include <sys/resource.h>
#include <unistd.h>

#include <precompiledseccomp/error.h>

#include "module/module.h"
#include "module/other_world.h"
#include "module/protocol.h"
#include "precompile/ask.h"

namespace precompiledseccomp::gen {
namespace {

// Not for people, and so not in the help.
constexpr std::string_view kAsking = "--asking";

// What changes with each call shows in the second answer, what changes once it was called twice in the third.
constexpr int kTimesInThisWorld = 3;

// The module called exit. Its own destructors have run by now; nothing else is to.
void EndAtOnce() {
  std::fflush(nullptr);
  _exit(EXIT_SUCCESS);
}

[[noreturn]] void End(int status) {
  std::fflush(nullptr);  // what the module has printed
  // Not even to main: destructors and exit functions of the module are none of our business once all is said.
  _exit(status);
}

int NumberOf(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

class AskingProcess {
 public:
  AskingProcess(const Request& request, World world, int pipe)
      : request_(request), world_(world), pipe_(pipe) {}

  void Run() {
    try {
      LimitProcessorTime();
      const LoadedModule module = LoadModule(request_.module);
      Tell(RecordKind::kFiles, EncodeTexts(module.files));
      LimitProcessorTime();
      const std::vector<ProgramDefinition> definitions = ListPrograms(module);
      Tell(RecordKind::kPrograms, EncodePrograms(definitions));
      for (const ProgramDefinition& definition : definitions)
        if (!request_.program || *request_.program == definition.name)
          for (const Target& target : request_.targets) Ask(definition, target);
    } catch (const Error& error) {
      Tell(RecordKind::kError, EncodeError(error));
    } catch (const std::exception& exception) {
      Tell(RecordKind::kError, EncodeError(Error(exception.what())));
    }
  }

 private:
  void Ask(const ProgramDefinition& definition, const Target& target) {
    LimitProcessorTime();
    try {
      const int times = world_ == World::kThis ? kTimesInThisWorld : 1;
      Tell(RecordKind::kPolicy, EncodePolicy(precompile::AskForPolicy(definition, target, times)));
    } catch (const Error& error) {
      Tell(RecordKind::kError, EncodeError(error));
    } catch (const std::exception& exception) {
      Tell(RecordKind::kError, EncodeError(Error(exception.what()).InProgram(definition.name)));
    }
  }

  // From now on. The clock is the generator's to watch; this is for what the module leaves behind, too.
  void LimitProcessorTime() const {
    rusage used = {};
    rlimit limit = {};
    if (getrusage(RUSAGE_SELF, &used) != 0 || getrlimit(RLIMIT_CPU, &limit) != 0) return;
    const auto seconds =
        static_cast<rlim_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec + request_.limit.count() + 1);
    limit.rlim_cur = limit.rlim_max == RLIM_INFINITY ? seconds : std::min(seconds, limit.rlim_max);
    setrlimit(RLIMIT_CPU, &limit);
  }

  void Tell(RecordKind kind, std::string_view bytes) const {
    if (!WriteRecord(pipe_, kind, bytes)) End(kPipeIsLost);
  }

  const Request& request_;
  const World world_;
  const int pipe_;
};

}  // namespace

std::vector<std::string> AskingArguments(const Request& request, World world, int pipe) {
  std::vector<std::string> arguments = {std::string(kAsking),
                                        std::to_string(pipe),
                                        world == World::kThis ? "this" : "other",
                                        std::to_string(request.limit.count()),
                                        request.module,
                                        request.program.value_or("")};
  for (const Target& target : request.targets) arguments.emplace_back(target.name);
  return arguments;
}

bool IsAskingProcess(int argc, const char* const* argv) {
  return argc >= 7 && argv[1] == kAsking;
}

void RunAskingProcess(int argc, const char* const* argv) {
  const std::span<const char* const> arguments(argv, static_cast<std::size_t>(argc));
  const int pipe = NumberOf(arguments[2]);
  const World world = arguments[3] == std::string_view("this") ? World::kThis : World::kOther;
  Request request;
  request.limit = std::chrono::seconds(NumberOf(arguments[4]));
  request.module = arguments[5];
  if (*arguments[6] != '\0') request.program = arguments[6];
  for (const char* const name : arguments.subspan(7)) request.targets.push_back(*FindTarget(name));
  if (world == World::kOther) EnterOtherWorld();
  if (std::atexit(EndAtOnce) != 0) End(EXIT_FAILURE);
  AskingProcess(request, world, pipe).Run();
  End(EXIT_SUCCESS);
}

}  // namespace precompiledseccomp::gen
