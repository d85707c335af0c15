// SPDX-License-Identifier: Apache-2.0
//
// Policies: which system calls a program may make, and what happens to the others.
//
//   Policy policy;                                             // default action: kill the process
//   policy.Allow("read", Arg(0) == 0 || Arg(0) == 3);
//   policy.Allow({"exit_group", "rt_sigreturn", "futex"});
//   policy.Errno(EPERM, "openat");
//
// Meaning. Rule sets are tried in the order in which they were added, and in each set the rules in theirs:
// the first rule that names the call, or is for AnyCall(), and whose condition is true decides. Without one:
//   - a number that is not in the known-calls baseline, if the policy has one, gets the action for unknown
//   calls;
//   - any other call gets the default action (kill the process, unless changed).
// A call made for another architecture gets the bad-architecture action (kill the process, unless changed)
// before any rule is tried. On x86-64 a number with the x32 bit is another architecture, whatever the default
// action is, and so are 512 to 547, which ran x32's handlers without that bit before Linux 5.4
// (ForLinuxFrom()). The number -1, of a call that a tracer skips, is no other architecture:
// Syscall::Skipped().
//
// What no policy decides: on x86-64, Linux 6.14 and later let the call 335 (uretprobe) pass all filters, and
// 6.18 and later 336 (uprobe), which the kernel itself plants in programs that are being probed
// (seccomp_uprobe_exception in kernel/seccomp.c).
//
// Within one rule set, a rule that earlier ones leave nothing to decide is an error when the policy is
// compiled: it is a mistake of the author. In a later rule set it is not: that is how policies are composed
// (refuse a few cases, then allow).
//
// Policies are values; all functions that add return the policy itself, so that they can be chained. They
// throw Error for what can be seen to be wrong at once; names are resolved, and the rest is checked, when the
// policy is compiled for a target.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <precompiledseccomp/action.h>
#include <precompiledseccomp/condition.h>
#include <precompiledseccomp/syscall.h>
#include <precompiledseccomp/target.h>
#include <precompiledseccomp/value.h>

namespace precompiledseccomp {

// A line of the author's source, for messages: where a rule stands. It is no part of what a policy says.
struct SourceLocation {
  std::string file;  // without folders
  int line = 0;      // 0 if it is not known

  // That of the call; as a default argument, that of the call whose argument is left out.
  static SourceLocation Here(const char* path = __builtin_FILE(), int line = __builtin_LINE());

  // "policy.cc:12"; empty if it is not known.
  [[nodiscard]] std::string ToString() const;
};

struct Rule {
  Action action;
  std::vector<Syscall> syscalls;
  Condition condition;
  SourceLocation where = {};
  bool any_call = false;  // then it names none: AnyCall()

  // "allow read, write if arg0 == 3", "errno 1 any call"
  [[nodiscard]] std::string ToString() const;
  // The same for messages about a target: "allow openat (#257)", where the rule gives the number.
  [[nodiscard]] std::string ToString(const Target& target) const;
};

// The functions that add rules, shared by RuleSet and Policy. `calls` is a call or a list of calls, by name
// or number, or AnyCall(); a rule without a condition applies to every such call. `where` is the rule's line
// in messages: a function that adds rules for its callers may pass on theirs.
//
// Each comes twice, and so do Policy's own: what is called of a temporary, as in Policy().Allow("read"),
// returns the object itself, for a reference would outlive it.
template <typename Self>
class RuleFunctions {
 public:
  Self& Allow(Syscalls calls, Condition condition = Always(),
              SourceLocation where = SourceLocation::Here()) & {
    return Add(Action::Allow(), std::move(calls), std::move(condition), std::move(where));
  }
  Self Allow(Syscalls calls, Condition condition = Always(),
             SourceLocation where = SourceLocation::Here()) && {
    return std::move(Add(Action::Allow(), std::move(calls), std::move(condition), std::move(where)));
  }
  Self& Log(Syscalls calls, Condition condition = Always(), SourceLocation where = SourceLocation::Here()) & {
    return Add(Action::Log(), std::move(calls), std::move(condition), std::move(where));
  }
  Self Log(Syscalls calls, Condition condition = Always(), SourceLocation where = SourceLocation::Here()) && {
    return std::move(Add(Action::Log(), std::move(calls), std::move(condition), std::move(where)));
  }
  Self& Errno(const Value& code, Syscalls calls, Condition condition = Always(),
              SourceLocation where = SourceLocation::Here()) & {
    return Add(Action::Errno(code), std::move(calls), std::move(condition), std::move(where));
  }
  Self Errno(const Value& code, Syscalls calls, Condition condition = Always(),
             SourceLocation where = SourceLocation::Here()) && {
    return std::move(Add(Action::Errno(code), std::move(calls), std::move(condition), std::move(where)));
  }
  // Each of the calls returns 0 and is not made.
  Self& Succeed(Syscalls calls, Condition condition = Always(),
                SourceLocation where = SourceLocation::Here()) & {
    return Add(Action::Succeed(), std::move(calls), std::move(condition), std::move(where));
  }
  Self Succeed(Syscalls calls, Condition condition = Always(),
               SourceLocation where = SourceLocation::Here()) && {
    return std::move(Add(Action::Succeed(), std::move(calls), std::move(condition), std::move(where)));
  }
  Self& Trap(Syscalls calls, Condition condition = Always(),
             SourceLocation where = SourceLocation::Here()) & {
    return Add(Action::Trap(), std::move(calls), std::move(condition), std::move(where));
  }
  Self Trap(Syscalls calls, Condition condition = Always(),
            SourceLocation where = SourceLocation::Here()) && {
    return std::move(Add(Action::Trap(), std::move(calls), std::move(condition), std::move(where)));
  }
  Self& Trace(Syscalls calls, Condition condition = Always(),
              SourceLocation where = SourceLocation::Here()) & {
    return Add(Action::Trace(), std::move(calls), std::move(condition), std::move(where));
  }
  Self Trace(Syscalls calls, Condition condition = Always(),
             SourceLocation where = SourceLocation::Here()) && {
    return std::move(Add(Action::Trace(), std::move(calls), std::move(condition), std::move(where)));
  }
  Self& UserNotify(Syscalls calls, Condition condition = Always(),
                   SourceLocation where = SourceLocation::Here()) & {
    return Add(Action::UserNotify(), std::move(calls), std::move(condition), std::move(where));
  }
  Self UserNotify(Syscalls calls, Condition condition = Always(),
                  SourceLocation where = SourceLocation::Here()) && {
    return std::move(Add(Action::UserNotify(), std::move(calls), std::move(condition), std::move(where)));
  }
  Self& KillThread(Syscalls calls, Condition condition = Always(),
                   SourceLocation where = SourceLocation::Here()) & {
    return Add(Action::KillThread(), std::move(calls), std::move(condition), std::move(where));
  }
  Self KillThread(Syscalls calls, Condition condition = Always(),
                  SourceLocation where = SourceLocation::Here()) && {
    return std::move(Add(Action::KillThread(), std::move(calls), std::move(condition), std::move(where)));
  }
  Self& KillProcess(Syscalls calls, Condition condition = Always(),
                    SourceLocation where = SourceLocation::Here()) & {
    return Add(Action::KillProcess(), std::move(calls), std::move(condition), std::move(where));
  }
  Self KillProcess(Syscalls calls, Condition condition = Always(),
                   SourceLocation where = SourceLocation::Here()) && {
    return std::move(Add(Action::KillProcess(), std::move(calls), std::move(condition), std::move(where)));
  }

  // Any action: the ones above, and those with data, such as Action::Trap(7).
  Self& Add(Action action, Syscalls calls, Condition condition = Always(),
            SourceLocation where = SourceLocation::Here()) & {
    Self& self = static_cast<Self&>(*this);
    const bool any_call = calls.IsAnyCall();
    self.AddRule(
        Rule{std::move(action), std::move(calls).calls(), std::move(condition), std::move(where), any_call});
    return self;
  }
  Self Add(Action action, Syscalls calls, Condition condition = Always(),
           SourceLocation where = SourceLocation::Here()) && {
    return std::move(Add(std::move(action), std::move(calls), std::move(condition), std::move(where)));
  }

 private:
  friend Self;
  RuleFunctions() = default;
};

// Rules that are tried together; kept apart from a policy's own to be composed, or to hold for the vsyscall
// page only.
class RuleSet : public RuleFunctions<RuleSet> {
 public:
  RuleSet() = default;

  // A set whose rules only apply to calls made from x86-64's vsyscall page, that is with bit 63 of the
  // instruction pointer set: the emulated time(), gettimeofday() and getcpu() of old binaries.
  static RuleSet OnlyVsyscall();

  [[nodiscard]] bool IsOnlyVsyscall() const { return only_vsyscall_; }
  [[nodiscard]] const std::vector<Rule>& rules() const& { return rules_; }
  [[nodiscard]] std::vector<Rule> rules() && { return std::move(rules_); }

 private:
  friend class RuleFunctions<RuleSet>;
  friend class Policy;
  void AddRule(Rule rule);

  bool only_vsyscall_ = false;
  std::vector<Rule> rules_;
};

// What Install() of install.h does, for the policy of a process that installs further filters later: the
// calls that are listed there, with any options, and with no other arguments. A filter can only take away, so
// that no harm is in allowing them.
//
//   policy.Add(InstallCalls());
RuleSet InstallCalls();

// How often a call is made, relative to the policy's other calls.
struct SyscallCount {
  Syscall syscall;
  std::uint64_t count = 0;
};

// A finding that is right to be there, and why (lib/inspect/findings.h).
struct Acceptance {
  std::string finding;  // its name
  std::string reason;
};

// How the reporter of refused calls ends, which the application chooses as ViolationEnd.
enum class AfterReport : std::uint8_t {
  kAbort,     // the process is killed by SIGSYS
  kExit,      // the process exits
  kContinue,  // the call fails, and its thread goes on
};

// That refused calls are reported, and where.
struct ViolationReport {
  Value descriptor;
  AfterReport then = AfterReport::kAbort;
};

class Policy : public RuleFunctions<Policy> {
 public:
  Policy() = default;

  // Adds a rule set behind those that are there. Rules added to the policy itself later form another set
  // behind it.
  using RuleFunctions<Policy>::Add;
  Policy& Add(RuleSet rule_set) &;
  Policy Add(RuleSet rule_set) && { return std::move(Add(std::move(rule_set))); }

  // Appends the rule sets of `other`, so that this policy's rules come first. Of the options below, those set
  // here stay; those only set in `other` are taken over, its counts included.
  Policy& Merge(const Policy& other) &;
  Policy Merge(const Policy& other) && { return std::move(Merge(other)); }

  // The action for calls that no rule decides, and for calls made for another architecture.
  Policy& Default(Action action) &;
  Policy Default(Action action) && { return std::move(Default(std::move(action))); }
  Policy& BadArchitecture(Action action) &;
  Policy BadArchitecture(Action action) && { return std::move(BadArchitecture(std::move(action))); }

  // The known-calls baseline: the calls that the author knows are those of a kernel, KnownUpTo(Kernel{6, 6}),
  // or those up to a newest one (the highest number), KnownUpTo("futex_waitv"). All others that no rule
  // decides fail with ENOSYS, so that a libc newer than the policy falls back to older calls; Unknown()
  // chooses another action. Calls up to the baseline get the default action.
  //
  // Unknown is also what has no call: the gaps between the numbers of an architecture (335 to 423 on x86-64);
  // and, of a kernel, a call that came later than its number says (Linux 5.6 has 438 and not 436). A newest
  // call goes by numbers, so that KnownUpTo("pidfd_getfd") takes 436 for known. The later KnownUpTo() counts.
  // Throws Error for Syscall::Skipped(), which is above every baseline; for a kernel whose calls are not
  // known here, when the policy is resolved.
  Policy& KnownUpTo(Syscall newest) &;
  Policy KnownUpTo(Syscall newest) && { return std::move(KnownUpTo(std::move(newest))); }
  Policy& KnownUpTo(Kernel newest) &;
  Policy KnownUpTo(Kernel newest) && { return std::move(KnownUpTo(newest)); }
  Policy& Unknown(Action action) &;
  Policy Unknown(Action action) && { return std::move(Unknown(std::move(action))); }

  // Says that the program runs on no kernel before this one, 5.4 for example as (5, 4). What only matters on
  // older ones is then left out of the filter: on x86-64 with 5.4 and later, the numbers 512 to 547 are
  // numbers like any other. Merge() takes it over like the other options: let the program say it, not rules
  // that several programs share. Throws Error for a version before 3.5, the first with filters.
  Policy& ForLinuxFrom(int version, int patch_level) &;
  Policy ForLinuxFrom(int version, int patch_level) && {
    return std::move(ForLinuxFrom(version, patch_level));
  }

  // Says that a finding of the generator is known, and why it may stay: all findings of this name in this
  // policy are then left out. Throws Error without a reason. Merge() takes it over.
  //
  //   policy.Accept("upper-half-ignored", "the only caller is glibc");
  Policy& Accept(std::string finding, std::string reason) &;
  Policy Accept(std::string finding, std::string reason) && {
    return std::move(Accept(std::move(finding), std::move(reason)));
  }

  // Says that refused calls are reported by InstallViolationReporter() of violation_reporter.h, which writes
  // to this descriptor: a variable, or a number. What the reporter itself calls, until it ends in the way
  // that is given, must then be let through, whatever the variables are, and it is an error if it is not:
  //
  //   write(descriptor, any, count)    for counts up to 512, which no line exceeds
  //   rt_sigreturn()                   kAbort and kContinue
  //   exit_group(any)                  kExit
  //
  // Allows nothing by itself, and changes no answer: which calls are trapped is for the rules to say, or for
  // the mode in which the filter is installed. If all descriptors may be written to, no variable is needed,
  // and any number will do. Merge() takes it over like the other options. Throws Error for what is no
  // descriptor: a negative number, one of more than 31 bits, or a 64-bit variable.
  //
  //   policy.Allow("write", Param("fd") == v["log"]);
  //   policy.Allow("rt_sigreturn");
  //   policy.ReportsViolations(v["log"]);
  Policy& ReportsViolations(Value descriptor, AfterReport then = AfterReport::kAbort) &;
  Policy ReportsViolations(Value descriptor, AfterReport then = AfterReport::kAbort) && {
    return std::move(ReportsViolations(std::move(descriptor), then));
  }

  // What the compiler optimises for: the calls made most often, most frequent first (the call at place n
  // counts 1/n of the first); or with counts, from `strace -c` or `perf trace -s`, of which only the ratios
  // matter, and zero is as good as unlisted. Both replace what was set before. They never change an answer.
  // Without either, a program is taken to make the calls that programs usually make (UsualCalls() in
  // target.h): futex, read, write and so on.
  Policy& HotSyscalls(Syscalls calls) &;
  Policy HotSyscalls(Syscalls calls) && { return std::move(HotSyscalls(std::move(calls))); }
  Policy& SyscallCounts(std::vector<SyscallCount> counts) &;
  Policy SyscallCounts(std::vector<SyscallCount> counts) && {
    return std::move(SyscallCounts(std::move(counts)));
  }

  // About how many calls are made under the filter, from its installation on: by the process that installs
  // it, its threads, and all that they start, which inherit it. For programs that do little and are started
  // often.
  //
  // The kernel (5.11 and later) answers calls that are always allowed without running the filter. To find out
  // which they are is a part of what installing takes (of a filter for 300 calls, a third), and what it saves
  // is about 20 ns a call, which a program that makes a few hundred calls does not get back. So this is the
  // one option that makes calls run the filter that need not: those that are made too seldom for the kernel
  // to look for them. It weighs all else by the number, too, and never changes an answer. Which calls are
  // made is taken from HotSyscalls() or SyscallCounts(), for the most part, and else from what programs
  // usually do.
  // `--stats` says what has come of it.
  //
  // It is for programs that have no other filter: where a container engine or a service manager has installed
  // one before, calls that run this filter run that one again as well, however long it is. Throws Error for
  // 0.
  Policy& CallsPerRun(std::uint64_t calls) &;
  Policy CallsPerRun(std::uint64_t calls) && { return std::move(CallsPerRun(calls)); }

  [[nodiscard]] const std::vector<RuleSet>& rule_sets() const& { return rule_sets_; }
  [[nodiscard]] std::vector<RuleSet> rule_sets() && { return std::move(rule_sets_); }
  [[nodiscard]] Action default_action() const { return default_.value_or(Action::KillProcess()); }
  [[nodiscard]] Action bad_architecture_action() const {
    return bad_architecture_.value_or(Action::KillProcess());
  }
  [[nodiscard]] const std::optional<Syscall>& newest_known() const& { return newest_known_; }
  [[nodiscard]] std::optional<Syscall> newest_known() && { return std::move(newest_known_); }
  // At most one of these two is set.
  [[nodiscard]] const std::optional<Kernel>& newest_known_kernel() const& { return newest_known_kernel_; }
  [[nodiscard]] std::optional<Kernel> newest_known_kernel() && { return newest_known_kernel_; }
  [[nodiscard]] const std::optional<Action>& unknown_action() const& { return unknown_; }
  [[nodiscard]] std::optional<Action> unknown_action() && { return std::move(unknown_); }
  [[nodiscard]] const std::optional<KernelVersion>& oldest_kernel() const& { return oldest_kernel_; }
  [[nodiscard]] std::optional<KernelVersion> oldest_kernel() && { return oldest_kernel_; }
  [[nodiscard]] const std::optional<ViolationReport>& violation_report() const& { return violation_report_; }
  [[nodiscard]] std::optional<ViolationReport> violation_report() && { return std::move(violation_report_); }
  // Most frequent first.
  [[nodiscard]] const std::vector<SyscallCount>& counts() const& { return counts_; }
  [[nodiscard]] std::vector<SyscallCount> counts() && { return std::move(counts_); }

  [[nodiscard]] const std::optional<std::uint64_t>& calls_per_run() const& { return calls_per_run_; }
  [[nodiscard]] std::optional<std::uint64_t> calls_per_run() && { return calls_per_run_; }

  [[nodiscard]] const std::vector<Acceptance>& accepted() const& { return accepted_; }
  [[nodiscard]] std::vector<Acceptance> accepted() && { return std::move(accepted_); }

  // Whether nothing at all was set: no rule, no action, no option.
  [[nodiscard]] bool IsEmpty() const;

  // Says where the rules stand, all of them in order: for a policy that has come from elsewhere as bytes. Of
  // other numbers than there are rules, what is too much is left out.
  void SetLocations(const std::vector<SourceLocation>& locations);

  // The whole policy as text, a line for each rule; for people, and stable enough to compare.
  [[nodiscard]] std::string ToString() const;

 private:
  friend class RuleFunctions<Policy>;
  void AddRule(Rule rule);

  std::vector<RuleSet> rule_sets_;
  bool last_set_is_open_ = false;  // Whether AddRule may append to the last rule set, or must begin another.
  std::optional<Action> default_;
  std::optional<Action> bad_architecture_;
  std::optional<Syscall> newest_known_;
  std::optional<Kernel> newest_known_kernel_;
  std::optional<Action> unknown_;
  std::optional<KernelVersion> oldest_kernel_;
  std::optional<ViolationReport> violation_report_;
  std::vector<SyscallCount> counts_;
  std::optional<std::uint64_t> calls_per_run_;
  std::vector<Acceptance> accepted_;
};

std::ostream& operator<<(std::ostream& out, const Policy& policy);

}  // namespace precompiledseccomp
