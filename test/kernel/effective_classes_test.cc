// SPDX-License-Identifier: Apache-2.0
//
// The kernel answers the same whatever stands above the bits that the table of parameters says it looks at,
// and not where the table has all of them.

#include <csignal>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <linux/mempolicy.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "target/parameter_tables.h"

namespace precompiledseccomp::testing {
namespace {

// What the kernel does not look at.
constexpr unsigned long kUpperHalf = 0x5aUL << 32;

// A file with something in it, a pipe, a page, and a vector of one byte.
class Things {
 public:
  Things() {
    BOOST_REQUIRE(file_ >= 0);
    BOOST_REQUIRE(write(file_, "abcdefgh", 8) == 8);
    BOOST_REQUIRE(pipe(pipe_) == 0);
    BOOST_REQUIRE(page_ != MAP_FAILED);
  }
  ~Things() {
    munmap(page_, kPage);
    close(pipe_[0]);
    close(pipe_[1]);
    close(file_);
  }
  Things(const Things&) = delete;
  Things& operator=(const Things&) = delete;

  static constexpr std::size_t kPage = 4096;

  [[nodiscard]] unsigned long file() const { return static_cast<unsigned long>(file_); }
  [[nodiscard]] int write_end() const { return pipe_[1]; }
  [[nodiscard]] void* page() const { return page_; }
  [[nodiscard]] const iovec* vector() const { return &vector_; }
  // The file begins at its first byte again.
  void Rewind() const { BOOST_REQUIRE(lseek(file_, 0, SEEK_SET) == 0); }

 private:
  int file_ = memfd_create("effective_classes_test", MFD_CLOEXEC);
  int pipe_[2] = {-1, -1};
  void* page_ = mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char byte_ = 'x';
  iovec vector_ = {.iov_base = &byte_, .iov_len = 1};
};

// A call with `upper` added to one parameter, and whether it succeeded.
using Attempt = std::function<bool(const Things&, unsigned long upper)>;

template <typename... Arguments>
bool Succeeds(long number, Arguments... arguments) {
  return syscall(number, arguments...) >= 0;
}

bool Maps(const Things& things, unsigned long upper) {
  const long address = syscall(SYS_mmap, 0UL, Things::kPage, static_cast<unsigned long>(PROT_READ),
                               static_cast<unsigned long>(MAP_PRIVATE), things.file() + upper, 0UL);
  return address != -1 &&
         munmap(reinterpret_cast<void*>(address), Things::kPage) == 0;  // NOLINT: the kernel's
}

// As fork() does, with the flags of the raw call.
bool Clones(const Things& /*things*/, unsigned long upper) {
  const long child = syscall(SYS_clone, SIGCHLD + upper, 0UL, 0UL, 0UL, 0UL);
  if (child == 0) _exit(0);
  return child > 0 && waitpid(static_cast<pid_t>(child), nullptr, 0) == child;
}

bool Traces(const Things& /*things*/, unsigned long upper) {
  const pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  const bool is_traced =
      Succeeds(SYS_ptrace, PTRACE_SEIZE, static_cast<unsigned long>(child) + upper, 0UL, 0UL);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  return is_traced;
}

bool Advises(const Things& things, unsigned long upper) {
  const iovec page = {.iov_base = things.page(), .iov_len = Things::kPage};
  const long self = syscall(SYS_pidfd_open, getpid(), 0);
  const bool is_advised = Succeeds(SYS_process_madvise, self, &page, 1 + upper, MADV_COLD, 0);
  close(static_cast<int>(self));
  return is_advised;
}

// readv(2) and those that go on from it: with a descriptor, or a number of vectors, that has an upper half.
Attempt WithDescriptor(long number) {
  return [number](const Things& things, unsigned long upper) {
    return Succeeds(number, things.file() + upper, things.vector(), 1UL, 0UL, 0UL, 0UL);
  };
}
Attempt WithVectors(long number) {
  return [number](const Things& things, unsigned long upper) {
    return Succeeds(number, things.file(), things.vector(), 1 + upper, 0UL, 0UL, 0UL);
  };
}
Attempt WithOwnVectors(long number) {
  return [number](const Things& things, unsigned long upper) {
    const iovec page = {.iov_base = things.page(), .iov_len = 1};
    return Succeeds(number, getpid(), things.vector(), 1 + upper, &page, 1UL, 0UL);
  };
}

using Row = std::pair<std::string, std::string>;

std::map<Row, Attempt> Attempts() {
  return {
      {{"clone", "clone_flags"}, Clones},
      {{"mbind", "mode"},
       [](const Things& things, unsigned long upper) {
         return Succeeds(SYS_mbind, things.page(), Things::kPage, MPOL_DEFAULT + upper, 0UL, 0UL, 0UL);
       }},
      {{"mmap", "fd"}, Maps},
      {{"preadv", "fd"}, WithDescriptor(SYS_preadv)},
      {{"preadv", "vlen"}, WithVectors(SYS_preadv)},
      {{"preadv2", "fd"}, WithDescriptor(SYS_preadv2)},
      {{"preadv2", "vlen"}, WithVectors(SYS_preadv2)},
      {{"process_madvise", "vlen"}, Advises},
      {{"process_vm_readv", "liovcnt"}, WithOwnVectors(SYS_process_vm_readv)},
      {{"process_vm_writev", "liovcnt"}, WithOwnVectors(SYS_process_vm_writev)},
      {{"ptrace", "pid"}, Traces},
      {{"pwritev", "fd"}, WithDescriptor(SYS_pwritev)},
      {{"pwritev", "vlen"}, WithVectors(SYS_pwritev)},
      {{"pwritev2", "fd"}, WithDescriptor(SYS_pwritev2)},
      {{"pwritev2", "vlen"}, WithVectors(SYS_pwritev2)},
      {{"readv", "fd"}, WithDescriptor(SYS_readv)},
      {{"readv", "vlen"}, WithVectors(SYS_readv)},
      {{"vmsplice", "nr_segs"},
       [](const Things& things, unsigned long upper) {
         return Succeeds(SYS_vmsplice, things.write_end(), things.vector(), 1 + upper, 0U);
       }},
      {{"writev", "fd"}, WithDescriptor(SYS_writev)},
      {{"writev", "vlen"}, WithVectors(SYS_writev)},
  };
}

BOOST_AUTO_TEST_SUITE(EffectiveClassesTest)

BOOST_AUTO_TEST_CASE(TheUpperHalfOfWhatIsReadAs32BitsMakesNoDifference) {
  const Things things;
  const std::map<Row, Attempt> attempts = Attempts();
  for (const EffectiveClass& row : EffectiveClasses()) BOOST_TEST_CONTEXT(row.call << ", " << row.parameter) {
      const auto attempt = attempts.find({std::string(row.call), std::string(row.parameter)});
      BOOST_REQUIRE((attempt != attempts.end()));
      things.Rewind();
      const bool succeeds = attempt->second(things, 0);
      if (!succeeds) BOOST_TEST_MESSAGE("not compared: here the call fails anyway");
      for (const unsigned long upper : {kUpperHalf, 1UL << 32, 1UL << 63, ~0UL << 32}) {
        things.Rewind();
        BOOST_TEST(attempt->second(things, upper) == succeeds);
      }
    }
}

// SYSCALL_DEFINEn makes an argument what it declares (include/linux/syscalls.h, __SC_CAST) before anything
// looks at it.
BOOST_AUTO_TEST_CASE(WhatIsAboveTheDeclaredBitsMakesNoDifference) {
  const Things things;
  constexpr unsigned long kAboveUmode = 0x5aUL << 16;
  BOOST_TEST(Succeeds(SYS_fchmod, things.file(), 0640 + kAboveUmode + kUpperHalf));
  struct stat status {};
  BOOST_REQUIRE(fstat(static_cast<int>(things.file()), &status) == 0);
  BOOST_TEST((status.st_mode & 07777) == 0640U);
  BOOST_TEST(Succeeds(SYS_lseek, things.file() + kUpperHalf, 0UL, SEEK_END + kUpperHalf));
}

// These are compared or tested in all 64 bits, so that they are not in the table.
BOOST_AUTO_TEST_CASE(TheUpperHalfOfOtherParametersCounts) {
  const Things things;
  const auto maps = [&](unsigned long flags) {
    return Succeeds(SYS_mmap, 0UL, Things::kPage, PROT_READ + 0UL, flags, things.file(), 0UL);
  };
  BOOST_TEST(maps(MAP_SHARED_VALIDATE));
  BOOST_TEST(!maps(MAP_SHARED_VALIDATE + kUpperHalf));
  BOOST_TEST(!Succeeds(SYS_mprotect, things.page(), Things::kPage, PROT_READ + kUpperHalf));
  BOOST_TEST(!Succeeds(SYS_mremap, things.page(), Things::kPage, Things::kPage, kUpperHalf, 0UL));
  BOOST_TEST(!Succeeds(SYS_unshare, kUpperHalf));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
