// SPDX-License-Identifier: Apache-2.0
#include "runtime/return_actions.h"

#include <vector>

#include <boost/test/unit_test.hpp>

namespace precompiledseccomp {
namespace {

BOOST_AUTO_TEST_SUITE(return_actions)

constexpr std::uint32_t kAllow = 0x7fff0000U;
constexpr std::uint32_t kTrace = 0x7ff00000U;

constexpr sock_filter Return(std::uint32_t answer) {
  return {BPF_RET | BPF_K, 0, 0, answer};
}
constexpr sock_filter kReturnA = {BPF_RET | BPF_A, 0, 0, 0};
constexpr sock_filter kLoad = {BPF_LD | BPF_IMM, 0, 0, 0};
constexpr sock_filter kCut = {BPF_ALU | BPF_AND | BPF_K, 0, 0, 0xffff};
constexpr sock_filter Or(std::uint32_t action) {
  return {BPF_ALU | BPF_OR | BPF_K, 0, 0, action};
}

BOOST_AUTO_TEST_CASE(AnswersChangeWithTheMode) {
  const struct {
    std::uint32_t answer, enforced, logged, trapped;
  } cases[] = {
      {kRetKillProcess, kRetKillProcess, kRetLog, kRetTrap},
      {kRetKillThread, kRetKillThread, kRetLog, kRetTrap},
      {kRetKillThread | 5, kRetKillThread | 5, kRetLog, kRetTrap},
      {kRetErrno | 13, kRetErrno | 13, kRetLog, kRetTrap | 13},
      {kRetTrap | 5, kRetTrap | 5, kRetLog, kRetTrap | 5},
      {kAllow, kAllow, kAllow, kAllow},
      {kRetLog, kRetLog, kRetLog, kRetLog},
      {kTrace | 9, kTrace | 9, kTrace | 9, kTrace | 9},
      {kRetUserNotify, kRetUserNotify, kRetUserNotify, kRetUserNotify},
  };
  for (const auto& entry : cases) {
    BOOST_TEST_CONTEXT("answer " << std::hex << entry.answer) {
      BOOST_TEST(ChangeAction(entry.answer, Mode::kEnforce) == entry.enforced);
      BOOST_TEST(ChangeAction(entry.answer, Mode::kLog) == entry.logged);
      BOOST_TEST(ChangeAction(entry.answer, Mode::kTrap) == entry.trapped);
    }
  }
}

BOOST_AUTO_TEST_CASE(OnlyActionOperandsChange) {
  std::vector<sock_filter> code = {
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, kRetKillProcess},  // a constant that looks like an action
      Return(kRetKillProcess),
      {BPF_ALU | BPF_OR | BPF_K, 0, 0, kRetErrno},
      kLoad,
      kCut,
      Or(kRetErrno),
      kReturnA,
      Return(kAllow),
  };
  ChangeActions(code.data(), code.size(), Mode::kTrap);
  BOOST_TEST(code[0].k == kRetKillProcess);
  BOOST_TEST(code[1].k == kRetTrap);
  BOOST_TEST(code[2].k == kRetErrno);
  BOOST_TEST(code[4].k == 0xffffU);
  BOOST_TEST(code[5].k == kRetTrap);
  BOOST_TEST(code[6].k == 0U);
  BOOST_TEST(code[7].k == kAllow);
}

BOOST_AUTO_TEST_CASE(NewActionsAreFoundInBothKindsOfAnswers) {
  const std::vector<sock_filter> code = {
      kLoad, kCut, Or(kRetUserNotify), kReturnA, Return(kRetErrno | 7), Return(kRetKillProcess)};
  const NewActions enforced = FindNewActions(code, Mode::kEnforce);
  BOOST_TEST(enforced.user_notify);
  BOOST_TEST(enforced.kill_process);
  BOOST_TEST(!enforced.log);
  const NewActions logged = FindNewActions(code, Mode::kLog);
  BOOST_TEST(logged.user_notify);
  BOOST_TEST(!logged.kill_process);
  BOOST_TEST(logged.log);
}

BOOST_AUTO_TEST_CASE(NewActionsAreNotFoundInOperandsOfOtherInstructions) {
  const NewActions answered =
      FindNewActions(std::vector<sock_filter>{Or(kRetLog), Return(kAllow)}, Mode::kEnforce);
  BOOST_TEST(!answered.log);
}

BOOST_AUTO_TEST_CASE(AComputedAnswerIsOneThatTheCompilerDoesNotMake) {
  using Code = std::vector<sock_filter>;
  BOOST_TEST(AllAnswersAreStated(Code{kLoad, kCut, Or(kRetErrno), kReturnA}));
  BOOST_TEST(!AllAnswersAreStated(Code{kReturnA}));
  BOOST_TEST(!AllAnswersAreStated(Code{kLoad, kReturnA}));
  BOOST_TEST(!AllAnswersAreStated(Code{kLoad, Or(kRetErrno), kReturnA}));
  BOOST_TEST(!AllAnswersAreStated(Code{kCut, kLoad, kReturnA}));
  BOOST_TEST(!AllAnswersAreStated(Code{{BPF_ALU | BPF_AND | BPF_K, 0, 0, 0xfffff}, Or(kRetErrno), kReturnA}));
}

// What stands in A when a jump leads past the cut, or past the action, is the answer.
BOOST_AUTO_TEST_CASE(AJumpIntoTheMiddleOfASequenceMakesTheAnswerComputed) {
  constexpr std::uint16_t kJump = BPF_JMP | BPF_JA;
  constexpr std::uint16_t kCompare = BPF_JMP | BPF_JEQ | BPF_K;
  const struct {
    const char* what;
    sock_filter jump;
    bool all_are_stated;
  } cases[] = {
      {"always, to the cut", {kJump, 0, 0, 1}, true},
      {"always, to the action", {kJump, 0, 0, 2}, false},
      {"always, to the return", {kJump, 0, 0, 3}, false},
      {"always, behind it", {kJump, 0, 0, 4}, true},
      {"always, out of the program", {kJump, 0, 0, 5}, true},
      {"always, as far as there are numbers", {kJump, 0, 0, 0xffffffff}, true},
      {"always, beyond 32 bits and back to the action", {kJump, 0, 0, 0xfffffffe}, true},
      {"if equal, to the cut", {kCompare, 1, 4, 3}, true},
      {"if equal, to the action", {kCompare, 2, 4, 4}, false},
      {"if equal, to the return", {kCompare, 3, 0, 4}, false},
      {"if not equal, to the action", {kCompare, 0, 2, 4}, false},
      {"if not equal, to the return", {kCompare, 4, 3, 4}, false},
      {"if equal to what would lead to the action", {kCompare, 0, 4, 2}, true},
      {"if equal, out of the program", {kCompare, 255, 4, 4}, true},
      {"no jump, with such an operand", {BPF_LD | BPF_IMM, 2, 2, 2}, true},
  };
  for (const auto& entry : cases) {
    const std::vector<sock_filter> code = {entry.jump, kLoad, kCut, Or(kRetErrno), kReturnA, Return(kAllow)};
    BOOST_TEST_CONTEXT(entry.what) BOOST_TEST(AllAnswersAreStated(code) == entry.all_are_stated);
  }
}

BOOST_AUTO_TEST_CASE(AJumpToAStatedReturnBehindASequenceIsNoJumpIntoIt) {
  const std::vector<sock_filter> code = {
      {BPF_JMP | BPF_JA, 0, 0, 4}, kLoad, kCut, Or(kRetErrno), kReturnA, Return(kAllow), Return(kRetErrno)};
  BOOST_TEST(AllAnswersAreStated(code));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
