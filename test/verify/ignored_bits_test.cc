// SPDX-License-Identifier: Apache-2.0
//
// Bits that the kernel does not look at must not make a refusal weaker.

#include "verify/ignored_bits.h"
#include "verify/weakness.h"

#include <cerrno>
#include <cstdint>
#include <optional>

#include <boost/test/unit_test.hpp>

#include <linux/seccomp.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "support/calls.h"

namespace precompiledseccomp::testing {
namespace {

using verify::FindEvasion;
using verify::FindOneSidedEncoding;
using verify::LookedAt;
using verify::Twins;

constexpr std::uint64_t kAll = ~std::uint64_t{0};
constexpr std::uint64_t kLowHalf = 0xffffffff;
constexpr std::uint64_t k16Bits = 0xffff;
constexpr std::uint32_t kIoctl = 16;

// A call whose first and second arguments are int, as far as the kernel is concerned.
constexpr LookedAt kInts = {kLowHalf, kLowHalf, kAll, kAll, kAll, kAll};
constexpr LookedAt kMode = {kAll, k16Bits, kAll, kAll, kAll, kAll};

std::optional<Twins> Find(const Policy& policy, const LookedAt& looked_at) {
  verify::Workbench workbench;
  return FindEvasion(Resolve(policy, X86()), kIoctl, looked_at, workbench);
}

void CheckSafe(const Policy& policy, const LookedAt& looked_at) {
  BOOST_TEST(!Find(policy, looked_at).has_value());
}

void CheckEvaded(const Policy& policy, const LookedAt& looked_at) {
  const ResolvedPolicy resolved = Resolve(policy, X86());
  const std::optional<Twins> evasion = Find(policy, looked_at);
  BOOST_REQUIRE(evasion.has_value());
  BOOST_TEST(evasion->call.nr == static_cast<int>(kIoctl));
  for (std::size_t i = 0; i < looked_at.size(); ++i)
    BOOST_TEST((evasion->call.args[i] & looked_at[i]) == evasion->plain.args[i]);
  BOOST_TEST(Evaluate(resolved, evasion->call, evasion->numbers) == evasion->answer);
  BOOST_TEST(Evaluate(resolved, evasion->plain, evasion->numbers) == evasion->plain_answer);
  BOOST_TEST(verify::WeaknessOf(evasion->answer) > verify::WeaknessOf(evasion->plain_answer));
}

BOOST_AUTO_TEST_SUITE(IgnoredBitsTest)

BOOST_AUTO_TEST_CASE(ARefusalOfAWholeArgumentIsEvadedByItsUpperHalf) {
  const Policy policy = Policy().Errno(EPERM, Syscall(kIoctl), Arg(1) == 0x5412).Allow(Syscall(kIoctl));
  CheckEvaded(policy, kInts);
  BOOST_TEST(Find(policy, kInts)->call.args[1] == 0x100005412U);
  BOOST_TEST(Find(policy, kInts)->plain.args[1] == 0x5412U);
}

BOOST_AUTO_TEST_CASE(AnAllowanceOfAWholeArgumentRefusesTooMuchAndIsSafe) {
  CheckSafe(Policy().Allow(Syscall(kIoctl), Arg(1) == 0x5412), kInts);
}

BOOST_AUTO_TEST_CASE(ARefusalOfTheLowHalfIsSafe) {
  CheckSafe(Policy().Errno(EPERM, Syscall(kIoctl), Arg32(1) == 0x5412).Allow(Syscall(kIoctl)), kInts);
  CheckSafe(Policy().Errno(EPERM, Syscall(kIoctl), (Arg(1) & 0xffffffff) == 0x5412).Allow(Syscall(kIoctl)),
            kInts);
}

BOOST_AUTO_TEST_CASE(OrderingsOfAWholeArgumentOpenWhatIsAboveThem) {
  const Policy families = Policy().Allow(Syscall(kIoctl), Arg(0) < 38 || Arg(0) == 39 || Arg(0) > 40);
  CheckEvaded(families, kInts);
  BOOST_TEST(Find(families, kInts)->plain.args[0] == 38U);
  CheckSafe(Policy().Allow(Syscall(kIoctl), Arg(0) < 38), kInts);
}

BOOST_AUTO_TEST_CASE(AModeIsLookedAtIn16Bits) {
  CheckEvaded(Policy().Errno(EPERM, Syscall(kIoctl), Arg32(1) == 010600).Allow(Syscall(kIoctl)), kMode);
  CheckSafe(Policy().Errno(EPERM, Syscall(kIoctl), (Arg32(1) & 0170000) == 010000).Allow(Syscall(kIoctl)),
            kMode);
}

// What a libc that extends the sign makes of a negative int is a plain call, too.
BOOST_AUTO_TEST_CASE(AnExtendedSignIsNoEvasion) {
  const Policy sign_extended = Policy().Allow(Syscall(kIoctl), Arg(0) == std::int64_t{-100});
  CheckSafe(sign_extended, kInts);
  CheckEvaded(Policy().Errno(EPERM, Syscall(kIoctl), Arg(0) == 0xffffff9c).Allow(Syscall(kIoctl)), kInts);
}

BOOST_AUTO_TEST_CASE(WhichAnswerIsWeakerIsTheKernelsOrder) {
  const auto policy = [](const Action& plain, const Action& otherwise) {
    return Policy().Add(plain, Syscall(kIoctl), Arg(1) == 1).Add(otherwise, Syscall(kIoctl));
  };
  CheckEvaded(policy(Action::KillProcess(), Action::Errno(EPERM)), kInts);
  CheckEvaded(policy(Action::Errno(EPERM), Action::UserNotify()), kInts);
  CheckEvaded(policy(Action::Log(), Action::Allow()), kInts);
  CheckSafe(policy(Action::Errno(EPERM), Action::KillProcess()), kInts);
  CheckSafe(policy(Action::Errno(EPERM), Action::Errno(EACCES)), kInts);
}

BOOST_AUTO_TEST_CASE(ADescriptorInAVariableIsComparedAsTheKernelDoes) {
  const Values v(X86(), {"fd"});
  CheckEvaded(Policy().Errno(EPERM, Syscall(kIoctl), Arg(0) == v["fd"]).Allow(Syscall(kIoctl)), kInts);
  CheckSafe(Policy().Errno(EPERM, Syscall(kIoctl), Arg32(0) == v["fd"]).Allow(Syscall(kIoctl)), kInts);
}

BOOST_AUTO_TEST_CASE(WhereAllBitsAreLookedAtNothingIsEvaded) {
  CheckSafe(Policy().Errno(EPERM, Syscall(kIoctl), Arg(1) == 0x5412).Allow(Syscall(kIoctl)),
            {kAll, kAll, kAll, kAll, kAll, kAll});
}

BOOST_AUTO_TEST_CASE(NegativeNumbersAreAnsweredAlikeInBothEncodings) {
  verify::Workbench workbench;  // one for all
  const auto check = [&](const Policy& policy, bool is_one_sided) {
    const std::optional<Twins> twins = FindOneSidedEncoding(Resolve(policy, X86()), kIoctl, kInts, workbench);
    BOOST_REQUIRE(twins.has_value() == is_one_sided);
    if (!twins) return;
    BOOST_TEST(twins->call.args[1] >> 32 == 0xffffffffU);
    BOOST_TEST(twins->plain.args[1] == (twins->call.args[1] & kLowHalf));
    BOOST_TEST(verify::WeaknessOf(twins->answer) != verify::WeaknessOf(twins->plain_answer));
  };
  check(Policy().Allow(Syscall(kIoctl), Arg(1) == 0x800454d2), true);
  check(Policy().Allow(Syscall(kIoctl), Arg(1) == std::int64_t{-100}), true);
  check(Policy().Allow(Syscall(kIoctl), Arg(1) == std::int64_t{-100} || Arg(1) == 0xffffff9c), false);
  check(Policy().Allow(Syscall(kIoctl), Arg32(1) == 0x800454d2), false);
  // Without a sign there is one encoding.
  check(Policy().Allow(Syscall(kIoctl), Arg(1) == 0x5412), false);
  check(Policy().Allow(Syscall(kIoctl), Arg(1) < 38), false);
}

BOOST_AUTO_TEST_CASE(AVariableIsNoNegativeNumber) {
  const Values v(X86(), {"fd"});
  const auto find = [&](const Condition& condition) {
    verify::Workbench workbench;
    const ResolvedPolicy resolved = Resolve(Policy().Allow(Syscall(kIoctl), condition), X86());
    return FindOneSidedEncoding(resolved, kIoctl, kInts, workbench).has_value();
  };
  BOOST_TEST(!find(Arg(1) == v["fd"]));
  BOOST_TEST(find(Arg(1) == v["fd"] || Arg(1) == 0x800454d2));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
