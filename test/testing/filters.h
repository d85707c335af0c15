// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/filter.h>

#include <precompiledseccomp/testing.h>

// Filters that are made by hand, and where they can be tried.
namespace precompiledseccomp::testing {

struct AnswerTo {
  long number;
  std::uint32_t answer;
};

// Everything is allowed but these calls: what runs under it may do what a libc or a sanitizer does.
TestedFilter AllAllowedBut(const std::vector<AnswerTo>& answers, const std::string& name = "strict");

// The same answer to all calls.
TestedFilter Always(std::uint32_t answer);

// Of "ioctl(fd, cmd)": allowed for the descriptor 3 and the commands 0x5401 and 0x5413 to 0x5415; others fail
// with EPERM. Of "mmap(, , prot)": kills if any of the bits 2 and 4 is set, errno 7 if (prot & 0xf0) == 0x30.
// All other calls are allowed up to number 100, killed from there on.
std::vector<sock_filter> SampleFilter();

// For tests: skips them, visibly, where the kernel takes no filters, or where children cannot be traced (in
// emulators, some containers, under a debugger).
boost::test_tools::assertion_result KernelTakesFilters(boost::unit_test::test_unit_id);
boost::test_tools::assertion_result ChildrenCanBeTraced(boost::unit_test::test_unit_id);

}  // namespace precompiledseccomp::testing
