// SPDX-License-Identifier: Apache-2.0

#include "precompile/check_reporter.h"

#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <linux/seccomp.h>

#include <precompiledseccomp/condition.h>
#include <precompiledseccomp/error.h>

#include "base/mistakes.h"
#include "target/syscall_names.h"
#include "verify/refused_call.h"

namespace precompiledseccomp::precompile {
namespace {

// kLongestLine in runtime/violation_reporter.cc; this room does not know that one.
constexpr std::uint64_t kLongestLine = 512;

// A call that the reporter makes: what it passes, how many arguments a message shows, and what allows it.
struct OwnCall {
  std::string name;
  Condition passed;
  std::size_t arguments = 0;
  std::string allowed_by;
};

// `v["log"]`, or the number.
std::string AsWritten(const Value& descriptor) {
  return descriptor.IsConstant() ? descriptor.ToString() : "v[\"" + descriptor.low().variable() + "\"]";
}

OwnCall WriteTo(const Value& descriptor) {
  // The application refuses to install a reporter for a negative one.
  constexpr std::uint32_t kLargestDescriptor = std::numeric_limits<std::int32_t>::max();
  return {.name = "write",
          .passed = Arg(0) == descriptor && Arg(0) <= kLargestDescriptor && Arg(2) <= kLongestLine,
          .arguments = 3,
          .allowed_by = "Allow(\"write\", Param(\"fd\") == " + AsWritten(descriptor) + ")"};
}

// Until it ends.
std::vector<OwnCall> CallsOfReporter(const ViolationReport& report) {
  std::vector<OwnCall> calls = {WriteTo(report.descriptor)};
  switch (report.then) {
    case AfterReport::kAbort:
    case AfterReport::kContinue:
      calls.push_back({"rt_sigreturn", Always(), 0, "Allow(\"rt_sigreturn\")"});
      break;
    case AfterReport::kExit:
      calls.push_back({"exit_group", Always(), 1, "Allow(\"exit_group\")"});
      break;
  }
  return calls;
}

std::string Hexadecimal(std::uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%" PRIx64, value);
  return text;
}

// "write(0x3, 0x0, 0x0) from 0x7f00 where $log is 3"
std::string TextOf(const OwnCall& own, const verify::CallWithNumbers& refused) {
  std::string text = own.name + "(";
  for (std::size_t i = 0; i < own.arguments; ++i)
    text += (i == 0 ? "" : ", ") + Hexadecimal(refused.call.args[i]);
  text += ")";
  if (refused.call.instruction_pointer != 0) text += " from " + Hexadecimal(refused.call.instruction_pointer);
  const char* before = " where $";
  for (const auto& [variable, number] : refused.numbers) {
    text += before + variable + " is " + std::to_string(number);
    before = ", $";
  }
  return text;
}

// What the call gets, and the way out.
std::string Refusal(const OwnCall& own, const verify::CallWithNumbers& refused,
                    const ResolvedPolicy& policy) {
  const std::string way_out = "; add policy." + own.allowed_by;
  if (const ResolvedRule* rule = DecidingRule(policy, refused.call, refused.numbers))
    return rule->action.ToString() + " by the rule " + rule->ToString() + way_out + " before it";
  return policy.LastResort(static_cast<std::uint32_t>(refused.call.nr)).ToString() + way_out;
}

void Check(const OwnCall& own, const ResolvedPolicy& policy) {
  const std::optional<std::uint32_t> number = SyscallNumber(policy.target, own.name);
  if (!number) throw Error("the reporter of violations needs " + own.name + ", which the target lacks");
  const auto refused = verify::FindRefusedCall(policy, *number, own.passed);
  if (!refused) return;
  throw Error("the policy reports violations to " + policy.violation_report->descriptor.ToString() +
              ", and refuses a call of the reporter itself: " + TextOf(own, *refused) + " gets " +
              Refusal(own, *refused, policy));
}

}  // namespace

void CheckThatReporterIsPermitted(const ResolvedPolicy& policy) {
  if (!policy.violation_report) return;
  Mistakes mistakes;
  for (const OwnCall& own : CallsOfReporter(*policy.violation_report))
    mistakes.Try([&] { Check(own, policy); });
  mistakes.ThrowIfThereAreAny();
}

}  // namespace precompiledseccomp::precompile
