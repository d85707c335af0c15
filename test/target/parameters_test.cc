// SPDX-License-Identifier: Apache-2.0
//
// What the parameters of system calls are called, where they stand, and what the kernel looks at.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "support/targets.h"
#include "target/parameters.h"

namespace precompiledseccomp::testing {
namespace {

// "1 s32" for a signed parameter of 32 bits in the second place.
std::string Text(const Parameter& parameter) {
  const std::string kind = parameter.is_pointer  ? "ptr"
                           : parameter.is_signed ? "s" + std::to_string(parameter.bits)
                                                 : "u" + std::to_string(parameter.bits);
  return std::to_string(parameter.index) + " " + kind;
}

std::string TextOf(const Target& target, std::string_view call, std::string_view name) {
  const auto parameter = FindParameter(target, call, name);
  return parameter ? Text(*parameter) : "none";
}

std::string NamesOf(const Target& target, std::string_view call) {
  const auto parameters = ParametersOf(target, call);
  return parameters ? ParameterNames(*parameters) : "unknown";
}

BOOST_AUTO_TEST_SUITE(ParametersTest)

BOOST_AUTO_TEST_CASE(AParameterIsAsWideAndAsSignedAsTheKernelReadsIt) {
  struct Row {
    std::string_view call, name, text;
  };
  for (const Row& row : {
           Row{"ioctl", "fd", "0 u32"},
           Row{"ioctl", "cmd", "1 u32"},
           Row{"ioctl", "arg", "2 u64"},
           Row{"setpriority", "niceval", "2 s32"},
           Row{"openat", "dfd", "0 s32"},
           Row{"openat", "filename", "1 ptr"},
           Row{"lseek", "offset", "1 s64"},
           Row{"read", "count", "2 u64"},
           Row{"mknod", "mode", "1 u16"},
           Row{"chmod", "mode", "1 u16"},
           Row{"fchmod", "mode", "1 u16"},
           Row{"fchmodat", "mode", "2 u16"},
           Row{"prctl", "option", "0 s32"},
           Row{"capset", "data", "1 ptr"},
           Row{"landlock_add_rule", "rule_type", "1 u32"},
       })
    BOOST_TEST_CONTEXT(row.call) BOOST_TEST(TextOf(X86(), row.call, row.name) == row.text);
}

BOOST_AUTO_TEST_CASE(AParameterIsNoWiderThanWhatTheKernelLooksAt) {
  for (const Target& target : Targets()) BOOST_TEST_CONTEXT(target.name) {
      BOOST_TEST(TextOf(target, "mmap", "fd") == "4 s32");
      BOOST_TEST(TextOf(target, "mmap", "flags") == "3 u64");
      BOOST_TEST(TextOf(target, "clone", "clone_flags") == "0 u32");
      BOOST_TEST(TextOf(target, "clone3", "uargs") == "0 ptr");
    }
}

BOOST_AUTO_TEST_CASE(TargetsHaveParametersOfTheirOwn) {
  BOOST_TEST(NamesOf(X86(), "clone") == "clone_flags, newsp, parent_tidptr, child_tidptr, tls");
  BOOST_TEST(NamesOf(Arm(), "clone") == "clone_flags, newsp, parent_tidptr, tls, child_tidptr");
  BOOST_TEST(TextOf(X86(), "clone", "tls") == "4 u64");
  BOOST_TEST(TextOf(Arm(), "clone", "tls") == "3 u64");
  BOOST_TEST(TextOf(X86(), "fadvise64", "len") == "2 u64");
  BOOST_TEST(TextOf(Arm(), "fadvise64", "len") == "2 s64");
}

BOOST_AUTO_TEST_CASE(ACallWithoutParametersIsKnown) {
  BOOST_TEST(ParametersOf(X86(), "getpid").value().empty());
  BOOST_TEST(ParametersOf(Arm(), "rt_sigreturn").value().empty());
  BOOST_TEST(!FindParameter(X86(), "getpid", "pid"));
}

BOOST_AUTO_TEST_CASE(NothingIsSaidOfACallThatIsNotKnown) {
  BOOST_TEST(!ParametersOf(X86(), "opennat"));
  BOOST_TEST(!ParametersOf(X86(), ""));
  BOOST_TEST(!FindParameter(X86(), "opennat", "dfd"));
}

BOOST_AUTO_TEST_CASE(ANameThatTheCallDoesNotHaveIsNotFound) {
  BOOST_TEST(!FindParameter(X86(), "read", "cmd"));
  BOOST_TEST(!FindParameter(X86(), "read", ""));
}

BOOST_AUTO_TEST_CASE(TheNamesOfTheManualPagesMeanTheSame) {
  struct Row {
    std::string_view call, manual, kernel;
  };
  for (const Row& row : {
           Row{"openat", "dirfd", "dfd"},
           Row{"openat", "pathname", "filename"},
           Row{"openat", "path", "filename"},
           Row{"renameat2", "olddirfd", "olddfd"},
           Row{"renameat2", "newpath", "newname"},
           Row{"setpriority", "prio", "niceval"},
           Row{"ioctl", "request", "cmd"},
           Row{"ioctl", "op", "cmd"},
           Row{"mmap", "length", "len"},
           Row{"madvise", "advice", "behavior"},
           Row{"socket", "domain", "family"},
           Row{"connect", "sockfd", "fd"},
           Row{"recvfrom", "len", "size"},
           Row{"rt_sigaction", "signum", "sig"},
           Row{"tgkill", "tid", "pid"},
           Row{"kexec_file_load", "cmdline", "cmdline_ptr"},
       })
    for (const Target& target : Targets()) BOOST_TEST_CONTEXT(row.call << " of " << target.name) {
        BOOST_TEST(FindParameter(target, row.call, row.manual).value().name == row.kernel);
        BOOST_TEST(TextOf(target, row.call, row.manual) == TextOf(target, row.call, row.kernel));
      }
}

BOOST_AUTO_TEST_CASE(AManualNameFollowsTheParameterToItsPlaceOnTheTarget) {
  BOOST_TEST(TextOf(X86(), "clone", "child_tid") == "3 ptr");
  BOOST_TEST(TextOf(Arm(), "clone", "child_tid") == "4 ptr");
  BOOST_TEST(TextOf(Arm(), "clone", "flags") == "0 u32");
}

BOOST_AUTO_TEST_CASE(TheKernelsNameWinsOverTheManuals) {
  // The manual's tid is the kernel's pid, and the manual has a tgid as the kernel has.
  BOOST_TEST(TextOf(X86(), "tgkill", "tgid") == "0 s32");
  BOOST_TEST(TextOf(X86(), "tgkill", "pid") == "1 s32");
  // The manual's preadv2() has an offset of its own width; the kernel's flags come after both halves.
  BOOST_TEST(TextOf(X86(), "preadv2", "flags") == "5 s32");
}

BOOST_AUTO_TEST_CASE(AManualNameOfAnotherCallIsNotFound) {
  BOOST_TEST(!FindParameter(X86(), "read", "sockfd"));
  BOOST_TEST(!FindParameter(X86(), "mkdir", "dirfd"));
}

BOOST_AUTO_TEST_CASE(MessagesListNamesInOrder) {
  BOOST_TEST(NamesOf(X86(), "ioctl") == "fd, cmd, arg");
  BOOST_TEST(NamesOf(X86(), "getpid") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
