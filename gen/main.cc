// SPDX-License-Identifier: Apache-2.0
//
// precompiledseccomp-gen: compiles the seccomp filters that a module defines, and writes them as C++ sources.
//
//   command line -> Options
//   Options -> Produce(), which has the module asked in processes of their own -> the contents of all outputs
//   contents -> files; notes -> standard error
#include <csignal>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <precompiledseccomp/error.h>

#include "errors.h"
#include "files.h"
#include "messages.h"
#include "module/asking.h"
#include "options.h"
#include "produce.h"
#include "version.h"

namespace precompiledseccomp::gen {
namespace {

constexpr std::string_view kName = "precompiledseccomp-gen";

constexpr int kSuccess = 0;
constexpr int kFailure = 1;
constexpr int kWrongUsage = 2;

Products ProductsOf(const Options& options) {
  if (options.command == Command::kHelp) return {{{"", HelpText()}}};
  if (options.command == Command::kVersion) return {{{"", NameAndVersion() + "\n"}}};
  try {
    return Produce(options);
  } catch (const Error& error) {
    throw Errors({error}).InModule(options.module);
  } catch (const Errors& errors) {
    throw errors.InModule(options.module);
  }
}

int Main(int argc, const char* const* argv) {
  try {
    const Options options = ParseOptions(argc, argv);
    const Products products = ProductsOf(options);
    WriteOutputs(products.outputs);
    for (const Error& note : products.notes) PrintLine(kName, note.InModule(options.module).what());
    return kSuccess;
  } catch (const Errors& errors) {
    PrintErrors(kName, errors);
    return kFailure;
  } catch (const UsageError& error) {
    PrintLine(kName, std::string(error.what()) + "; see --help");
    return kWrongUsage;
  } catch (const std::exception& exception) {
    PrintLine(kName, exception.what());
    return kFailure;
  }
}

}  // namespace
}  // namespace precompiledseccomp::gen

int main(int argc, char** argv) {
  // A file that grows beyond RLIMIT_FSIZE is an error to be reported (EFBIG), and cleaned up after.
  std::signal(SIGXFSZ, SIG_IGN);
  if (precompiledseccomp::gen::IsAskingProcess(argc, argv))
    precompiledseccomp::gen::RunAskingProcess(argc, argv);
  return precompiledseccomp::gen::Main(argc, argv);
}
