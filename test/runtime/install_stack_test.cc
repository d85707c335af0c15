// SPDX-License-Identifier: Apache-2.0
//
// Installing on small stacks: of threads with the smallest stack there may be, of signal handlers, and where
// too little is left. Whatever is below the guard page stays as it is.
#include <precompiledseccomp/install.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <limits.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include "child.h"
#include "filters.h"
#include "status.h"

// Sanitizers put more on a stack than these have.
#if defined(__SANITIZE_ADDRESS__)
#define HAS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SANITIZER
#endif
#endif

namespace precompiledseccomp {
namespace {

BOOST_AUTO_TEST_SUITE(install_stack)

// getppid() fails with EDOM, and there are as many instructions as asked for.
std::vector<sock_filter> RefuseGetppid(std::size_t size) {
  std::vector<sock_filter> instructions = AnswerCall(SYS_getppid, SECCOMP_RET_ERRNO | EDOM);
  instructions.insert(instructions.begin(), size - instructions.size(), {BPF_LD | BPF_IMM, 0, 0, 0});
  return instructions;
}

BOOST_AUTO_TEST_CASE(ALargeFilterNeedsABufferForItsChangedCopy) {
  const std::vector<sock_filter> largest = RefuseGetppid(InstallOptions::kStackCopyLimit);
  const std::vector<sock_filter> larger = RefuseGetppid(InstallOptions::kStackCopyLimit + 1);
  for (const Mode mode : {Mode::kLog, Mode::kTrap}) {
    BOOST_TEST(InChild([&](Report& report) {
                 const InstallResult result = Install(larger, {.mode = mode});
                 report.Equal("error", result.error(), EINVAL);
                 report.Equal("message", std::string(result.message()),
                              "for more than 400 instructions, a mode other than kEnforce needs mode_buffer");
                 report.Equal("no_new_privs", StatusField("NoNewPrivs"), "0");
                 report.Equal("as many as fit", Install(largest, {.mode = mode}).error(), 0);
               }) == kFine);
  }
  BOOST_TEST(InChild([&](Report& report) {
               report.Equal("enforcing", Install(larger).error(), 0);
               report.Equal("getppid", ErrnoOfGetppid(), EDOM);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(WithABufferTheLargestFilterCanBeInstalledInEachMode) {
  const std::vector<sock_filter> instructions = RefuseGetppid(Filter::kCapacity);
  std::vector<sock_filter> buffer(Filter::kCapacity);
  BOOST_TEST(InChild([&](Report& report) {
               const InstallOptions options = {.mode = Mode::kLog, .mode_buffer = std::span(buffer)};
               report.Equal("error", Install(instructions, options).error(), 0);
               report.Equal("getppid", ErrnoOfGetppid(), 0);
             }) == kFine);
  BOOST_TEST(InChild([&](Report& report) {
               const InstallOptions options = {.mode = Mode::kTrap, .mode_buffer = std::span(buffer)};
               report.Equal("error", Install(instructions, options).error(), 0);
               ErrnoOfGetppid();
             }) == "killed by SIGSYS");
}

BOOST_AUTO_TEST_CASE(ABufferThatIsTooSmallChangesNothing) {
  for (const std::size_t size : {std::size_t{5}, std::size_t{401}, Filter::kCapacity}) {
    const std::vector<sock_filter> instructions = RefuseGetppid(size);
    std::vector<sock_filter> buffer(size - 1, {0, 0, 0, 7});
    BOOST_TEST(InChild([&](Report& report) {
                 const InstallResult result =
                     Install(instructions, {.mode = Mode::kLog, .mode_buffer = std::span(buffer)});
                 report.Equal("error", result.error(), EINVAL);
                 report.Equal("message", std::string(result.message()),
                              "mode_buffer is smaller than the filter: give it room for 4096 instructions");
                 report.Equal("no_new_privs", StatusField("NoNewPrivs"), "0");
                 report.True("the buffer is as it was",
                             std::all_of(buffer.begin(), buffer.end(),
                                         [](const sock_filter& entry) { return entry.k == 7; }));
               }) == kFine);
  }
}

BOOST_AUTO_TEST_CASE(ABufferIsWrittenNoFurtherThanTheFilterIsLong) {
  const std::vector<sock_filter> instructions = RefuseGetppid(5);
  std::vector<sock_filter> buffer(6, {0, 0, 0, 7});
  BOOST_TEST(InChild([&](Report& report) {
               report.Equal(
                   "error",
                   Install(instructions, {.mode = Mode::kLog, .mode_buffer = std::span(buffer)}).error(), 0);
               report.Equal("refusal in the filter", instructions[3].k, SECCOMP_RET_ERRNO | EDOM);
               report.Equal("refusal in the buffer", buffer[3].k, SECCOMP_RET_LOG);
               report.Equal("behind it", buffer[5].k, 7U);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(EnforcingLeavesTheBufferAlone) {
  std::vector<sock_filter> buffer(1, {0, 0, 0, 7});
  BOOST_TEST(InChild([&](Report& report) {
               report.Equal("error", Install(RefuseGetppid(5), {.mode_buffer = std::span(buffer)}).error(),
                            0);
               report.Equal("buffer", buffer[0].k, 7U);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(TheInstructionsMayBeChangedInPlace) {
  std::vector<sock_filter> instructions = RefuseGetppid(1000);
  BOOST_TEST(InChild([&](Report& report) {
               const InstallOptions options = {.mode = Mode::kLog, .mode_buffer = std::span(instructions)};
               report.Equal("error", Install(instructions, options).error(), 0);
               report.Equal("getppid", ErrnoOfGetppid(), 0);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(AnotherOverlapOfBufferAndInstructionsChangesNothing) {
  constexpr std::size_t kSize = 500;
  const std::vector<sock_filter> instructions = RefuseGetppid(kSize);
  // Where in the memory the buffer begins; the instructions are in the middle.
  const struct {
    std::size_t buffer;
    bool overlaps;
  } cases[] = {{0, false},        {1, true}, {kSize - 1, true}, {kSize + 1, true}, {2 * kSize - 1, true},
               {2 * kSize, false}};
  for (const auto& entry : cases) {
    BOOST_TEST_CONTEXT("the buffer begins at " << entry.buffer) {
      BOOST_TEST(InChild([&](Report& report) {
                   std::vector<sock_filter> memory(3 * kSize);
                   std::copy(instructions.begin(), instructions.end(), memory.begin() + kSize);
                   const auto all = std::span(memory);
                   const InstallOptions options = {.mode = Mode::kLog,
                                                   .mode_buffer = all.subspan(entry.buffer, kSize)};
                   const InstallResult result = Install(all.subspan(kSize, kSize), options);
                   report.Equal("error", result.error(), entry.overlaps ? EINVAL : 0);
                   report.Equal("message", std::string(result.message()),
                                entry.overlaps ? "mode_buffer overlaps the filter: let it begin where the "
                                                 "filter does, or be elsewhere"
                                               : "");
                   report.Equal("no_new_privs", StatusField("NoNewPrivs"), entry.overlaps ? "0" : "1");
                   report.True(
                       "the instructions are as they were",
                       std::memcmp(&memory[kSize], instructions.data(), kSize * sizeof(sock_filter)) == 0);
                 }) == kFine);
    }
  }
}

#ifndef HAS_SANITIZER

constexpr Mode kModes[] = {Mode::kEnforce, Mode::kLog, Mode::kTrap};
constexpr std::size_t kPage = 4096;
constexpr std::size_t kBelow = 64 * 1024;
constexpr unsigned char kPattern = 0xee;

// A stack with a guard page, and memory below that a function with a large frame would write to. Shared with
// children, so that their parent can look when they have died.
class GuardedStack {
 public:
  explicit GuardedStack(std::size_t size) : size_(size) {
    void* const memory =
        mmap(nullptr, kBelow + kPage + size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    BOOST_REQUIRE(memory != MAP_FAILED);
    memory_ = static_cast<unsigned char*>(memory);
    std::memset(memory_, kPattern, kBelow);
    BOOST_REQUIRE(mprotect(memory_ + kBelow, kPage, PROT_NONE) == 0);
  }
  ~GuardedStack() { munmap(memory_, kBelow + kPage + size_); }
  GuardedStack(const GuardedStack&) = delete;
  GuardedStack& operator=(const GuardedStack&) = delete;

  void* bottom() const { return memory_ + kBelow + kPage; }
  std::size_t size() const { return size_; }

  // How many bytes below the guard page have changed.
  std::ptrdiff_t Overwritten() const {
    return std::count_if(memory_, memory_ + kBelow, [](unsigned char byte) { return byte != kPattern; });
  }

 private:
  std::size_t size_;
  unsigned char* memory_ = nullptr;
};

// What is to be done on a small stack, where nothing but a pointer gets.
struct Work {
  std::span<const sock_filter> instructions;
  InstallOptions options;
  std::size_t bury = 0;  // under so many KiB of stack
  int error = -1;        // what comes out
};

[[gnu::noinline]] void InstallBuried(Work& work, std::size_t depth) {
  char kibibyte[1024 - 64];
  for (std::size_t i = 0; i < sizeof kibibyte; i += 64) kibibyte[i] = 1;
  // Somebody may look at it: or compilers make a loop of this, with one buffer.
  asm volatile("" : : "r"(kibibyte) : "memory");
  if (depth > 0)
    InstallBuried(work, depth - 1);
  else
    work.error = Install(work.instructions, work.options).error();
  asm volatile("" : : "r"(kibibyte) : "memory");
}

void DoWork(Work& work) {
  if (work.bury == 0)
    work.error = Install(work.instructions, work.options).error();
  else
    InstallBuried(work, work.bury - 1);
}

void RunOnThread(const GuardedStack& stack, Work& work) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstack(&attributes, stack.bottom(), stack.size());
  pthread_t thread;
  const auto run = [](void* argument) -> void* {
    DoWork(*static_cast<Work*>(argument));
    return nullptr;
  };
  if (pthread_create(&thread, &attributes, run, &work) != 0) _exit(96);
  pthread_join(thread, nullptr);
}

Work* work_of_handler = nullptr;

void RunInHandler(const GuardedStack& stack, Work& work) {
  work_of_handler = &work;
  stack_t alternate = {};
  alternate.ss_sp = stack.bottom();
  alternate.ss_size = stack.size();
  if (sigaltstack(&alternate, nullptr) != 0) _exit(95);
  struct sigaction action = {};
  action.sa_handler = [](int) { DoWork(*work_of_handler); };
  action.sa_flags = SA_ONSTACK;
  sigaction(SIGUSR1, &action, nullptr);
  raise(SIGUSR1);
}

// Small filters, and the largest with a buffer.
struct Size {
  std::size_t instructions;
  bool has_buffer;
};
constexpr Size kSizes[] = {{5, false}, {InstallOptions::kStackCopyLimit, false}, {Filter::kCapacity, true}};

BOOST_AUTO_TEST_CASE(TheSmallestStackOfAThreadIsEnough) {
  for (const Size& size : kSizes) {
    const std::vector<sock_filter> instructions = RefuseGetppid(size.instructions);
    std::vector<sock_filter> buffer(size.has_buffer ? size.instructions : 0);
    for (const Mode mode : kModes) {
      const GuardedStack stack(static_cast<std::size_t>(PTHREAD_STACK_MIN));
      BOOST_TEST(InChild([&](Report& report) {
                   Work work = {instructions, {.mode = mode, .mode_buffer = std::span(buffer)}};
                   RunOnThread(stack, work);
                   report.Equal("error", work.error, 0);
                 }) == kFine);
      BOOST_TEST(stack.Overwritten() == 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(AnAlternateSignalStackOf8KiBIsEnough) {
  constexpr std::size_t kSize = 8192;
#ifdef _SC_MINSIGSTKSZ
  // Where the kernel alone needs most of it (AMX), nothing can be said.
  if (sysconf(_SC_MINSIGSTKSZ) > 4096) {
    BOOST_TEST_MESSAGE("skipped: the kernel needs more than 4 KiB for a signal");
    return;
  }
#endif
  for (const Size& size : kSizes) {
    const std::vector<sock_filter> instructions = RefuseGetppid(size.instructions);
    std::vector<sock_filter> buffer(size.has_buffer ? size.instructions : 0);
    for (const Mode mode : kModes) {
      const GuardedStack stack(kSize);
      BOOST_TEST(InChild([&](Report& report) {
                   Work work = {instructions, {.mode = mode, .mode_buffer = std::span(buffer)}};
                   RunInHandler(stack, work);
                   report.Equal("error", work.error, 0);
                 }) == kFine);
      BOOST_TEST(stack.Overwritten() == 0);
    }
  }
}

// Wherever the stack ends, it ends at the guard page.
BOOST_AUTO_TEST_CASE(AStackThatIsTooSmallEndsTheProcessAndOverwritesNothing) {
  const std::size_t size = 2 * static_cast<std::size_t>(PTHREAD_STACK_MIN);
  const std::vector<sock_filter> instructions = RefuseGetppid(InstallOptions::kStackCopyLimit);
  for (const Mode mode : kModes) {
    int installed = 0;
    int died = 0;
    for (std::size_t bury = 1; bury < size / 1024; ++bury) {
      const GuardedStack stack(size);
      const std::string end = InChild([&](Report& report) {
        std::signal(SIGSEGV, SIG_DFL);
        std::signal(SIGBUS, SIG_DFL);
        Work work = {instructions, {.mode = mode}, bury};
        RunOnThread(stack, work);
        report.Equal("error", work.error, 0);
      });
      if (end == kFine)
        ++installed;
      else
        ++died;
      BOOST_TEST_CONTEXT("under " << bury << " KiB: " << end) {
        BOOST_TEST((end == kFine || end == "killed by signal " + std::to_string(SIGSEGV)));
        BOOST_TEST(stack.Overwritten() == 0);
      }
    }
    BOOST_TEST(installed > 5);
    BOOST_TEST(died > 0);
  }
}

#endif

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
