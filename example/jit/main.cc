// SPDX-License-Identifier: Apache-2.0
//
// A program that makes code, as a just-in-time compiler does, and lets it run: it calculates, and cannot make
// a system call.

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <precompiledseccomp/install.h>

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jit_filters.h"

namespace {

// getppid(), and its result.
#if defined(__x86_64__)
constexpr unsigned char kCode[] = {0xb8, SYS_getppid, 0, 0, 0,  // mov eax, SYS_getppid
                                   0x0f, 0x05,                  // syscall
                                   0xc3};                       // ret
#elif defined(__aarch64__)
constexpr std::uint32_t kCode[] = {0xd2800008 | SYS_getppid << 5,  // mov x8, SYS_getppid
                                   0xd4000001,                     // svc #0
                                   0xd65f03c0};                    // ret
#endif

using Made = long (*)();

void* MakeCode(std::size_t size) {
  void* const page = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return nullptr;
  std::memcpy(page, kCode, sizeof kCode);
  __builtin___clear_cache(static_cast<char*>(page), static_cast<char*>(page) + sizeof kCode);
  return mprotect(page, size, PROT_READ | PROT_EXEC) == 0 ? page : nullptr;
}

}  // namespace

int main() {
  const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* const page = MakeCode(size);
  if (page == nullptr) {
    std::perror("cannot make code");
    return EXIT_FAILURE;
  }
  Made made = nullptr;
  std::memcpy(&made, &page, sizeof made);
  std::printf("before the filter: getppid of made code: %s\n", made() == getppid() ? "allowed" : "refused");
  std::fflush(stdout);

  const auto begin = reinterpret_cast<std::uintptr_t>(page);  // NOLINT: the filter compares addresses
  const auto result =
      precompiledseccomp::Install(jit::NoCallsOfMadeCode{.begin = begin, .end = begin + size}.Render());
  if (!result.ok()) {
    std::fprintf(stderr, "cannot install the filter: %s\n", result.message());
    return EXIT_FAILURE;
  }
  const bool is_allowed_here = syscall(SYS_getppid) == getppid();
  const bool is_refused_there = made() == -EPERM;
  const bool is_no_more_code = mprotect(page, size, PROT_READ | PROT_EXEC) != 0 && errno == EPERM;
  std::printf("getppid of the program: %s, of made code: %s; more code: %s\n",
              is_allowed_here ? "allowed" : "refused", is_refused_there ? "refused" : "allowed",
              is_no_more_code ? "refused" : "allowed");
  return is_allowed_here && is_refused_there && is_no_more_code ? EXIT_SUCCESS : EXIT_FAILURE;
}
