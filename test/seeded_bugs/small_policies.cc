// SPDX-License-Identifier: Apache-2.0

#include <cerrno>

#include "seeded_bugs/policies.h"
#include "support/numbers.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

// Call numbers whose names do not matter.
constexpr std::uint32_t kA = 16;
constexpr std::uint32_t kB = 72;

Syscalls NumbersFromTo(std::uint32_t first, std::uint32_t last) {
  std::vector<Syscall> numbers;
  for (std::uint32_t number = first; number <= last; ++number) numbers.emplace_back(number);
  return numbers;
}

// ---- The call's number.

Policy RangesOfNumbers() {
  Policy policy;
  policy.Allow(NumbersFromTo(10, 30)).Allow(Numbers({40, 41, 45})).Allow(NumbersFromTo(50, 60));
  policy.Errno(EPERM, Numbers({31, 42, 61})).Log(NumbersFromTo(100, 101)).Add(Action::Trap(7), Syscall(102));
  return policy.Default(Action::Errno(EACCES)).BadArchitecture(Action::KillThread());
}

Policy KnownCallsBaseline() {
  Policy policy;
  policy.Allow(Numbers({1, 2, 3, 299, 320})).Allow(Numbers({5, 400}), Arg(0) == 1);
  return policy.KnownUpTo(Syscall(300)).Unknown(Action::Errno(ENOSYS)).Default(Action::Errno(EPERM));
}

// Enough of them that a few tests before the search are worth it.
Policy HotCalls() {
  Policy policy;
  for (std::uint32_t number = 20; number < 200; number += 3)
    policy.Allow(Syscall(number)).Errno(EACCES, Syscall(number + 1));
  policy.Allow(Numbers({100, 121}), Arg(0) == 3)
      .Errno(EBADF, Syscall(100))
      .Allow(Syscall(142), Arg32(1) == 9)
      .Allow(Syscall(7), Arg(0) <= 1000);
  return policy.SyscallCounts({{Syscall(100), 1000}, {Syscall(142), 1000}, {Syscall(7), 1}});
}

// ---- Rules.

Policy SeveralRulesOfACall() {
  Policy policy;
  policy.Errno(EPERM, Syscall(kA), Arg(0) == 1)
      .Allow(Syscall(kA), Arg(0) < 10)
      .Allow(Syscall(kA), Arg(1) == 3)
      .Log(Syscall(kA));
  policy.Add(RuleSet().Errno(EACCES, Numbers({kA, kB})));
  return policy;
}

Policy RulesForTheVsyscallPage() {
  Policy policy;
  policy.Add(RuleSet::OnlyVsyscall().Allow(Numbers({96, 201})).Allow(Syscall(309), Arg(2) == 0));
  policy.Allow(Syscall(309), Arg(1) == 0).Errno(EPERM, Syscall(201));
  return policy;
}

// ---- Comparisons of one argument.

Policy WholeArguments() {
  Policy policy;
  policy.Allow(Syscall(1), Arg(0) == 3)
      .Allow(Syscall(2), Arg(1) != 0x100000005)
      .Allow(Syscall(3), Arg(1) < 4096);
  policy.Allow(Syscall(4), Arg(2) <= 0x500000010)
      .Allow(Syscall(5), Arg(2) > 0x500000010)
      .Allow(Syscall(6), Arg(3) >= 0x500000000);
  policy.Allow(Syscall(7), Arg(0) >= 0x7f0000000000 && Arg(0) < 0x7fff00000000)
      .Allow(Syscall(8), !(Arg(4) == 0xffffffff));
  return policy;
}

Policy LowHalves() {
  Policy policy;
  policy.Allow(Syscall(1), Arg32(0) > 0)
      .Allow(Syscall(2), Arg32(0) >= 1 && Arg32(0) != 7)
      .Allow(Syscall(3), Arg32(1) <= 0xfffffffe);
  policy.Allow(Syscall(4), Arg32(1) >= 0x80000000)
      .Allow(Syscall(5), Arg32(2) < 0xffffffff && Arg32(2) > 0xff);
  policy.Allow(Syscall(6), Arg32(3) == 0xffffffff || Arg32(3) < 5)
      .Errno(1, Syscall(6), Arg32(3) == 7)
      .Allow(Syscall(6));
  return policy;
}

// Above the largest number of the low half, which takes the high one.
Policy LimitsAtTheEndOfTheLowHalf() {
  Policy policy;
  policy.Allow(Syscall(1), Arg(0) > 0x1ffffffff)
      .Allow(Syscall(2), Arg(0) >= 0x100000000)
      .Allow(Syscall(3), Arg(0) <= 0x2ffffffff);
  policy.Allow(Syscall(4), Arg(0) > 0xffffffff00000000);
  return policy;
}

Policy Masks() {
  Policy policy;
  policy.Allow(Syscall(1), (Arg(0) & 6) == 6)
      .Allow(Syscall(2), (Arg(0) & 6) == 2)
      .Allow(Syscall(3), (Arg(0) & 10) == 2);
  policy.Allow(Syscall(4), (Arg(1) & 0x8000000000000001) == 0)
      .Allow(Syscall(5), (Arg(1) & 0xc0000000c0000000) == 0);
  policy.Allow(Syscall(6), (Arg32(2) & 0x90000000) == 0)
      .Allow(Syscall(7), (Arg32(2) & 0xf0000000) == 0xf0000000);
  policy.Allow(Syscall(8), (Arg(3) & 0xff00000012) == 0x3400000002)
      .Allow(Syscall(9), (Arg32(2) & 0x90000000) == 0x80000000);
  return policy;
}

Policy OnlySomeBits() {
  Policy policy;
  policy.Allow(Syscall(1), Arg(0).OnlyBits(0x1f)).Allow(Syscall(2), Arg32(1).OnlyBits(0x80000003));
  policy.Allow(Syscall(3), Arg(0).OnlyBits(0xff000000ff))
      .Allow(Syscall(4), Arg(0).NonNegativeFd())
      .Allow(Syscall(5), !Arg32(1).OnlyBits(0));
  return policy;
}

// Other numbers are above these if the sign is left out.
Policy SignedOrderings() {
  Policy policy;
  policy.Allow(Syscall(1), Arg32(0).Signed() >= -5 && Arg32(0).Signed() <= 19);
  policy.Allow(Syscall(2), Arg32(1).Signed() > 7).Allow(Syscall(3), Arg32(1).Signed() < 0);
  policy.Allow(Syscall(4), Arg(0).Signed() > -20).Allow(Syscall(5), Arg(0).Signed() <= 0x100000003);
  return policy;
}

// What stands above the lower 16 bits does not count.
Policy OperandsOf16Bits() {
  const Operand mode = Operand::Argument(1, 16, false);
  Policy policy;
  policy.Allow(Syscall(1), mode == 0600).Allow(Syscall(2), mode.In({0600, 0644, 0700, 0xffff}));
  policy.Allow(Syscall(3), (mode & 0170000) == 0010000).Allow(Syscall(4), mode <= 0777);
  policy.Allow(Syscall(5), mode.OnlyBits(0777));
  return policy;
}

Policy SetsOfSomeBits() {
  Policy policy;
  policy.Allow(Syscall(1), (Arg32(0) & 0170000).In({0010000, 0040000, 0100000}));
  policy.Allow(Syscall(2), (Arg32(0) & 0xff) == 7 || (Arg32(0) & 0xff00) == 0x300);
  policy.Allow(Syscall(3), (Arg(0) & 0xff000000ff).In({1, 3, 0x700000000 | 1}));
  return policy;
}

// One mask after another of the same word: what the first leaves open, the next asks for.

Policy TwoBitsThenOneOfThem() {
  Policy policy;
  policy.Errno(1, Syscall(1), (Arg32(0) & 1) == 1 && Arg32(1) == 0).Errno(2, Syscall(1), (Arg32(0) & 5) == 5);
  policy.Log(Syscall(1), (Arg32(0) & 10) == 8).Errno(4, Syscall(1), (Arg32(0) & 7) == 0 && Arg32(1) == 3);
  return policy.Allow(Syscall(1));
}

Policy OneBitThenMore() {
  Policy policy;
  policy.Errno(1, Syscall(1), (Arg32(0) & 7) == 4).Log(Syscall(1), (Arg32(0) & 5) != 0 && Arg32(1) == 1);
  policy.Errno(3, Syscall(1), (Arg32(0) & 4) == 4 && Arg32(1) == 2);
  return policy.Allow(Syscall(1));
}

Policy TwoValuesUnderAMask() {
  Policy policy;
  policy.Log(Syscall(1), (Arg32(0) & 15) == 8).Errno(2, Syscall(1), (Arg32(0) & 11) == 2);
  policy.Errno(3, Syscall(1), (Arg32(0) & 5) == 5 && Arg32(1) == 2)
      .Errno(4, Syscall(1), (Arg32(0) & 11) == 3);
  return policy.Allow(Syscall(1));
}

// What one half is says nothing about the other.
Policy HalvesOfDifferentMeaning() {
  Policy policy;
  policy.Errno(1, Syscall(1), Arg(0) > 0xffffffff).Errno(2, Syscall(1), Arg32(0) == 0);
  policy.Add(RuleSet().Errno(3, Syscall(1), Arg32(0) == 3)).Add(RuleSet().Allow(Syscall(1)));
  return policy;
}

// The same test of two words, and two tests of one.
Policy OneTestOfDifferentWords() {
  Policy policy;
  policy.Allow(Syscall(1), Arg32(0) == 5)
      .Allow(Syscall(2), Arg32(1) == 5)
      .Allow(Syscall(3), (Arg32(0) & 6) == 2);
  policy.Allow(Syscall(4), (Arg32(0) & 0x12) == 2);
  return policy;
}

// ---- Sets of values.

Policy Sets() {
  Policy policy;
  policy.Allow(Syscall(1), Arg32(1).In({0xfffffffe, 1, 2, 3, 9}))
      .Allow(Syscall(2), Arg(1).In({0x100000001, 0x100000002, 0x200000003}));
  policy.Allow(Syscall(3), Arg32(2).In({3, 4, 5, 6, 7}))
      .Allow(Syscall(4), Arg32(2).In({3, 4, 8, 9, 13, 14, 20, 21, 30}));
  policy.Allow(Syscall(5), Arg(1).In({0xfffffffe, 0x1fffffffe, 0x3fffffffe}));
  return policy;
}

// Sets that are bit patterns, for the search of values.
Policy BitPatterns() {
  Policy policy;
  const auto both = [](const std::vector<Value>& values) { return Arg32(1).In(values) && Arg32(0) == 1; };
  policy.Allow(Syscall(1), both({0, 1, 0x80, 0x81}))
      .Allow(Syscall(2), both({0x10, 0x11, 0x90, 0x91, 0x412, 0x700}));
  policy.Allow(Syscall(3), both({2, 3, 0x82, 0x83, 0x92, 0x20, 0x800, 0x1203}));
  policy.Allow(Syscall(4), both({0x1, 0x11, 0x101, 0x111, 0x1001}));
  policy.Errno(1, Syscall(5), Arg32(1) == 0x1111)
      .Allow(Syscall(5), Arg32(1).In({0x1, 0x11, 0x101, 0x111, 0x1001, 0x1011, 0x1101}));
  return policy;
}

// ---- Several arguments.

Policy AlternativesWithASharedRest() {
  Policy policy;
  policy.Allow(Syscall(1),
               (Arg(0) == 1 && Arg(1) == 7) || (Arg(0) == 1 && Arg(1) == 9) || (Arg(0) == 2 && Arg(1) == 5));
  policy.Allow(Syscall(2),
               (Arg32(0) == 1 && Arg32(1) > 7) || (Arg32(0) == 2 && Arg32(1) < 9) || Arg32(0) == 3);
  return policy;
}

Policy TestsInARow() {
  Policy policy;
  policy.Allow(Syscall(1), Arg(0) == 3 && Arg(1) == 0 && Arg(2) < 8)
      .Errno(EINVAL, Numbers({1, 2}), Arg(1) != 0);
  policy.Errno(EACCES, Syscall(2), Arg32(0) > 3)
      .Errno(EBADF, Syscall(2), Arg32(2) == 1)
      .Allow(Syscall(2), Arg32(3) == 4);
  policy.Allow(Syscall(3), Arg32(1) != 7 && (Arg32(1) & 8) == 0 && Arg32(0) == 2);
  policy.Allow(Syscall(4), Arg32(1).In({1, 2, 12, 14}) && (Arg32(1) & 8) == 0 && Arg32(0).In({5, 7}));
  return policy;
}

Policy DifferentAnswersForOneArgument() {
  Policy policy;
  policy.Allow(Syscall(1), Arg32(0) == 1 && Arg32(1) == 4).Errno(EPERM, Syscall(1), Arg32(0) == 1);
  policy.Add(Action::Trap(1), Syscall(1), Arg32(0) == 2 && Arg32(2) == 4)
      .Errno(EACCES, Syscall(1), Arg32(0) == 2);
  policy.Log(Syscall(1), Arg32(1) == 4);
  return policy;
}

Policy TestsThatOthersAnswer() {
  Policy policy;
  policy.Errno(1, Syscall(1), Arg32(0) >= 10)
      .Errno(2, Syscall(1), Arg32(0) == 10 || Arg32(1) == 1)
      .Allow(Syscall(1), Arg32(0) != 5);
  policy.Errno(1, Syscall(2), (Arg32(0) & 6) != 0 && Arg32(1) == 1)
      .Errno(2, Syscall(2), (Arg32(0) & 2) != 0 && Arg32(1) == 2);
  policy.Allow(Syscall(2), (Arg32(0) & 5) != 0);
  policy.Errno(1, Syscall(3), (Arg32(0) & 1) != 0 && Arg32(1) == 1)
      .Errno(2, Syscall(3), (Arg32(0) & 3) == 1)
      .Errno(3, Syscall(3), (Arg32(0) & 6) == 4);
  policy.Allow(Syscall(3), (Arg32(0) & 12) == 8 || Arg32(1) == 8);
  return policy;
}

// The kernel is not to look for the calls that it need not run the filter for: of none, or of one only.
Policy ShortLife(std::uint64_t calls) {
  Policy policy;
  for (std::uint32_t number = 20; number < 80; number += 2) policy.Allow(Syscall(number));
  policy.Allow(Syscall(0)).Allow(Syscall(3), Arg32(0) == 5);
  return policy.SyscallCounts({{Syscall(0), 99}, {Syscall(3), 1}}).CallsPerRun(calls);
}

// Like x86-64, with the other byte order: no target has it yet, but the compiler is to know it.
Target BigEndian() {
  Target target = X86();
  target.big_endian = true;
  return target;
}

}  // namespace

std::vector<PolicyCase> SmallPolicies() {
  return {
      CaseOf("ranges_of_numbers", RangesOfNumbers()),
      CaseOf("known_calls_baseline", KnownCallsBaseline()),
      CaseOf("hot_calls", HotCalls()),
      CaseOf("short_life", ShortLife(10)),
      CaseOf("short_life_with_a_hot_call", ShortLife(1000)),
      CaseOf("several_rules_of_a_call", SeveralRulesOfACall()),
      CaseOf("rules_for_the_vsyscall_page", RulesForTheVsyscallPage()),
      CaseOf("whole_arguments", WholeArguments()),
      CaseOf("whole_arguments_big_endian", WholeArguments(), BigEndian()),
      CaseOf("low_halves", LowHalves()),
      CaseOf("limits_at_the_end_of_the_low_half", LimitsAtTheEndOfTheLowHalf()),
      CaseOf("masks", Masks()),
      CaseOf("two_bits_then_one_of_them", TwoBitsThenOneOfThem()),
      CaseOf("one_bit_then_more", OneBitThenMore()),
      CaseOf("two_values_under_a_mask", TwoValuesUnderAMask()),
      CaseOf("halves_of_different_meaning", HalvesOfDifferentMeaning()),
      CaseOf("only_some_bits", OnlySomeBits()),
      CaseOf("signed_orderings", SignedOrderings()),
      CaseOf("operands_of_16_bits", OperandsOf16Bits()),
      CaseOf("sets_of_some_bits", SetsOfSomeBits()),
      CaseOf("one_test_of_different_words", OneTestOfDifferentWords()),
      CaseOf("sets", Sets()),
      CaseOf("bit_patterns", BitPatterns()),
      CaseOf("alternatives_with_a_shared_rest", AlternativesWithASharedRest()),
      CaseOf("tests_in_a_row", TestsInARow()),
      CaseOf("different_answers_for_one_argument", DifferentAnswersForOneArgument()),
      CaseOf("tests_that_others_answer", TestsThatOthersAnswer()),
  };
}

}  // namespace precompiledseccomp::testing
