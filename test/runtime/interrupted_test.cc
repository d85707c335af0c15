// SPDX-License-Identifier: Apache-2.0
//
// A signal handler that looks at a filter while it changes, or jumps out of the change.

#include <csetjmp>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <functional>
#include <span>

#include <ucontext.h>

#include <boost/test/unit_test.hpp>

#include "embedded_programs.h"

// Only where a process can be stopped after each of its instructions by setting a flag.
#ifdef __x86_64__

namespace precompiledseccomp {
namespace {

BOOST_AUTO_TEST_SUITE(interrupted)

constexpr greg_t kTrapFlag = 0x100;

// What the handler looks at, and what it has found.
struct Watch {
  const Filter* filter = nullptr;
  std::span<const sock_filter> whole;
  std::size_t steps = 0;
  std::size_t empty = 0;  // after so many of them
  bool is_torn = false;   // the filter was neither empty nor whole
  bool stop = false;
  std::size_t jump_after = 0;  // not at all if 0
  sigjmp_buf* back = nullptr;
};

volatile Watch* watch = nullptr;

void OnStep(int /*signal*/, siginfo_t* /*info*/, void* context) {
  auto& seen = const_cast<Watch&>(*watch);
  greg_t& flags = static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_EFL];
  flags = seen.stop ? flags & ~kTrapFlag : flags | kTrapFlag;
  if (seen.stop) return;
  ++seen.steps;
  if (seen.filter->empty()) {
    ++seen.empty;
  } else {
    const std::span<const sock_filter> held = seen.filter->instructions();
    seen.is_torn |= held.size() != seen.whole.size() ||
                    std::memcmp(held.data(), seen.whole.data(), held.size_bytes()) != 0;
  }
  if (seen.steps == seen.jump_after) {
    flags &= ~kTrapFlag;
    siglongjmp(*seen.back, 1);
  }
}

// Runs `change` on a filter, and looks at it after each instruction.
Watch Watched(const std::function<void(Filter&)>& change, std::size_t jump_after = 0) {
  Filter whole;
  change(whole);
  static Filter filter;
  filter.Clear();
  sigjmp_buf back;
  static Watch seen;
  seen = {.filter = &filter, .whole = whole.instructions(), .jump_after = jump_after, .back = &back};
  watch = &seen;
  struct sigaction action = {};
  action.sa_sigaction = OnStep;
  action.sa_flags = SA_SIGINFO;
  struct sigaction before = {};
  sigaction(SIGTRAP, &action, &before);
  if (sigsetjmp(back, 1) == 0) {
    raise(SIGTRAP);
    change(filter);
    seen.stop = true;
  }
  sigaction(SIGTRAP, &before, nullptr);
  return seen;
}

void Render(Filter& filter) {
  static_cast<void>(embedded::GetPrecompiled("worker")->Render({{"fd1", 3}, {"fd2", 4}}, filter));
}

BOOST_AUTO_TEST_CASE(AtEachInstructionAFilterIsEmptyOrWhole) {
  Filter other;
  Render(other);
  const std::function<void(Filter&)> changes[] = {
      Render,
      [&](Filter& filter) { static_cast<void>(filter.Assign(other.instructions())); },
      [&](Filter& filter) { filter = other; },
  };
  for (const auto& change : changes) {
    const Watch seen = Watched(change);
    BOOST_TEST(!seen.is_torn);
    BOOST_TEST(seen.empty > 10U);
    BOOST_TEST(seen.steps > seen.empty);
  }
}

BOOST_AUTO_TEST_CASE(AJumpOutOfARenderingLeavesItEmptyOrWhole) {
  const std::size_t steps = Watched(Render).steps;
  std::size_t empty = 0;
  for (std::size_t step = 1; step < steps; step += steps / 50 + 1) {
    const Watch seen = Watched(Render, step);
    BOOST_TEST(!seen.is_torn);
    empty += seen.filter->empty() ? 1 : 0;
  }
  BOOST_TEST(empty > 10U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp

#endif
