// SPDX-License-Identifier: Apache-2.0
//
// What libc makes of a policy:
//
//   missing-companion   it needs another call beside one that is allowed, and no rule names it
//   enosys-expected     it tries a newer call first and falls back only if the kernel does not have it, and
//                       gets another error

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inspect/checks.h"
#include "inspect/sentences.h"

namespace precompiledseccomp::inspect {
namespace {

// A call that is permitted.
struct Permitted {
  std::string_view call;
  const ResolvedRule* by = nullptr;  // the rule that names it; null if none does
};
// Of several, one that a rule names, or else the first.
std::optional<Permitted> FindPermitted(const Subject& subject, Names calls) {
  std::optional<Permitted> found;
  for (const std::string_view call : calls) {
    const auto number = subject.NumberOf(call);
    if (!number) continue;
    for (const PossibleAnswer& answer : subject.AnswersTo(*number)) {
      if (!Permits(*answer.action)) continue;
      if (answer.rule != nullptr && !answer.rule->any_call) return Permitted{call, answer.rule};
      if (!found) found = Permitted{call, nullptr};
    }
  }
  return found;
}

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
constexpr std::string_view kMakesThreads[] = {"clone3", "clone"};
constexpr std::string_view kOlderStatus[] = {"fstat", "stat", "lstat"};
constexpr std::string_view kAccess[] = {"faccessat"};
constexpr std::string_view kClone[] = {"clone"};
constexpr std::string_view kClone3[] = {"clone3"};
constexpr std::string_view kNanosleep[] = {"nanosleep"};
constexpr std::string_view kOldOpen[] = {"open"};
constexpr std::string_view kWrite[] = {"write"};

// Versions are those of glibc.
constexpr Companion kCompanions[] = {
    {"restart_syscall", kWaits, "a wait goes on with it after SIGSTOP and SIGCONT"},
    {"rt_sigreturn", kHandlers, "a signal's handler returns with it"},
    {"exit", kThreads, "a thread ends with it"},
    {"newfstatat", kOlderStatus, "glibc's stat() calls it from 2.33 on, and fstat() to 2.38"},
    {"clone3", kClone, "glibc tries it first for threads", true},
    {"clone", kClone3, "fork() calls it, and older libcs do for threads"},
    {"set_robust_list", kMakesThreads, "glibc's threads begin with it", true},
    {"rseq", kMakesThreads, "glibc's threads begin with it, and end the program if it fails"},
    {"faccessat2", kAccess, "glibc tries it first", true},
    {"openat", kOldOpen, "glibc's open() calls it"},
    {"clock_nanosleep", kNanosleep, "glibc's nanosleep() calls it"},
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
  const auto beside = FindPermitted(subject, companion.beside);
  if (!number || !beside || beside->by == nullptr || subject.IsNamed(*number) ||
      subject.IsPartlyPermitted(*number))
    return std::nullopt;
  const Action& action = *subject.AnswersTo(*number).back().action;
  // A wrong error is enosys-expected.
  if (companion.falls_back && action.kind() == Action::Kind::kErrno) return std::nullopt;
  return Missing{beside->by,
                 std::string(companion.call) + " beside " + std::string(beside->call) + " (" +
                     std::string(companion.why) + ")",
                 OutcomeOf(action)};
}

// ---- enosys-expected

struct NewerCall {
  std::string_view call;
  Names older;  // what is called instead; none if callers then do without
};

constexpr std::string_view kStatus[] = {"newfstatat", "fstat", "stat"};
constexpr std::string_view kOpenat[] = {"openat"};
constexpr std::string_view kClose[] = {"close"};

// Of close_range and openat2, not libc itself but others fall back. What does without rseq is not glibc's
// threads, once the program runs: see the companions.
constexpr NewerCall kNewerCalls[] = {
    {"clone3", kClone},   {"faccessat2", kAccess}, {"statx", kStatus},
    {"openat2", kOpenat}, {"close_range", kClose}, {"rseq", {}},
};

bool IsWrong(const Action& action) {
  return !Permits(action) && !IsNoSuchCall(action) && action.kind() != Action::Kind::kTrap &&
         !action.data().IsVariable();
}

// What a newer call gets: by a rule that names it, or because none does.
PossibleAnswer WrongAnswerTo(const Subject& subject, std::uint32_t number) {
  const std::vector<PossibleAnswer> answers = subject.AnswersTo(number);
  for (const PossibleAnswer& answer : answers)
    if (answer.rule != nullptr && !answer.rule->any_call && IsWrong(*answer.action)) return answer;
  const Action& last = *answers.back().action;
  // What kills is missing-companion.
  const bool is_error = last.kind() == Action::Kind::kErrno;
  return !subject.IsNamed(number) && is_error && IsWrong(last) ? PossibleAnswer{&last, nullptr}
                                                               : PossibleAnswer{};
}

std::string FallBackText(const NewerCall& newer, std::string_view older) {
  if (!older.empty()) return "callers fall back on " + std::string(older);
  return "callers do without (but for glibc's threads: where they are made, allow " +
         std::string(newer.call) + ")";
}

}  // namespace

void FindMissingCompanions(const Subject& subject, const Tell& tell) {
  const ResolvedRule* first = nullptr;
  std::vector<std::pair<std::string, std::string>> texts;  // what is answered, and to which calls
  for (const Companion& companion : kCompanions) {
    const auto missing = MissingOf(subject, companion);
    if (!missing) continue;
    if (first == nullptr || subject.PlaceOf(*missing->rule).place < subject.PlaceOf(*first).place)
      first = missing->rule;
    auto text = std::find_if(texts.begin(), texts.end(),
                             [&](const auto& known) { return known.first == missing->answer; });
    if (text == texts.end()) text = texts.insert(text, {missing->answer, ""});
    text->second += (text->second.empty() ? "" : ", ") + missing->text;
  }
  // One line is enough for a policy.
  std::string all;
  for (const auto& [answer, calls] : texts)
    all.append(all.empty() ? "" : "; ").append(calls).append(", which ").append(answer);
  if (first != nullptr)
    tell(*first, "libc needs calls that no rule names: " + all + ": allow them, or refuse them by name");
}

void FindWrongErrors(const Subject& subject, const Tell& tell) {
  Sentences sentences(subject);
  for (const NewerCall& newer : kNewerCalls) {
    const auto number = subject.NumberOf(newer.call);
    const auto older = FindPermitted(subject, newer.older);
    // Where what is older is refused as well, all of it is meant to fail.
    if (!number || (!older && !newer.older.empty())) continue;
    const PossibleAnswer wrong = WrongAnswerTo(subject, *number);
    const ResolvedRule* const rule = wrong.rule != nullptr ? wrong.rule : older ? older->by : nullptr;
    if (wrong.action == nullptr || rule == nullptr) continue;
    sentences.Add(*rule, std::string(newer.call) + (wrong.rule != nullptr ? " " : ", which no rule names, ") +
                             OutcomeOf(*wrong.action) + ", and only on ENOSYS do " +
                             FallBackText(newer, older ? older->call : ""));
  }
  sentences.TellAll(tell);
}

}  // namespace precompiledseccomp::inspect
