// SPDX-License-Identifier: Apache-2.0
//
// What libc makes of a policy:
//
//   missing-companion   it needs another call beside one that is allowed, and no rule names it
//   enosys-expected     it tries a newer call first and falls back only if the kernel does not have it, and
//                       gets another error

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inspect/checks.h"

namespace precompiledseccomp::inspect {
namespace {

using Names = std::span<const std::string_view>;

// The rule that permits the first of these calls of which some are permitted.
struct Anchor {
  std::string_view call;
  const ResolvedRule* rule = nullptr;
};
Anchor AnchorOf(const Subject& subject, Names calls) {
  for (const std::string_view call : calls) {
    const auto number = subject.NumberOf(call);
    if (!number) continue;
    for (const PossibleAnswer& answer : subject.AnswersTo(*number))
      if (Permits(*answer.action) && answer.rule != nullptr && !answer.rule->any_call)
        return {call, answer.rule};
  }
  return {};
}

// Several sentences of one rule become one text.
class Sentences {
 public:
  void Add(const ResolvedRule& rule, const std::string& sentence) {
    std::string& text = texts_[&rule];
    text += (text.empty() ? "" : "; ") + sentence;
  }
  void TellAll(const Subject& subject, const Tell& tell) const {
    for (const PlacedRule& placed : subject.rules())
      if (const auto text = texts_.find(placed.rule); text != texts_.end()) tell(*placed.rule, text->second);
  }

 private:
  std::map<const ResolvedRule*, std::string> texts_;
};

// ---- missing-companion

struct Companion {
  std::string_view call;
  Names beside;
  std::string_view why;
  bool falls_back = false;  // libc does without if it gets an error
};

// Of waits with a timeout, restart_syscall goes on after a stop (ERESTART_RESTARTBLOCK in the kernel).
constexpr std::string_view kWaits[] = {"nanosleep", "clock_nanosleep", "poll", "futex"};
constexpr std::string_view kHandlers[] = {"rt_sigaction", "sigaltstack", "rt_sigsuspend", "setitimer",
                                          "timer_create"};
// Programs without threads have no need of these.
constexpr std::string_view kThreads[] = {"clone3", "clone", "futex", "set_robust_list"};
constexpr std::string_view kFstat[] = {"fstat"};
constexpr std::string_view kClone[] = {"clone"};
constexpr std::string_view kClone3[] = {"clone3"};
constexpr std::string_view kMakesThreads[] = {"clone3", "clone"};
constexpr std::string_view kWrite[] = {"write"};

constexpr Companion kCompanions[] = {
    {"restart_syscall", kWaits, "a wait goes on with it after SIGSTOP and SIGCONT"},
    {"rt_sigreturn", kHandlers, "a signal's handler returns with it"},
    {"exit", kThreads, "a thread ends with it"},
    {"newfstatat", kFstat, "glibc's fstat() calls it from 2.33 on"},
    {"clone3", kClone, "glibc tries it first for threads, from 2.34 on", true},
    {"clone", kClone3, "fork() calls it, and older libcs do for threads"},
    {"set_robust_list", kMakesThreads, "glibc's threads begin with it", true},
    {"rseq", kMakesThreads,
     "glibc's threads begin with it from 2.35 on, and no error is taken for an answer"},
    {"writev", kWrite, "musl's stdio writes with it, and glibc what it says when it aborts"},
};

// That is wanted, and which no rule names: "writev beside write (musl's stdio writes with it)".
struct Missing {
  const ResolvedRule* rule = nullptr;  // the one that permits what it belongs to
  std::string text;
  std::string answer;
};

std::optional<Missing> MissingOf(const Subject& subject, const Companion& companion) {
  const auto number = subject.NumberOf(companion.call);
  const Anchor anchor = AnchorOf(subject, companion.beside);
  if (!number || anchor.rule == nullptr || subject.IsNamed(*number) || subject.IsPartlyPermitted(*number))
    return std::nullopt;
  const Action& action = *subject.AnswersTo(*number).back().action;
  // A wrong error is enosys-expected.
  if (companion.falls_back && action.kind() == Action::Kind::kErrno) return std::nullopt;
  return Missing{anchor.rule,
                 std::string(companion.call) + " beside " + std::string(anchor.call) + " (" +
                     std::string(companion.why) + ")",
                 action.ToString()};
}

// ---- enosys-expected

struct NewerCall {
  std::string_view call;
  Names older;  // what is called instead; none if libc then does without
};

constexpr std::string_view kAccess[] = {"faccessat"};
constexpr std::string_view kStat[] = {"newfstatat", "fstat", "stat"};
constexpr std::string_view kOpenat[] = {"openat"};
constexpr std::string_view kClose[] = {"close"};

constexpr NewerCall kNewerCalls[] = {
    {"clone3", kClone},   {"faccessat2", kAccess}, {"statx", kStat},
    {"openat2", kOpenat}, {"close_range", kClose}, {"rseq", {}},
};

// The rule that answers another error than ENOSYS; null if no rule does.
const ResolvedRule* RuleWithOtherError(const Subject& subject, std::uint32_t number) {
  for (const PossibleAnswer& answer : subject.AnswersTo(number))
    if (answer.rule != nullptr && !answer.rule->any_call && IsOtherErrorThanNoSuchCall(*answer.action))
      return answer.rule;
  return nullptr;
}

std::string InsteadText(const NewerCall& newer, std::string_view older) {
  if (!older.empty()) return "it is ENOSYS that makes callers fall back on " + std::string(older);
  return "it is ENOSYS that makes callers do without (glibc's threads do not: where threads are made, "
         "allow " +
         std::string(newer.call) + ")";
}

}  // namespace

void FindMissingCompanions(const Subject& subject, const Tell& tell) {
  // One line is enough for a policy.
  std::optional<Missing> all;
  for (const Companion& companion : kCompanions) {
    const auto missing = MissingOf(subject, companion);
    if (!missing) continue;
    if (!all) {
      all = missing;
      continue;
    }
    all->text += ", " + missing->text;
    if (subject.PlaceOf(*missing->rule).place < subject.PlaceOf(*all->rule).place) all->rule = missing->rule;
  }
  if (all)
    tell(*all->rule, "libc needs calls that no rule names, and that get " + all->answer + ": " + all->text);
}

void FindWrongErrors(const Subject& subject, const Tell& tell) {
  Sentences sentences;
  for (const NewerCall& newer : kNewerCalls) {
    const auto number = subject.NumberOf(newer.call);
    const Anchor anchor = AnchorOf(subject, newer.older);
    // Where what is older is refused as well, all of it is meant to fail.
    if (!number || (anchor.rule == nullptr && !newer.older.empty())) continue;
    if (const ResolvedRule* rule = RuleWithOtherError(subject, *number)) {
      sentences.Add(*rule, std::string(newer.call) + " gets " + rule->action.ToString() + ", but " +
                               InsteadText(newer, anchor.call));
      continue;
    }
    const PossibleAnswer answer = subject.AnswersTo(*number).back();
    if (subject.IsNamed(*number) || anchor.rule == nullptr || !IsOtherErrorThanNoSuchCall(*answer.action))
      continue;
    sentences.Add(*anchor.rule, "no rule names " + std::string(newer.call) + ", which gets " +
                                    answer.action->ToString() + ", but " + InsteadText(newer, anchor.call));
  }
  sentences.TellAll(subject, tell);
}

}  // namespace precompiledseccomp::inspect
