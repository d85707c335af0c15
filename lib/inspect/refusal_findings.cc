// SPDX-License-Identifier: Apache-2.0
//
// Refusals that refuse nothing:
//
//   dead-refusal      rules of earlier sets decide all of its calls, and let some pass
//   sibling-allowed   another call does the same, and is allowed

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inspect/checks.h"
#include "inspect/sentences.h"
#include "verify/overruled.h"

namespace precompiledseccomp::inspect {
namespace {

// ---- dead-refusal

// Something that a dead rule was meant to refuse, and the rule that decides it.
struct Overruled {
  seccomp_data call{};
  const ResolvedRule* by = nullptr;
};

// Looks at all parts of one rule. Nothing if something is left to it, or nothing weaker happens instead.
std::optional<Overruled> FindOverruled(const Subject& subject, std::span<const PlacedRule> parts) {
  std::optional<Overruled> found;
  for (const PlacedRule& part : parts) {
    if (part.rule->any_call) return std::nullopt;
    for (const std::uint32_t number : part.rule->numbers) {
      if (subject.RulesFor(number).front().set == part.set) return std::nullopt;  // there is none before
      const verify::LeftToARule left =
          verify::FindWhatIsLeft(subject.policy(), *part.rule, number, subject.workbench());
      if (left.has_some) return std::nullopt;
      if (found || !left.overruled) continue;
      found = {left.overruled->call,
               DecidingRule(subject.policy(), left.overruled->call, left.overruled->numbers)};
    }
  }
  return found;
}

std::string TextOf(const Subject& subject, const Overruled& overruled) {
  const std::string place = overruled.by->where.ToString();
  return "rules of earlier sets leave nothing to this refusal: " + subject.TextOf(overruled.call) + " " +
         OutcomeOf(overruled.by->action) + " by the rule " +
         (place.empty() ? overruled.by->ToString() : "at " + place) +
         "; put the refusal before that, or leave it out";
}

// ---- sibling-allowed

// Calls of which each does what the others do.
struct Family {
  Names calls;
  bool of_some_arguments;  // with the same arguments, so that what is refused of one can be had of another
};
constexpr std::string_view kOpening[] = {"open", "openat", "openat2", "creat"};
constexpr std::string_view kForking[] = {"fork", "vfork", "clone", "clone3"};
constexpr std::string_view kCloning[] = {"clone", "clone3"};
constexpr std::string_view kWritingToOthers[] = {"ptrace", "process_vm_writev"};
constexpr std::string_view kExecuting[] = {"execve", "execveat"};
constexpr std::string_view kMounting[] = {"mount", "fsmount"};
constexpr std::string_view kSettingModes[] = {"chmod", "fchmodat", "fchmodat2"};
constexpr Family kFamilies[] = {{kOpening, true},          {kForking, false},   {kCloning, true},
                                {kWritingToOthers, false}, {kExecuting, false}, {kMounting, false},
                                {kSettingModes, true}};

// Files and connections that an io_uring opens, names and removes itself, where no filter sees it
// (io_uring_enter(2), the operations), with the older calls that do the same.
constexpr std::string_view kOperations[] = {
    "accept",  "accept4", "bind",   "connect", "creat",    "link",   "linkat",    "listen",  "mkdir",
    "mkdirat", "open",    "openat", "openat2", "recvfrom", "rename", "renameat",  "recvmsg", "renameat2",
    "rmdir",   "sendmsg", "sendto", "socket",  "symlink",  "unlink", "symlinkat", "unlinkat"};
constexpr std::string_view kRing = "io_uring_setup";

bool Has(Names names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// How a call is refused by rules that name it.
struct Refusal {
  const ResolvedRule* by = nullptr;  // the rule that names it, and refuses some or leaves some to be refused
  bool of_all = true;
};

// Nothing if it is refused as a call that the kernel does not have, which is to make callers fall back on
// another one.
std::optional<Refusal> RefusalOf(const Subject& subject, std::uint32_t number) {
  Refusal refusal;
  bool has_refusal = false;
  for (const PossibleAnswer& answer : subject.AnswersTo(number)) {
    if (Permits(*answer.action)) {
      refusal.of_all = false;
    } else if (!IsNoSuchCall(*answer.action)) {
      has_refusal = true;
      if (refusal.by == nullptr && answer.rule != nullptr && !answer.rule->any_call) refusal.by = answer.rule;
    }
  }
  if (!has_refusal) return std::nullopt;
  for (const PlacedRule& placed : subject.RulesFor(number))
    if (refusal.by == nullptr && !placed.rule->any_call) refusal.by = placed.rule;
  return refusal.by == nullptr ? std::nullopt : std::optional(refusal);
}

bool IsOpen(const Subject& subject, std::string_view door) {
  const auto number = subject.NumberOf(door);
  return number && subject.IsPermitted(*number);
}

// By which the same can be had.
std::vector<std::string_view> OpenDoorsBeside(const Subject& subject, std::string_view call, bool of_all) {
  std::vector<std::string_view> doors;
  for (const Family& family : kFamilies) {
    if (!Has(family.calls, call) || (!of_all && !family.of_some_arguments)) continue;
    for (const std::string_view door : family.calls)
      if (door != call && !Has(doors, door) && IsOpen(subject, door)) doors.push_back(door);
  }
  return doors;
}

// "openat2 is allowed, which does the same"
std::string TextOf(const std::vector<std::string_view>& doors) {
  std::string text;
  for (const std::string_view door : doors)
    text.append(text.empty() ? "" : door == doors.back() ? " and " : ", ").append(door);
  return text + (doors.size() == 1 ? " is allowed, which does the same: refuse that, too"
                                   : " are allowed, which do the same: refuse them, too");
}

}  // namespace

void FindDeadRefusals(const Subject& subject, const Tell& tell) {
  const std::span<const PlacedRule> rules = subject.rules();
  for (std::size_t begin = 0, end = 0; begin < rules.size(); begin = end) {
    for (end = begin; end < rules.size() && rules[end].place == rules[begin].place;) ++end;
    if (rules[begin].set == 0 || Permits(rules[begin].rule->action)) continue;
    const auto overruled = FindOverruled(subject, rules.subspan(begin, end - begin));
    if (overruled && overruled->by != nullptr && Permits(overruled->by->action))
      tell(*rules[begin].rule, TextOf(subject, *overruled));
  }
}

void FindOpenSiblings(const Subject& subject, const Tell& tell) {
  Sentences sentences(subject);
  const ResolvedRule* first_of_ring = nullptr;
  std::string done_by_ring;
  for (const std::uint32_t number : subject.NamedNumbers()) {
    const std::string& call = subject.NameOf(number);
    const auto refusal = RefusalOf(subject, number);
    if (!refusal) continue;
    const std::vector<std::string_view> doors = OpenDoorsBeside(subject, call, refusal->of_all);
    if (!doors.empty())
      sentences.Add(*refusal->by,
                    (refusal->of_all ? "" : "some of ") + call + " is refused, and " + TextOf(doors));
    // Where there is an open door already, a ring is not needed.
    if (!doors.empty() || !Has(kOperations, call)) continue;
    if (first_of_ring == nullptr) first_of_ring = refusal->by;
    done_by_ring += (done_by_ring.empty() ? "" : ", ") + call;
  }
  // One sentence is enough for a policy.
  if (first_of_ring != nullptr && IsOpen(subject, kRing))
    sentences.Add(*first_of_ring, std::string(kRing) +
                                      " is allowed, and a ring does without a call what is "
                                      "refused of " +
                                      done_by_ring + ": refuse " + std::string(kRing) + ", too");
  sentences.TellAll(tell);
}

}  // namespace precompiledseccomp::inspect
