// SPDX-License-Identifier: Apache-2.0
//
// Instructions that nobody comes to are dropped.

#include "compile/unreachable.h"

#include <cstddef>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "bpf/disassembler.h"
#include "bpf/instructions.h"
#include "compile/listing_text.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(UnreachableTest)

struct Row {
  const char* before;
  const char* after;
};

void Check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const bpf::Program before = Assemble(row.before);
    // What is written is what was read.
    BOOST_TEST("\n" + bpf::Disassemble(before) == row.before);
    BOOST_TEST("\n" + bpf::Disassemble(compile::WithoutUnreachable(before)) == row.after);
  }
}

BOOST_AUTO_TEST_CASE(WhatNobodyJumpsToOrComesFromIsDropped) {
  Check({
      {R"(
   0: ld nr
   1: jeq #0x1  true: 3  false: 5
   2: ld arg0.low
   3: jset #0x6  true: 6  false: 7
   4: ret errno 1
   5: and #0xff
   6: ret allow
   7: ret kill_process
)",
       R"(
   0: ld nr
   1: jeq #0x1  true: 2  false: 3
   2: jset #0x6  true: 4  false: 5
   3: and #0xff
   4: ret allow
   5: ret kill_process
)"},
  });
}

BOOST_AUTO_TEST_CASE(WhatComesFromUnreachableInstructionsOnlyIsDroppedToo) {
  Check({
      {R"(
   0: ja 3
   1: ld nr
   2: jeq #0x1  true: 4  false: 5
   3: ret allow
   4: ret errno 1
   5: ret kill_process
)",
       R"(
   0: ja 1
   1: ret allow
)"},
  });
}

BOOST_AUTO_TEST_CASE(WhatIsReachedInAnyWayStays) {
  const char* const program = R"(
   0: ld nr
   1: jge #0x5  true: 2  false: 3
   2: ja 5
   3: ld arg0.low
   4: jgt #0x7  true: 5  false: 6
   5: ret allow
   6: ld #0x7
   7: or #0x50000
   8: ret a
)";
  Check({{program, program}});
}

BOOST_AUTO_TEST_CASE(AJumpMayLeadOverHundredsOfInstructions) {
  constexpr std::size_t kMany = 300;
  const std::vector<sock_filter> many(kMany, bpf::LoadWord(bpf::kNumberOffset));
  bpf::Program before = {bpf::JumpIfEqual(0, 0, 2), bpf::Jump(kMany + 2), bpf::Return(SECCOMP_RET_LOG)};
  before.insert(before.end(), many.begin(), many.end());
  before.push_back(bpf::Return(SECCOMP_RET_TRAP));
  before.push_back(bpf::Return(SECCOMP_RET_ALLOW));
  // Without the answer that nobody gets.
  bpf::Program after = {bpf::JumpIfEqual(0, 0, 1), bpf::Jump(kMany + 1)};
  after.insert(after.end(), many.begin(), many.end());
  after.push_back(bpf::Return(SECCOMP_RET_TRAP));
  after.push_back(bpf::Return(SECCOMP_RET_ALLOW));
  const bpf::Program result = compile::WithoutUnreachable(before);
  BOOST_TEST((bpf::Disassemble(result) == bpf::Disassemble(after)), bpf::Disassemble(result[1], 1));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
