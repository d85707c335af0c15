// SPDX-License-Identifier: Apache-2.0
//
// Runs a command under the container-style profile of policy.cc.
//
//   sandbox-run [--log | --trap] COMMAND [ARGUMENT ...]
//
//   --log     let refused calls through and have the kernel log them: shows what the profile lacks
//   --trap    send SIGSYS for refused calls: shows in a debugger where they are made

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include <unistd.h>

#include "sandbox_run_filters.h"

namespace pcs = precompiledseccomp;

namespace {

constexpr int kUsageError = 2;
constexpr int kCannotSandbox = 125;
constexpr int kCannotExecute = 126;
constexpr int kNotFound = 127;

}  // namespace

int main(int argc, char** argv) {
  pcs::InstallOptions options;
  int first = 1;
  if (argc > 1 && std::string_view(argv[1]) == "--log") {
    options.mode = pcs::Mode::kLog;
    first = 2;
  } else if (argc > 1 && std::string_view(argv[1]) == "--trap") {
    options.mode = pcs::Mode::kTrap;
    first = 2;
  }
  if (first >= argc) {
    std::fprintf(stderr, "usage: sandbox-run [--log | --trap] COMMAND [ARGUMENT ...]\n");
    return kUsageError;
  }

  const pcs::Filter filter = sandbox_run::Container{}.Render();
  if (auto result = pcs::Install(filter, options); !result) {
    std::fprintf(stderr, "sandbox-run: cannot install the filter: %s\n", result.message());
    return kCannotSandbox;
  }
  execvp(argv[first], argv + first);
  const int error = errno;
  std::fprintf(stderr, "sandbox-run: %s: %s\n", argv[first], std::strerror(error));
  return error == ENOENT ? kNotFound : kCannotExecute;
}
