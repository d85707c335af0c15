// SPDX-License-Identifier: Apache-2.0
//
// What the generator writes for a module with five programs, made by hand: the source. See the header.
#include "embedded_programs.h"

#include <bit>
#include <cerrno>

#include <sys/syscall.h>

#include <linux/seccomp.h>

#include <precompiledseccomp/program_table.h>

namespace embedded {
inline namespace content_of_five_programs {
namespace {

using Table = precompiledseccomp::ProgramTable<5, 5, 7, 20, 49>;

constexpr std::uint32_t kLowHalfOfFirstArgument = std::endian::native == std::endian::little ? 16 : 20;

constexpr Table kTable = {
    .programs =
        {
            Table::MakeProgram(0, {0, 5}, {5, 7}, {3, 2}),
            Table::MakeProgram(1, {5, 6}, {12, 7}, {2, 1}),
            Table::MakeProgram(2, {11, 4}, {19, 1}, {0, 0}),
            Table::MakeProgram(3, {15, 4}, {0, 5}, {0, 2}),
            Table::MakeProgram(4, {19, 6}, {5, 7}, {3, 2}),
        },
    .names =
        "alias"
        "answer"
        "idle"
        "wide"
        "worker"
        "address"
        "unused"
        "code"
        "fd1"
        "fd2",
    .variables =
        {
            Table::MakeVariable(0, {25, 7}, 64, {0, 2}, {2, 2}),
            Table::MakeVariable(1, {32, 6}, 32, {0, 0}, {0, 0}),
            Table::MakeVariable(2, {38, 4}, 32, {4, 1}, {0, 0}),
            Table::MakeVariable(3, {42, 3}, 32, {5, 1}, {0, 0}),
            Table::MakeVariable(4, {45, 3}, 32, {6, 1}, {0, 0}),
        },
    .offsets = {0, 3, 1, 2, 3, 3, 4},
    .instructions =
        {
            // wide: a mere sequence of operands
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

}  // namespace

std::span<const precompiledseccomp::Program> Programs() noexcept {
  return precompiledseccomp::ListPrograms(kTable.programs, 5);
}

const precompiledseccomp::Program* GetPrecompiled(std::string_view name) noexcept {
  return precompiledseccomp::FindProgram(kTable.programs, 5, name);
}

const precompiledseccomp::Program* GetPrecompiled(const char* name) noexcept {
  return precompiledseccomp::FindProgram(kTable.programs, 5, name);
}

precompiledseccomp::Filter Worker::Render() const noexcept {
  return kTable.programs[4].RenderInOrder({fd1.value(), fd2.value()});
}

precompiledseccomp::Filter Wide::Render() const noexcept {
  return kTable.programs[3].RenderInOrder({address.value(), unused.value()});
}

precompiledseccomp::Filter Idle::Render() const noexcept {
  return kTable.programs[2].RenderInOrder();
}

}  // namespace content_of_five_programs
}  // namespace embedded
