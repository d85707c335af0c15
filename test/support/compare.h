// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <precompiledseccomp/evaluate.h>

// What compiled programs must satisfy, as predicates that explain a failure: BOOST_TEST(AnswersLike(...)).
namespace precompiledseccomp::testing {

// "openat(0xffffff9c, 0x0, 0x1, 0x0, 0x0, 0x0) from 0x7f0011223344", and the architecture if it is not the
// target's.
std::string CallText(const Target& target, const seccomp_data& call);

// The program answers each of `calls` as the policy does.
boost::test_tools::assertion_result AnswersLike(const ResolvedPolicy& policy,
                                                std::span<const sock_filter> program,
                                                std::span<const seccomp_data> calls);

// The kernel accepts the program, every instruction can be reached, and no conditional jump has the same
// target on both sides.
boost::test_tools::assertion_result IsTidy(std::span<const sock_filter> program);

// Calls that the policy allows whatever the arguments, below `limit`: the first rule that decides is an
// unconditional Allow, and so are those before it.
std::vector<std::uint32_t> UnconditionallyAllowed(const ResolvedPolicy& policy, std::uint32_t limit);

// The kernel can cache all of UnconditionallyAllowed(), and nothing that the policy does not allow.
boost::test_tools::assertion_result CachesWhatIsAllowed(const ResolvedPolicy& policy,
                                                        std::span<const sock_filter> program);

// Equal in every field of every instruction.
boost::test_tools::assertion_result SameInstructions(std::span<const sock_filter> left,
                                                     std::span<const sock_filter> right);

}  // namespace precompiledseccomp::testing
