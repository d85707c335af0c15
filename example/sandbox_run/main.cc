// SPDX-License-Identifier: Apache-2.0
//
// Runs a command under the container-style profile of policy.cc, which says what that is good for, and what
// only namespaces or Landlock could do.
//
//   sandbox-run [--log | --trap] [--] COMMAND [ARGUMENT ...]
//
//   --log     let refused calls through and have the kernel log them: shows what the profile lacks
//   --trap    send SIGSYS for refused calls: shows in a debugger where they are made
//
// Exit status: the command's; 2 for wrong usage; 125 if there can be no sandbox, 126 if the command cannot be
// executed, and 127 if it is not found.

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

int Usage() {
  std::fprintf(stderr, "usage: sandbox-run [--log | --trap] [--] COMMAND [ARGUMENT ...]\n");
  return kUsageError;
}

}  // namespace

int main(int argc, char** argv) {
  pcs::InstallOptions options;
  int first = 1;
  for (; first < argc && argv[first][0] == '-'; ++first) {
    const std::string_view option = argv[first];
    if (option == "--") {
      ++first;
      break;
    }
    if (option == "--log") {
      options.mode = pcs::Mode::kLog;
    } else if (option == "--trap") {
      options.mode = pcs::Mode::kTrap;
    } else {
      return Usage();
    }
  }
  if (first >= argc) return Usage();

  // Without variables there is nothing to render.
  const pcs::Program* program = sandbox_run::GetPrecompiled("container");
  if (program == nullptr) return kCannotSandbox;
  if (const auto result = pcs::Install(*program, options); !result.ok()) {
    std::fprintf(stderr, "sandbox-run: cannot install the filter: %s\n", result.message());
    return kCannotSandbox;
  }
  execvp(argv[first], argv + first);
  const int error = errno;
  std::fprintf(stderr, "sandbox-run: %s: %s\n", argv[first], std::strerror(error));
  return error == ENOENT ? kNotFound : kCannotExecute;
}
