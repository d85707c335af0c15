// SPDX-License-Identifier: Apache-2.0
//
// Programs whose statistics can be worked out by hand, with calls by number, so that they mean the same
// everywhere.
#include <precompiledseccomp/define.h>

namespace {

namespace pcs = precompiledseccomp;
using pcs::Arg32;

// Two calls with a test each: of one value, and of either of two that no single test can tell from others.
pcs::Policy Checked() {
  return pcs::Policy()
      .Allow(pcs::Syscall(1))
      .Allow(pcs::Syscall(10), Arg32(0) == 5)
      .Allow(pcs::Syscall(20), Arg32(0).In({3, 700}))
      .Errno(1, pcs::Syscall(30), Arg32(0) == 1);
}

std::vector<pcs::ProgramDefinition> MeasuredPrograms() {
  return {
      {"all-allowed", {}, [](const pcs::Values&) { return pcs::Policy().Default(pcs::Action::Allow()); }},
      {"all-refused",
       {},
       [](const pcs::Values&) { return pcs::Policy().Default(pcs::Action::KillProcess()); }},
      {"checked", {}, [](const pcs::Values&) { return Checked(); }},
      {"checked-again", {}, [](const pcs::Values&) { return Checked(); }},
      {"counted",
       {},
       [](const pcs::Values&) {
         return Checked().SyscallCounts(
             {{pcs::Syscall(1), 1000}, {pcs::Syscall(20), 3}, {pcs::Syscall(10), 1}});
       }},
      {"hot-but-cached", {}, [](const pcs::Values&) { return Checked().HotSyscalls({pcs::Syscall(1)}); }},
      {"any-call",
       {},
       [](const pcs::Values&) {
         return pcs::Policy()
             .Allow(pcs::Syscall(1))
             .Trap(pcs::AnyCall(), Arg32(0) == 1)
             .Allow(pcs::AnyCall());
       }},
      {"short-lived", {}, [](const pcs::Values&) { return Checked().CallsPerRun(2); }},
      {"logged", {}, [](const pcs::Values&) { return pcs::Policy().Log(pcs::Syscall(7)); }},
  };
}

}  // namespace

PRECOMPILEDSECCOMP_MODULE(MeasuredPrograms)
