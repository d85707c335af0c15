// SPDX-License-Identifier: Apache-2.0
//
// What an io_uring does, no filter sees: io_uring_enter(2).

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <precompiledseccomp/evaluate.h>

#include "compile/compile.h"
#include "kernel/filtered_child.h"
#include "kernel/under_filter.h"
#include "support/child.h"
#include "support/mistakes.h"

namespace precompiledseccomp::testing {
namespace {

// A part of the memory that a ring shares with the kernel.
char* Map(int ring, std::size_t size, std::uint64_t offset) {
  void* const memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring,
                            static_cast<off_t>(offset));
  return memory == MAP_FAILED ? nullptr : static_cast<char*>(memory);
}

// The descriptor, or a negative errno. Leaves the ring and its memory to the end of the process.
int OpenByARing(const char* path) {
  io_uring_params params{};
  const auto ring = static_cast<int>(syscall(SYS_io_uring_setup, 1, &params));
  if (ring < 0) return -errno;
  char* const submissions =
      Map(ring, params.sq_off.array + params.sq_entries * sizeof(std::uint32_t), IORING_OFF_SQ_RING);
  char* const completions =
      Map(ring, params.cq_off.cqes + params.cq_entries * sizeof(io_uring_cqe), IORING_OFF_CQ_RING);
  char* const entries = Map(ring, params.sq_entries * sizeof(io_uring_sqe), IORING_OFF_SQES);
  if (submissions == nullptr || completions == nullptr || entries == nullptr) return -ENOMEM;

  auto* const entry = reinterpret_cast<io_uring_sqe*>(entries);
  entry->opcode = IORING_OP_OPENAT;
  entry->fd = AT_FDCWD;
  entry->addr = reinterpret_cast<std::uintptr_t>(path);
  entry->open_flags = O_RDONLY;
  *reinterpret_cast<std::uint32_t*>(submissions + params.sq_off.array) = 0;  // the entry's place
  *reinterpret_cast<std::uint32_t*>(submissions + params.sq_off.tail) = 1;
  // The call is what orders this memory for both sides.
  if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, nullptr, 0) != 1) return -errno;
  return reinterpret_cast<io_uring_cqe*>(completions + params.cq_off.cqes)->res;
}

int ResultOfOpening(const Policy& policy) {
  const SharedArray<int> result(1);
  BOOST_REQUIRE(
      RunUnder(Compile(Resolve(policy, NativeTarget())), [&] { result[0] = OpenByARing("/dev/null"); }));
  return result[0];
}

BOOST_AUTO_TEST_SUITE(RingTest, *boost::unit_test::precondition(KernelTakesFilters))

BOOST_AUTO_TEST_CASE(AFileIsOpenedWithoutACall) {
  const Mistake mistake = ARingIsLeft();
  BOOST_TEST(ResultOfOpening(mistake.meant) == -EPERM);
  const int without_refusals = ResultOfOpening(Policy().Default(Action::Allow()));
  if (without_refusals < 0) {
    BOOST_TEST_MESSAGE("not shown: there is no io_uring here, errno " << -without_refusals);
    return;
  }
  BOOST_TEST(ResultOfOpening(mistake.mistaken) >= 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
