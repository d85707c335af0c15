// SPDX-License-Identifier: Apache-2.0
//
// What the generator writes for a module with seven programs, made by hand: the source. See the header.
#include "embedded_programs.h"

#include <bit>
#include <cerrno>

#include <sys/syscall.h>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <precompiledseccomp/program_table.h>

namespace embedded {
inline namespace content_of_seven_programs {
namespace {

// Seven programs, eleven variables at thirteen places, one ABI, 20 instructions.
using Table = precompiledseccomp::ProgramTable<7, 11, 13, 1, 20, 78>;

#if defined(__x86_64__)
constexpr std::uint32_t kAuditArch = AUDIT_ARCH_X86_64;
#else
constexpr std::uint32_t kAuditArch = AUDIT_ARCH_AARCH64;
#endif
constexpr std::uint32_t kLowHalfOfFirstArgument = std::endian::native == std::endian::little ? 16 : 20;

constexpr Table kTable
    PRECOMPILEDSECCOMP_TABLE =
        {
            .header = Table::MakeHeader(),
            .programs =
                {
                    Table::MakeProgram(0, {0, 5}, {5, 7}, {3, 2}, {0, 1},
                                       PRECOMPILEDSECCOMP_INSTALL_SPEC_ALLOW),
                    Table::MakeProgram(1, {5, 6}, {12, 7}, {2, 1}, {0, 1}, 0),
                    Table::MakeProgram(2, {11, 7}, {0, 5}, {5, 2}, {0, 1}, 0),
                    Table::MakeProgram(3, {18, 4}, {19, 1}, {0, 0}, {0, 1}, 0),
                    Table::MakeProgram(4, {22, 5}, {0, 5}, {7, 4}, {0, 1}, 0),
                    Table::MakeProgram(5, {27, 4}, {0, 5}, {0, 2}, {0, 1}, 0),
                    Table::MakeProgram(6, {31, 6}, {5, 7}, {3, 2}, {0, 1}, 0),
                },
            .names =
                "alias"
                "answer"
                "flipped"
                "idle"
                "kinds"
                "wide"
                "worker"
                "address"
                "unused"
                "code"
                "fd1"
                "fd2"
                "limit"
                "low"
                "fd"
                "pid"
                "data",
            .variables =
                {
                    Table::MakeVariable(0, {37, 7}, 64, PRECOMPILEDSECCOMP_KIND_INTEGER, {0, 4}),
                    Table::MakeVariable(1, {44, 6}, 32, PRECOMPILEDSECCOMP_KIND_INTEGER, {0, 0}),
                    Table::MakeVariable(2, {50, 4}, 32, PRECOMPILEDSECCOMP_KIND_ERRNO, {4, 1}),
                    Table::MakeVariable(3, {54, 3}, 32, PRECOMPILEDSECCOMP_KIND_INTEGER, {4, 1}),
                    Table::MakeVariable(4, {57, 3}, 32, PRECOMPILEDSECCOMP_KIND_INTEGER, {5, 1}),
                    Table::MakeVariable(5, {60, 5}, 64, PRECOMPILEDSECCOMP_KIND_INTEGER, {6, 2}),
                    Table::MakeVariable(6, {65, 3}, 32, PRECOMPILEDSECCOMP_KIND_INTEGER, {8, 1}),
                    Table::MakeVariable(7, {68, 2}, 32, PRECOMPILEDSECCOMP_KIND_FD, {9, 1}),
                    Table::MakeVariable(8, {70, 3}, 32, PRECOMPILEDSECCOMP_KIND_PID, {10, 1}),
                    Table::MakeVariable(9, {50, 4}, 32, PRECOMPILEDSECCOMP_KIND_ERRNO, {11, 1}),
                    Table::MakeVariable(10, {73, 4}, 32, PRECOMPILEDSECCOMP_KIND_ANSWER_DATA, {12, 1}),
                },
            .places =
                {
                    {0, 0},
                    {3, 0},
                    {1, PRECOMPILEDSECCOMP_FORM_HIGH_HALF},
                    {2, PRECOMPILEDSECCOMP_FORM_HIGH_HALF},
                    {3, 0},
                    {4, 0},
                    {0, 0},
                    {1, PRECOMPILEDSECCOMP_FORM_HIGH_HALF | PRECOMPILEDSECCOMP_FORM_FLIPPED},
                    {2, PRECOMPILEDSECCOMP_FORM_FLIPPED},
                    {0, 0},
                    {1, 0},
                    {2, 0},
                    {3, 0},
                },
            .abis = {{kAuditArch, 0}},
            .instructions =
                {
                    // flipped, kinds, wide: a mere sequence of operands
                    {BPF_LD | BPF_IMM, 0, 0, 0},
                    {BPF_LD | BPF_IMM, 0, 0, 0},
                    {BPF_LD | BPF_IMM, 0, 0, 0},
                    {BPF_LD | BPF_IMM, 0, 0, 0},
                    {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
                    // alias, worker
                    {BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
                    {BPF_JMP | BPF_JEQ | BPF_K, 0, 3, SYS_fcntl},
                    {BPF_LD | BPF_W | BPF_ABS, 0, 0, kLowHalfOfFirstArgument},
                    {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0},
                    {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0},
                    {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
                    {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM},
                    // answer
                    {BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
                    {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, SYS_getppid},
                    {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
                    {BPF_LD | BPF_IMM, 0, 0, 0},
                    {BPF_ALU | BPF_AND | BPF_K, 0, 0, 0xffff},
                    {BPF_ALU | BPF_OR | BPF_K, 0, 0, SECCOMP_RET_ERRNO},
                    {BPF_RET | BPF_A, 0, 0, 0},
                    // idle
                    {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
                },
};

constexpr precompiledseccomp_table_note kNote PRECOMPILEDSECCOMP_NOTE = PRECOMPILEDSECCOMP_NOTE_CONTENT;

}  // namespace

std::span<const precompiledseccomp::Program> Programs() noexcept {
  return precompiledseccomp::ListPrograms(&kTable.header);
}

const precompiledseccomp::Program* GetPrecompiled(std::string_view name) noexcept {
  return precompiledseccomp::FindProgram(&kTable.header, name);
}

const precompiledseccomp::Program* GetPrecompiled(const char* name) noexcept {
  return precompiledseccomp::FindProgram(&kTable.header, name);
}

precompiledseccomp::RenderedFilter<1> Idle::Render() const noexcept {
  return {kTable.programs[3]};
}

precompiledseccomp::RenderedFilter<5> Kinds::Render() const noexcept {
  return {kTable.programs[4], {fd.value(), pid.value(), code.value(), data.value()}};
}

precompiledseccomp::RenderedFilter<5> Wide::Render() const noexcept {
  return {kTable.programs[5], {address.value(), unused.value()}};
}

precompiledseccomp::RenderedFilter<7> Worker::Render() const noexcept {
  return {kTable.programs[6], {fd1.value(), fd2.value()}};
}

}  // namespace content_of_seven_programs
}  // namespace embedded
