// SPDX-License-Identifier: Apache-2.0
//
// Installs each of the two filters of policy.cc in a child of its own and shows, call by call, what the
// kernel then allows and refuses.
//
//   classic             install and show; exit status 0 if everything was as the policy says
//   classic --render    only render the filters, and print their instructions as numbers

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "classic_filters.h"

namespace pcs = precompiledseccomp;

namespace {

constexpr int kAttempts = 6;

// What happened to a call: 0 if it was made, or its errno.
struct Results {
  bool complete;
  int errors[kAttempts];
};

struct Descriptors {
  int fd1;
  int fd2;
  int other;
};

struct Attempt {
  const char* name;
  int (*make)(const Descriptors&);
};

int ErrorOf(long answer) {
  return answer < 0 ? errno : 0;
}

int ReadByte(int fd) {
  char byte = 0;
  return ErrorOf(read(fd, &byte, 1));
}

int WriteByte(int fd) {
  return ErrorOf(write(fd, "x", 1));
}

constexpr Attempt kCalls[kAttempts] = {
    {"read from fd1", [](const Descriptors& fds) { return ReadByte(fds.fd1); }},
    {"read from fd2", [](const Descriptors& fds) { return ReadByte(fds.fd2); }},
    {"read from another", [](const Descriptors& fds) { return ReadByte(fds.other); }},
    {"write to fd1", [](const Descriptors& fds) { return WriteByte(fds.fd1); }},
    {"write to fd2", [](const Descriptors& fds) { return WriteByte(fds.fd2); }},
    {"open a file", [](const Descriptors&) { return ErrorOf(open("/etc/passwd", O_RDONLY)); }},
};

// What the policies of policy.cc say of these calls.
constexpr int kExpectedOfWriteToFd1[kAttempts] = {0, 0, EPERM, 0, EPERM, EPERM};
constexpr int kExpectedOfWriteToFd2[kAttempts] = {0, 0, EPERM, EPERM, 0, EPERM};

// The child can report through memory only: its filter refuses to write anywhere else.
[[noreturn]] void RunChild(pcs::FilterView filter, const Descriptors& fds, Results& results) {
  if (const auto result = pcs::Install(filter); !result.ok()) {
    std::fprintf(stderr, "cannot install the filter: %s\n", result.message());
    _exit(1);
  }
  for (int i = 0; i < kAttempts; ++i) results.errors[i] = kCalls[i].make(fds);
  results.complete = true;
  _exit(0);
}

bool Show(const char* name, pcs::FilterView filter, const Descriptors& fds, const int* expected) {
  std::printf("%s (%zu instructions)\n", name, filter.instructions().size());
  std::fflush(stdout);
  void* memory = mmap(nullptr, sizeof(Results), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  auto& results = *static_cast<Results*>(memory);

  const pid_t child = fork();
  if (child == 0) RunChild(filter, fds, results);
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || !results.complete) return false;

  bool as_expected = true;
  for (int i = 0; i < kAttempts; ++i) {
    const int error = results.errors[i];
    const bool same = error == expected[i];
    as_expected = as_expected && same;
    std::printf("  %-18s %s%s\n", kCalls[i].name, error == 0 ? "allowed" : std::strerror(error),
                same ? "" : "   <-- not what the policy says");
  }
  return as_expected;
}

// The instructions of both programs, a line for each, as the kernel's struct sock_filter has them: code jt jf
// k.
int PrintRendered() {
  for (const pcs::Program& program : classic::ListPrecompiled()) {
    sock_filter buffer[64];
    const auto filter = program.RenderInto({{"fd1", 5}, {"fd2", 6}}, buffer);
    if (!filter.ok()) {
      std::fprintf(stderr, "%s\n", filter.message());
      return 1;
    }
    for (const sock_filter& instruction : filter.instructions())
      std::printf("%u %u %u %u\n", instruction.code, instruction.jt, instruction.jf, instruction.k);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--render") return PrintRendered();

  const Descriptors fds = {memfd_create("fd1", 0), memfd_create("fd2", 0), memfd_create("other", 0)};
  if (fds.fd1 < 0 || fds.fd2 < 0 || fds.other < 0) return 1;

  // The typed way: a misspelt or missing variable does not compile.
  const auto first = classic::WriteToFd1{.fd1 = fds.fd1, .fd2 = fds.fd2}.Render();
  const bool first_as_expected = Show("write-to-fd1", first, fds, kExpectedOfWriteToFd1);

  // By name: for programs that choose among filters at run time.
  const pcs::Program* program = classic::GetPrecompiled("write-to-fd2");
  static constinit pcs::Filter second;
  if (program == nullptr) return 1;
  const auto rendered = program->Render({{"fd1", fds.fd1}, {"fd2", fds.fd2}}, second);
  if (!rendered.ok()) {
    std::fprintf(stderr, "%s\n", rendered.message());
    return 1;
  }
  const bool second_as_expected = Show("write-to-fd2", second, fds, kExpectedOfWriteToFd2);

  return first_as_expected && second_as_expected ? EXIT_SUCCESS : EXIT_FAILURE;
}
