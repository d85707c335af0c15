// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <sys/syscall.h>

#include <linux/seccomp.h>

#include <precompiledseccomp/target.h>
#include <precompiledseccomp/testing.h>

#include "bpf/acceptance.h"
#include "bpf/disassembler.h"
#include "bpf/instructions.h"
#include "testing/filters.h"

namespace precompiledseccomp::testing {
namespace {

bool Has(const std::vector<SystemCall>& calls, const SystemCall& call) {
  BOOST_TEST_REQUIRE(call.ok());
  return std::find(calls.begin(), calls.end(), call) != calls.end();
}

BOOST_AUTO_TEST_SUITE(Boundaries)

BOOST_AUTO_TEST_CASE(NumbersAreOnBothSidesOfWhatIsCompared) {
  const std::vector<SystemCall> calls = BoundaryCalls(SampleFilter());
  for (const std::int64_t number : {100, 101, 102, SYS_ioctl - 1, SYS_ioctl + 1, SYS_mmap - 1, SYS_mmap + 1})
    BOOST_TEST_CONTEXT(number) BOOST_TEST(Has(calls, SystemCall(number)));
  BOOST_TEST(Has(calls, SystemCall(NativeTarget().numbers - 1)));
  BOOST_TEST(Has(calls, SystemCall(NativeTarget().numbers)));
  BOOST_TEST(Has(calls, SystemCall(-1)));
  if (NativeTarget().foreign_abi_bits != 0)
    BOOST_TEST(Has(calls, SystemCall(NativeTarget().foreign_abi_bits)));
}

BOOST_AUTO_TEST_CASE(ArgumentsAreOnBothSidesOfWhatIsComparedBehindWhatIsTestedBefore) {
  const std::vector<SystemCall> calls = BoundaryCalls(SampleFilter());
  for (const char* text : {"ioctl(2)", "ioctl(3)", "ioctl(4)", "ioctl(3, 0x5400)", "ioctl(3, 0x5401)",
                           "ioctl(3, 0x5402)", "ioctl(3, 0x5412)", "ioctl(3, 0x5413)", "ioctl(3, 0x5414)",
                           "ioctl(3, 0x5415)", "ioctl(3, 0x5416)", "ioctl(3, 0xffffffff)"})
    BOOST_TEST_CONTEXT(text) BOOST_TEST(Has(calls, text));
}

BOOST_AUTO_TEST_CASE(TheUpperHalfIsSetBesideWhatIsComparedInTheLowerOne) {
  const std::vector<SystemCall> calls = BoundaryCalls(SampleFilter());
  for (const char* text : {"ioctl(0x100000003)", "ioctl(0xffffffff00000003)", "ioctl(3, 0x100005401)"})
    BOOST_TEST_CONTEXT(text) BOOST_TEST(Has(calls, text));
}

BOOST_AUTO_TEST_CASE(BitsOfMasksAreSetAndCleared) {
  const std::vector<SystemCall> calls = BoundaryCalls(SampleFilter());
  for (const int prot : {2, 4, 6, 0x30, 0x20, 0x10, 0x70, 0xb0})
    BOOST_TEST_CONTEXT(prot) BOOST_TEST(Has(calls, SystemCall("mmap", {0, 0, prot})));
  // The bits beside the mask.
  BOOST_TEST(Has(calls, SystemCall("mmap", {0, 0, 0xffffff3fU})));
}

BOOST_AUTO_TEST_CASE(CalculationsAreUndone) {
  // ((arg0 ^ 0x80000000) + 5) >> 4 is compared with 0x123, by way of X and the scratch memory.
  const std::vector<sock_filter> filter = {
      bpf::LoadWord(bpf::ArgumentOffset(0, bpf::Half::kLow, false)),
      bpf::Xor(0x80000000),
      bpf::StoreScratch(3),
      bpf::LoadImmediate(5),
      bpf::LoadScratchX(3),
      bpf::StoreScratch(2),
      bpf::Txa(),
      bpf::LoadScratchX(2),
      bpf::AddX(),
      bpf::ShiftRight(4),
      bpf::LoadImmediateX(0x123),
      bpf::JumpIfEqualX(0, 1),
      bpf::Return(SECCOMP_RET_ERRNO | 1),
      bpf::Return(SECCOMP_RET_ALLOW),
  };
  const std::vector<SystemCall> calls = BoundaryCalls(filter);
  const auto found = std::find_if(calls.begin(), calls.end(), [&](const SystemCall& call) {
    return Simulate(filter, call).error_number() == 1;
  });
  BOOST_TEST(bool{found != calls.end()});
}

BOOST_AUTO_TEST_CASE(EveryInstructionIsReached) {
  const std::vector<sock_filter> filter = SampleFilter();
  for (std::size_t i = 0; i < filter.size(); ++i) {
    if (filter[i].code != (BPF_RET | BPF_K)) continue;
    std::vector<sock_filter> marked = filter;
    marked[i].k = SECCOMP_RET_TRAP | 99;
    const std::vector<SystemCall> calls = BoundaryCalls(marked);
    BOOST_TEST_CONTEXT("instruction " << i)
    BOOST_TEST(std::any_of(calls.begin(), calls.end(), [&](const SystemCall& call) {
      return Simulate(marked, call).value() == marked[i].k;
    }));
  }
}

// With each constant one more and one less, and each test the other way round.
BOOST_AUTO_TEST_CASE(WhateverIsChangedIsFound) {
  const std::vector<sock_filter> filter = SampleFilter();
  BOOST_TEST(ExpectSameAnswers(filter, filter));
  std::size_t changes = 0;
  for (std::size_t i = 0; i < filter.size(); ++i) {
    const auto check = [&](const sock_filter& instruction) {
      std::vector<sock_filter> changed = filter;
      changed[i] = instruction;
      if (bpf::ReasonForRefusal(changed)) return;
      ++changes;
      BOOST_TEST_CONTEXT(bpf::Disassemble(changed)) BOOST_TEST(!ExpectSameAnswers(filter, changed));
    };
    const bool is_test = BPF_CLASS(filter[i].code) == BPF_JMP;
    if (is_test && filter[i].jt != filter[i].jf)
      check({filter[i].code, filter[i].jf, filter[i].jt, filter[i].k});
    if (BPF_CLASS(filter[i].code) == BPF_LD) continue;
    check({filter[i].code, filter[i].jt, filter[i].jf, filter[i].k - 1});
    check({filter[i].code, filter[i].jt, filter[i].jf, filter[i].k + 1});
  }
  BOOST_TEST(changes > 30U);
}

BOOST_AUTO_TEST_CASE(CallsAreEachThereOnceInOrderAndTheSameEachTime) {
  const std::vector<SystemCall> calls = BoundaryCalls(SampleFilter());
  BOOST_TEST((calls == BoundaryCalls(SampleFilter())));
  BOOST_TEST(std::is_sorted(calls.begin(), calls.end(), [](const SystemCall& left, const SystemCall& right) {
    return left.number() < right.number();
  }));
  for (std::size_t i = 1; i < calls.size(); ++i) BOOST_TEST(!(calls[i] == calls[i - 1]));
  BOOST_TEST(calls.size() < 200U);
}

// Many numbers, each of which comes to many tests of its arguments.
BOOST_AUTO_TEST_CASE(ThereIsAnUpperBound) {
  std::vector<sock_filter> filter = {bpf::LoadWord(bpf::kNumberOffset)};
  for (std::uint32_t number = 0; number < 1000; ++number)
    filter.push_back(bpf::JumpIfEqual(3 * number, 0, 0));
  filter.push_back(bpf::LoadWord(bpf::ArgumentOffset(1, bpf::Half::kLow, false)));
  while (filter.size() < BPF_MAXINSNS - 1)
    filter.push_back(bpf::JumpIfEqual(static_cast<std::uint32_t>(7 * filter.size()), 0, 0));
  filter.push_back(bpf::Return(SECCOMP_RET_ALLOW));
  BOOST_TEST(BoundaryCalls(filter).size() == kMostBoundaryCalls);
}

BOOST_AUTO_TEST_CASE(OfWhatIsNoFilterThereIsNoCallToExpectAnythingOf) {
  const TestedFilter none{Filter()};
  const std::vector<SystemCall> calls = BoundaryCalls(none);
  BOOST_TEST(calls.size() == 1U);
  for (const SystemCall& call : calls) {
    BOOST_TEST(!ExpectKilled(none, call));
    BOOST_TEST(call.message() == none.message());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
