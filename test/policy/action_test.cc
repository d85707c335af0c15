// SPDX-License-Identifier: Apache-2.0
//
// The data that actions take.

#include <cerrno>

#include <boost/test/unit_test.hpp>

#include <linux/seccomp.h>

#include <precompiledseccomp/action.h>
#include <precompiledseccomp/policy.h>

#include "policy/same.h"
#include "support/errors.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(ActionTest)

BOOST_AUTO_TEST_CASE(ErrnoNeedsACodeTheKernelCanReturn) {
  CheckError([] { Policy().Errno(0, "read"); }, {"errno", "1 to 4095", "not 0", "use Succeed"});
  CheckError([] { Policy().Errno(4096, "read"); }, {"errno", "1 to 4095"});
  CheckError([] { Policy().Errno(-EPERM, "read"); }, {"errno", "negative"});
}

BOOST_AUTO_TEST_CASE(ACallThatSeemsToSucceedIsAnsweredWithAnErrnoOfZero) {
  BOOST_TEST(Action::Succeed().ReturnValue() == SECCOMP_RET_ERRNO);
  BOOST_TEST(Action::Succeed().ToString() == "succeed");
  BOOST_TEST(Policy().Succeed({"fsync", "chown"}).rule_sets()[0].rules()[0].ToString() ==
             "succeed fsync, chown");
  BOOST_TEST(AreSame(Action::Succeed(), Action::Succeed()));
  BOOST_TEST(!AreSame(Action::Succeed(), Action::Errno(1)));
}

BOOST_AUTO_TEST_CASE(DataOnlyWhereAnActionTakesIt) {
  CheckError([] { Action::Trap(65536); }, {"trap", "0 to 65535"});
  CheckError([] { Action::FromReturnValue(SECCOMP_RET_ALLOW | 1); }, {"allow", "takes no data"});
  CheckError([] { Action::FromReturnValue(SECCOMP_RET_KILL_PROCESS | 5); },
             {"kill_process", "takes no data"});
  CheckError([] { Action::FromReturnValue(0x12340000); }, {"0x12340000", "no action"});
  CheckError([] { Action::FromReturnValue(SECCOMP_RET_ERRNO); }, {"errno", "1 to 4095"});
  BOOST_TEST(AreSame(Action::FromReturnValue(SECCOMP_RET_ERRNO | EPERM), Action::Errno(EPERM)));
}

BOOST_AUTO_TEST_CASE(HalfOfA64BitValueIsNoDataOfAnAction) {
  CheckError([] { Action::Errno(Value(Word(7), Word::Variable("code"))); }, {"32-bit variable"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
