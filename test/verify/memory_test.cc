// SPDX-License-Identifier: Apache-2.0
//
// The memory that a proof says it holds, against what it allocates. Not with sanitizers, which have
// allocators of their own.

#include <atomic>
#include <cstdlib>
#include <new>

#include <malloc.h>

#include <boost/test/unit_test.hpp>

#include "support/targets.h"
#include "verify/large_policies.h"
#include "verify/verify.h"

namespace {

std::atomic<std::size_t> allocated = 0;
std::atomic<std::size_t> most_allocated = 0;

}  // namespace

// Of this whole executable.
void* operator new(std::size_t size) {
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  const std::size_t now = allocated += malloc_usable_size(memory);
  if (now > most_allocated) most_allocated = now;
  return memory;
}
void operator delete(void* memory) noexcept {
  allocated -= malloc_usable_size(memory);
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(MemoryTest)

// In per cent of the limit, what is allocated for a proof that exceeds it. It can be less than all, as tables
// double: the one that would exceed the limit is not allocated.
std::size_t ShareOfLimit(const LargePolicy& large, std::size_t limit) {
  const std::size_t before = allocated;
  most_allocated = before;
  const verify::Verdict verdict = verify::Prove(large.policy, large.filter, {.bytes = limit});
  const std::size_t most = most_allocated - before;
  BOOST_TEST(Describe(verdict, X86()).find("MB of memory") != std::string::npos, large.name);
  return 100 * most / limit;
}

BOOST_AUTO_TEST_CASE(AProofHoldsAsMuchMemoryAsItSays) {
  for (const LargePolicy& large : {BitsOfThreeArguments(40), PairsOfBits(64), TriplesOfVariables(48),
                                   MasksOfTwoBits(40), VariablesAndBits(30)})
    for (const std::size_t limit : {4'000'000U, 12'000'000U}) {
      const std::size_t share = ShareOfLimit(large, limit);
      BOOST_TEST(share >= 70U, large.name << ": " << share);
      BOOST_TEST(share <= 105U, large.name << ": " << share);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
