// SPDX-License-Identifier: Apache-2.0
//
// What a call can be given as, and what must not compile.

#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>

#include "support/errors.h"

namespace precompiledseccomp::testing {
namespace {

// Templates, so that what does not compile is `false` and not an error.
template <typename P>
concept CanAllowZero = requires(P policy) {
  policy.Allow(0);
};
template <typename P>
concept CanAllowANumberInAList = requires(P policy) {
  policy.Allow({"read", 1});
};
template <typename P>
concept CanAllowAListOfZero = requires(P policy) {
  policy.Allow({0});
};
template <typename P>
concept CanAllowAListOfNumbers = requires(P policy) {
  policy.Allow({1, 2});
};
template <typename P>
concept CanAllowAListOfCallsByNumber = requires(P policy) {
  policy.Allow({Syscall(1), "read"});
};
template <typename P>
concept CanMixAnyCallWithNames = requires(P policy) {
  policy.Allow({AnyCall(), "read"});
};
template <typename P>
concept CanAllowNull = requires(P policy) {
  policy.Allow(nullptr);
};
template <typename P>
concept CanExchangeErrnoAndName = requires(P policy) {
  policy.Errno("mknod", EPERM);
};
template <typename P>
concept CanExchangeErrnoAndNumber = requires(P policy) {
  policy.Errno(Syscall(133), EPERM);
};
template <typename P>
concept CanCountANumber = requires(P policy) {
  policy.SyscallCounts({{1, 1000}});
};
template <typename P, typename Call>
concept CanAllow = requires(P policy, Call call) {
  policy.Allow(call);
};
template <typename P, typename Call>
concept CanRefuse = requires(P policy, Call call) {
  policy.Errno(EPERM, call);
};
template <typename P, typename Call>
concept CanKnowUpTo = requires(P policy, Call call) {
  policy.KnownUpTo(call);
};
template <typename P, typename Call>
concept CanBeHot = requires(P policy, Call call) {
  policy.HotSyscalls(call);
};

enum Unscoped { kValue };
enum class Scoped { kValue };

template <typename P>
constexpr bool TakesNoNumber() {
  const auto takes = []<typename Number>(Number) { return CanAllow<P, Number> || CanRefuse<P, Number>; };
  return !takes(1) && !takes(1U) && !takes(1L) && !takes(true) && !takes('r') && !takes(u'r') &&
         !takes(U'r') && !takes(L'r') && !takes(kValue) && !takes(Scoped::kValue) && !takes(1.5);
}

static_assert(TakesNoNumber<Policy>());
static_assert(TakesNoNumber<RuleSet>());
static_assert(!CanAllowZero<Policy>);
static_assert(!CanAllowNull<Policy>);
static_assert(!CanAllowANumberInAList<Policy>);
static_assert(!CanAllowAListOfZero<Policy>);
static_assert(!CanAllowAListOfNumbers<Policy>);
static_assert(!CanMixAnyCallWithNames<Policy>);
static_assert(CanAllow<Policy, Syscalls>);
static_assert(!std::is_convertible_v<Syscalls, Syscall>);
static_assert(!std::is_default_constructible_v<Syscalls>);
static_assert(!CanExchangeErrnoAndName<Policy>);
static_assert(!CanExchangeErrnoAndNumber<Policy>);
static_assert(!CanCountANumber<Policy>);
static_assert(!CanKnowUpTo<Policy, int>);
static_assert(!CanBeHot<Policy, int>);

static_assert(CanAllowAListOfCallsByNumber<Policy>);
static_assert(CanAllow<Policy, const char*> && CanRefuse<Policy, const char*>);
static_assert(CanAllow<Policy, std::string> && CanAllow<Policy, std::string_view>);
static_assert(CanAllow<Policy, std::vector<std::string>> && CanAllow<Policy, std::vector<Syscall>>);
static_assert(CanAllow<Policy, Syscall> && CanRefuse<Policy, Syscall>);
static_assert(CanKnowUpTo<Policy, const char*> && CanKnowUpTo<Policy, Syscall>);

static_assert(std::is_constructible_v<Syscall, int> && std::is_constructible_v<Syscall, std::uint64_t>);
static_assert(std::is_constructible_v<Syscall, signed char>);
static_assert(!std::is_convertible_v<int, Syscall>);
static_assert(!std::is_constructible_v<Syscall, bool>);
static_assert(!std::is_constructible_v<Syscall, char>);
static_assert(!std::is_constructible_v<Syscall, wchar_t>);
static_assert(!std::is_constructible_v<Syscall, char8_t>);
static_assert(!std::is_constructible_v<Syscall, char16_t>);
static_assert(!std::is_constructible_v<Syscall, char32_t>);
static_assert(!std::is_constructible_v<Syscall, std::nullptr_t>);
static_assert(!std::is_constructible_v<Syscall, Unscoped>);

BOOST_AUTO_TEST_SUITE(SyscallTest)

BOOST_AUTO_TEST_CASE(ACallIsGivenByNameOrByItsNumberCalledOne) {
  const std::string name = "openat";
  BOOST_TEST(Syscall("read").name() == "read");
  BOOST_TEST(Syscall(name).name() == "openat");
  BOOST_TEST(Syscall(std::string_view(name).substr(0, 4)).name() == "open");
  BOOST_TEST(Syscall(470).number() == 470U);
  BOOST_TEST(Syscalls({"read", Syscall(470)}).calls().size() == 2U);
}

BOOST_AUTO_TEST_CASE(AnEmptyNameIsNone) {
  CheckError([] { Syscall(""); }, {"empty name"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
