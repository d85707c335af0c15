// SPDX-License-Identifier: Apache-2.0
//
// What comes of policies that say something else than what was meant (support/mistakes.h): calls that are
// made though they were to be refused, and the other way round.

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <precompiledseccomp/evaluate.h>

#include "compile/compile.h"
#include "kernel/filtered_child.h"
#include "kernel/under_filter.h"
#include "support/calls.h"
#include "support/child.h"
#include "support/compare.h"
#include "support/mistakes.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(MistakesTest, *boost::unit_test::precondition(KernelTakesFilters))

// What the kernel does not look at, of an int.
constexpr std::uint64_t kUpperHalf = 0x1'0000'0000;

std::vector<sock_filter> CompileHere(const Policy& policy) {
  return Compile(Resolve(policy, NativeTarget()));
}

std::uint64_t AddressOf(const void* thing) {
  return reinterpret_cast<std::uintptr_t>(thing);
}

// What a call comes to, made by a process under the policy: errors are negative.
std::int64_t ResultOf(const Policy& policy, const seccomp_data& call) {
  const Outcome outcome = MakeCalls(CompileHere(policy), {&call, 1}).front();
  BOOST_REQUIRE((outcome.kind == Outcome::Kind::kReturned));
  return outcome.value;
}

bool Succeeds(const Policy& policy, const seccomp_data& call) {
  return ResultOf(policy, call) >= 0;
}

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) { BOOST_REQUIRE(descriptor_ >= 0); }
  ~File() { close(descriptor_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] std::uint64_t argument() const { return static_cast<std::uint64_t>(descriptor_); }
  [[nodiscard]] std::int64_t Size() const {
    struct stat status {};
    BOOST_REQUIRE(fstat(descriptor_, &status) == 0);
    return status.st_size;
  }

 private:
  int descriptor_;
};

// With three bytes in it.
class Pipe {
 public:
  Pipe() {
    BOOST_REQUIRE(pipe(ends_) == 0);
    BOOST_REQUIRE(write(ends_[1], "abc", 3) == 3);
  }
  ~Pipe() {
    close(ends_[0]);
    close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  // ioctl(2) that asks how many there are.
  [[nodiscard]] seccomp_data Ask(int* answer, std::uint64_t upper_half = 0) const {
    return NativeCall(SYS_ioctl,
                      {static_cast<std::uint64_t>(ends_[0]), FIONREAD + upper_half, AddressOf(answer)});
  }

 private:
  int ends_[2] = {-1, -1};
};

// Goes with what is in it.
class Folder {
 public:
  Folder() { BOOST_REQUIRE(mkdtemp(path_.data()) != nullptr); }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string PathOf(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_ = std::filesystem::temp_directory_path() / "mistakes_test.XXXXXX";
};

// ---- upper-half-ignored

BOOST_AUTO_TEST_CASE(ARefusedCommandIsTakenWithAnUpperHalf) {
  const Mistake mistake = ACommandIsRefusedInAllBits();
  const Pipe pipe;
  const SharedArray<int> bytes(1);
  const seccomp_data plain = pipe.Ask(&bytes[0]);
  const seccomp_data with_upper_half = pipe.Ask(&bytes[0], kUpperHalf);
  BOOST_TEST(ResultOf(mistake.mistaken, plain) == -EPERM);
  BOOST_TEST(ResultOf(mistake.meant, plain) == -EPERM);
  BOOST_TEST(ResultOf(mistake.meant, with_upper_half) == -EPERM);
  BOOST_TEST(bytes[0] == 0);
  BOOST_TEST(ResultOf(mistake.mistaken, with_upper_half) == 0);
  BOOST_TEST(bytes[0] == 3);
}

BOOST_AUTO_TEST_CASE(ARefusedFamilyOfSocketsIsMadeWithAnUpperHalf) {
  const Mistake mistake = AListOfFamiliesIsOpenAboveThem();
  const auto make = [](std::uint64_t family) {
    return NativeCall(SYS_socket, {family, SOCK_RAW, NETLINK_ROUTE});
  };
  BOOST_TEST(ResultOf(mistake.mistaken, make(AF_NETLINK)) == -EAFNOSUPPORT);
  BOOST_TEST(ResultOf(mistake.meant, make(AF_NETLINK)) == -EAFNOSUPPORT);
  BOOST_TEST(Succeeds(mistake.mistaken, make(AF_NETLINK + kUpperHalf)));
  BOOST_TEST(ResultOf(mistake.meant, make(AF_NETLINK + kUpperHalf)) == -EAFNOSUPPORT);
}

BOOST_AUTO_TEST_CASE(ARefusedModeIsTakenWithABitAboveIt) {
  const Mistake mistake = AModeIsTestedIn32Bits();
  constexpr std::uint64_t kAboveModes = 0x10000;
  const Folder folder;
  const std::string path = folder.PathOf("fifo");
  const auto make = [&](std::uint64_t bit) {
    return NativeCall(SYS_mknodat, {kAtFdcwd, AddressOf(path.c_str()), (S_IFIFO | 0600) + bit});
  };
  BOOST_TEST(ResultOf(mistake.mistaken, make(0)) == -EPERM);
  BOOST_TEST(ResultOf(mistake.meant, make(0)) == -EPERM);
  BOOST_TEST(ResultOf(mistake.meant, make(kAboveModes)) == -EPERM);
  BOOST_TEST(!std::filesystem::exists(path));
  BOOST_TEST(ResultOf(mistake.mistaken, make(kAboveModes)) == 0);
  BOOST_TEST(std::filesystem::is_fifo(path));
}

// ---- one-libc-only

constexpr std::uint64_t SignExtended(std::uint32_t number) {
  return number | 0xffffffff'00000000;
}

BOOST_AUTO_TEST_CASE(ACommandIsTakenInOneOfTwoEncodings) {
  const Mistake mistake = ACommandIsTakenFromOneLibc();
  const File device(open("/dev/urandom", O_RDONLY | O_CLOEXEC));
  const SharedArray<int> entropy(1);
  const auto ask = [&](std::uint64_t command) {
    return NativeCall(SYS_ioctl, {device.argument(), command, AddressOf(&entropy[0])});
  };
  BOOST_TEST(ResultOf(mistake.mistaken, ask(kCommandWithBit31)) == 0);
  BOOST_TEST(ResultOf(mistake.mistaken, ask(SignExtended(kCommandWithBit31))) == -EPERM);
  BOOST_TEST(ResultOf(mistake.meant, ask(kCommandWithBit31)) == 0);
  BOOST_TEST(ResultOf(mistake.meant, ask(SignExtended(kCommandWithBit31))) == 0);
}

BOOST_AUTO_TEST_CASE(TheCurrentFolderIsTakenInOneOfTwoEncodings) {
  const Mistake mistake = AFolderIsTakenFromOneLibc();
  const auto open_null = [](std::uint64_t folder) {
    return NativeCall(SYS_openat, {folder, AddressOf("/dev/null"), O_RDONLY});
  };
  BOOST_TEST(Succeeds(mistake.mistaken, open_null(kAtFdcwd)));
  BOOST_TEST(ResultOf(mistake.mistaken, open_null(SignExtended(kAtFdcwd))) == -EPERM);
  BOOST_TEST(Succeeds(mistake.meant, open_null(kAtFdcwd)));
  BOOST_TEST(Succeeds(mistake.meant, open_null(SignExtended(kAtFdcwd))));
}

// ---- no-such-argument, half-a-parameter, pointer-compared, dead-refusal

BOOST_AUTO_TEST_CASE(OneCallHasTwoAnswersByWhatIsLeftInARegister) {
  const Mistake mistake = CloseIsAskedForASecondArgument();
  const File file(memfd_create("mistakes_test", MFD_CLOEXEC));
  const auto close_it = [&](std::uint64_t left_over) {
    return NativeCall(SYS_close, {file.argument(), left_over});
  };
  BOOST_TEST(ResultOf(mistake.mistaken, close_it(0)) == 0);
  BOOST_TEST(ResultOf(mistake.mistaken, close_it(1)) == -EPERM);
  BOOST_TEST(ResultOf(mistake.meant, close_it(0)) == 0);
  BOOST_TEST(ResultOf(mistake.meant, close_it(1)) == 0);
}

BOOST_AUTO_TEST_CASE(AFileBecomesLargerThanItMay) {
  const Mistake mistake = ALengthIsTestedInHalf();
  const File file(memfd_create("mistakes_test", MFD_CLOEXEC));
  const auto resize = [&](std::uint64_t length) {
    return NativeCall(SYS_ftruncate, {file.argument(), length});
  };
  constexpr std::int64_t kFourGigabytesAndOne = 0x1'0000'0001;
  for (const Policy& policy : {mistake.mistaken, mistake.meant}) {
    BOOST_TEST(ResultOf(policy, resize(4096)) == 0);
    BOOST_TEST(ResultOf(policy, resize(4097)) == -EPERM);
  }
  BOOST_TEST(ResultOf(mistake.meant, resize(kFourGigabytesAndOne)) == -EPERM);
  BOOST_TEST(file.Size() == 4096);
  BOOST_TEST(ResultOf(mistake.mistaken, resize(kFourGigabytesAndOne)) == 0);
  BOOST_TEST(file.Size() == kFourGigabytesAndOne);
}

BOOST_AUTO_TEST_CASE(ARefusedPathIsOpenedFromAnotherAddress) {
  const Mistake mistake = APathIsRefusedByItsAddress();
  const std::string copy = kRefusedPath;
  const auto open_path = [](const char* path) {
    return NativeCall(SYS_openat, {kAtFdcwd, AddressOf(path), O_RDONLY});
  };
  BOOST_TEST(ResultOf(mistake.mistaken, open_path(kRefusedPath)) == -EACCES);
  BOOST_TEST(Succeeds(mistake.mistaken, open_path(copy.c_str())));
  BOOST_TEST(ResultOf(mistake.meant, open_path(kRefusedPath)) == -EACCES);
  BOOST_TEST(ResultOf(mistake.meant, open_path(copy.c_str())) == -EACCES);
}

BOOST_AUTO_TEST_CASE(ARefusalBehindAnAllowanceRefusesNothing) {
  const Mistake mistake = ARefusalComesTooLate();
  const Pipe pipe;
  const SharedArray<int> bytes(1);
  BOOST_TEST(ResultOf(mistake.meant, pipe.Ask(&bytes[0])) == -EPERM);
  BOOST_TEST(bytes[0] == 0);
  BOOST_TEST(ResultOf(mistake.mistaken, pipe.Ask(&bytes[0])) == 0);
  BOOST_TEST(bytes[0] == 3);
}

// ---- sibling-allowed

BOOST_AUTO_TEST_CASE(AFileIsOpenedByAnotherCall) {
  const Mistake mistake = OneWayToOpenIsRefused();
  const open_how how = {.flags = O_RDONLY, .mode = 0, .resolve = 0};
  const std::uint64_t path = AddressOf("/dev/null");
  const seccomp_data by_openat = NativeCall(SYS_openat, {kAtFdcwd, path, O_RDONLY});
  std::vector<seccomp_data> others = {
      NativeCall(SYS_openat2, {kAtFdcwd, path, AddressOf(&how), sizeof(how)})};
#if defined(SYS_open)
  others.push_back(NativeCall(SYS_open, {path, O_RDONLY}));
#endif
  BOOST_TEST(ResultOf(mistake.mistaken, by_openat) == -EPERM);
  BOOST_TEST(ResultOf(mistake.meant, by_openat) == -EPERM);
  for (const seccomp_data& call : others) BOOST_TEST_CONTEXT(CallText(NativeTarget(), call)) {
      BOOST_TEST(Succeeds(mistake.mistaken, call));
      BOOST_TEST(ResultOf(mistake.meant, call) == -EPERM);
    }
}

// What cloning in a process under the policy comes to: an errno, or 0.
int ErrorOfCloning(const Policy& policy, const std::function<long()>& clone) {
  const SharedArray<int> error(1);
  const bool finished = RunUnder(CompileHere(policy), [&] {
    const long child = clone();
    if (child == 0) syscall(SYS_exit_group, 0);
    error[0] = child > 0 ? 0 : errno;
  });
  BOOST_REQUIRE(finished);
  return error[0];
}

BOOST_AUTO_TEST_CASE(ANamespaceIsMadeByOtherCalls) {
  const Mistake mistake = OneWayToANamespaceIsRefused();
  const auto by_clone = [] { return syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0); };
  const auto by_clone3 = [] {
    clone_args args{};
    args.flags = CLONE_NEWUSER;
    args.exit_signal = SIGCHLD;
    return syscall(SYS_clone3, &args, sizeof(args));
  };
  const seccomp_data by_unshare = NativeCall(SYS_unshare, {CLONE_NEWUSER});
  BOOST_TEST(ErrorOfCloning(mistake.mistaken, by_clone) == EPERM);
  BOOST_TEST(ErrorOfCloning(mistake.meant, by_clone) == EPERM);
  BOOST_TEST(ErrorOfCloning(mistake.meant, by_clone3) == ENOSYS);
  BOOST_TEST(ResultOf(mistake.meant, by_unshare) == -EPERM);
  if (!Succeeds(Policy().Default(Action::Allow()), by_unshare)) {
    BOOST_TEST_MESSAGE("not shown: no user namespace can be made here anyway");
    return;
  }
  BOOST_TEST(ResultOf(mistake.mistaken, by_unshare) == 0);
  BOOST_TEST(ErrorOfCloning(mistake.mistaken, by_clone3) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
