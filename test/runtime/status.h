// SPDX-License-Identifier: Apache-2.0
//
// What the kernel says of this process.
#pragma once

#include <string>

#include <boost/test/unit_test.hpp>

// A line of /proc/self/status: what stands behind "Seccomp:" for "Seccomp". "" if there is none.
std::string StatusField(const std::string& field);

// For tests that need CAP_SYS_ADMIN: as in *boost::unit_test::precondition(HasSysAdmin).
boost::test_tools::assertion_result HasSysAdmin(boost::unit_test::test_unit_id);
