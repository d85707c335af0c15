// SPDX-License-Identifier: Apache-2.0
#include <precompiledseccomp/filter.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <vector>

#include <linux/seccomp.h>

#include <boost/test/unit_test.hpp>

namespace precompiledseccomp {
namespace {

BOOST_AUTO_TEST_SUITE(filter)

std::vector<sock_filter> Numbered(std::size_t count) {
  std::vector<sock_filter> instructions;
  for (std::size_t i = 0; i < count; ++i)
    instructions.push_back({BPF_LD | BPF_IMM, 0, 0, static_cast<std::uint32_t>(i)});
  return instructions;
}

std::vector<std::uint32_t> Operands(const Filter& filter) {
  std::vector<std::uint32_t> operands;
  for (const sock_filter& instruction : filter.instructions()) operands.push_back(instruction.k);
  return operands;
}

// The bytes of a Filter that begins its life in memory full of 0xaa.
std::vector<unsigned char> BytesAfter(Filter* (*construct)(void* memory)) {
  alignas(Filter) static unsigned char memory[sizeof(Filter)];
  std::memset(memory, 0xaa, sizeof memory);
  asm volatile("" : : "r"(memory) : "memory");  // or the compiler may forget what was there before
  construct(memory);
  asm volatile("" : : "r"(memory) : "memory");
  return {memory, memory + sizeof memory};
}

// Its constructor runs before those of objects that are defined below.
struct Early {
  explicit Early(Filter& filter) {
    const sock_filter allow = {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
    is_assigned = filter.Assign({&allow, 1});
  }
  bool is_assigned;
};
extern Filter late;
const Early early(late);
constinit Filter late;

BOOST_AUTO_TEST_CASE(AConstinitFilterKeepsWhatAnEarlierConstructorGaveIt) {
  BOOST_TEST(early.is_assigned);
  BOOST_TEST(late.size() == 1U);
}

BOOST_AUTO_TEST_CASE(ANewFilterIsEmpty) {
  const Filter filter;
  BOOST_TEST(filter.empty());
  BOOST_TEST(filter.size() == 0U);
  BOOST_TEST(filter.instructions().empty());
}

BOOST_AUTO_TEST_CASE(MakingAnEmptyFilterDoesNotTouchTheBuffer) {
  const auto bytes = BytesAfter([](void* memory) { return new (memory) Filter; });
  BOOST_TEST(std::count(bytes.begin(), bytes.end(), 0xaa) >= 4096 * 8);
}

BOOST_AUTO_TEST_CASE(ACopyTouchesOnlyTheInstructionsInUse) {
  const auto bytes = BytesAfter([](void* memory) {
    Filter original;
    BOOST_TEST(original.Assign(Numbered(3)));
    return new (memory) Filter(original);
  });
  BOOST_TEST(std::count(bytes.begin(), bytes.end(), 0xaa) >= 4093 * 8);
}

BOOST_AUTO_TEST_CASE(AssignTakesTheInstructions) {
  Filter filter;
  BOOST_TEST(filter.Assign(Numbered(3)));
  BOOST_TEST(Operands(filter) == (std::vector<std::uint32_t>{0, 1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(AssignTakesAsManyInstructionsAsTheKernel) {
  Filter filter;
  BOOST_TEST(filter.Assign(Numbered(4096)));
  BOOST_TEST(filter.size() == 4096U);
  BOOST_TEST(filter.instructions().back().k == 4095U);
}

BOOST_AUTO_TEST_CASE(AssignRefusesOneMoreAndLeavesTheFilterEmpty) {
  Filter filter;
  BOOST_TEST(filter.Assign(Numbered(3)));
  BOOST_TEST(!filter.Assign(Numbered(4097)));
  BOOST_TEST(filter.empty());
}

BOOST_AUTO_TEST_CASE(AssignTakesNothingToo) {
  Filter filter;
  BOOST_TEST(filter.Assign(Numbered(3)));
  BOOST_TEST(filter.Assign({}));
  BOOST_TEST(filter.empty());
}

BOOST_AUTO_TEST_CASE(AssignTakesAPartOfTheSameFilter) {
  Filter filter;
  BOOST_TEST(filter.Assign(Numbered(10)));
  BOOST_TEST(filter.Assign(filter.instructions().subspan(2, 5)));
  BOOST_TEST(Operands(filter) == (std::vector<std::uint32_t>{2, 3, 4, 5, 6}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ACopyIsIndependent) {
  Filter original;
  BOOST_TEST(original.Assign(Numbered(3)));
  Filter copy(original);
  original.Clear();
  BOOST_TEST(Operands(copy) == (std::vector<std::uint32_t>{0, 1, 2}), boost::test_tools::per_element());

  Filter assigned;
  BOOST_TEST(assigned.Assign(Numbered(7)));
  assigned = copy;
  const Filter& itself = assigned;
  assigned = itself;
  BOOST_TEST(Operands(assigned) == Operands(copy), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
