// SPDX-License-Identifier: Apache-2.0
//
// Code that is made at run time makes no system calls: whatever it is made to do by those who feed it, it
// asks the program. Where that code lies is known only when the program runs.
//
// The filter looks at the instruction pointer of each call, so that the kernel answers none from its allow
// bitmap: some twenty nanoseconds a call.

#include <cerrno>

#include <precompiledseccomp/define.h>

#include <sys/mman.h>
#include <sys/shm.h>

namespace pcs = precompiledseccomp;

namespace {

pcs::Policy NoCallsOfMadeCode(const pcs::Values& v) {
  using pcs::Param;
  pcs::Policy policy;
  policy.Default(pcs::Action::Allow());
  policy.Errno(EPERM, pcs::AnyCall(),
               pcs::InstructionPointer() >= v.Uint64("begin") && pcs::InstructionPointer() < v.Uint64("end"));
  // Nor is there other code than this, and what was loaded by now.
  policy.Errno(EPERM, {"mmap", "mprotect", "pkey_mprotect"}, (Param("prot") & PROT_EXEC) == PROT_EXEC);
  policy.Errno(EPERM, "shmat", (Param("shmflg") & SHM_EXEC) == SHM_EXEC);
  // Code can be moved, and all that is readable be made code; libc's realloc does without mremap.
  policy.Errno(EPERM, {"mremap", "personality"});
  return policy;
}

std::vector<pcs::ProgramDefinition> Definitions() {
  return {{"no-calls-of-made-code", {pcs::Uint64("begin"), pcs::Uint64("end")}, NoCallsOfMadeCode}};
}

}  // namespace

PRECOMPILEDSECCOMP_MODULE(Definitions)
