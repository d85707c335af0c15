// SPDX-License-Identifier: Apache-2.0
//
// What the kernel's audit tells of a call that seccomp refused or logged, wherever it was written down:
//
//   kernel log   [ 2628.1] audit: type=1326 audit(1795730503.764:427): auid=4294967295 ... sig=0
//   arch=40000003
//                syscall=110 compat=1 ip=0x557d code=0x7ffc0000
//   journal      Nov 27 20:00:00 host audit[27269]: SECCOMP auid=... arch=c000003e syscall=110 ...
//   auditd       type=SECCOMP msg=audit(1795730503.764:427): ... code=0x80000000 and, behind a separator,
//   what
//                it made of the numbers: ARCH=x86_64 SYSCALL=getppid
//   ausearch -i  type=SECCOMP ... : auid=unset ... sig=SIGSYS arch=x86_64 syscall=getppid ... code=kill
//
// There are no arguments in any of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace precompiledseccomp::inspect {

struct AuditRecord {
  std::uint32_t arch = 0;      // AUDIT_ARCH_*
  bool is_arch_named = false;  // `arch_name` has it: "x86_64"
  std::string_view arch_name;
  std::optional<std::uint32_t> number;
  std::string_view name;  // where there is no number
  std::optional<std::uint64_t> instruction_pointer;
  // Whether it was killed or trapped: a signal was sent. Other answers are logged only on request.
  bool was_ended = false;
};

// Whether the line is a record of that kind, readable or not.
[[nodiscard]] bool IsAuditRecord(std::string_view line);

// Nothing for one of which the architecture or the call cannot be read.
std::optional<AuditRecord> ReadAuditRecord(std::string_view line);

// Whether a line comes from a log, in which other messages stand beside records: it begins with the time, or
// with what journalctl and ausearch write between entries.
[[nodiscard]] bool IsLineOfLog(std::string_view line);

// "audit: 12 callbacks suppressed": the kernel left records out.
[[nodiscard]] bool TellsOfLostRecords(std::string_view line);

}  // namespace precompiledseccomp::inspect
