/* SPDX-License-Identifier: Apache-2.0
 *
 * A table in C, as <precompiledseccomp/table_format.h> describes it. */
#include "c_table.h"

#include <errno.h>
#include <sys/syscall.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

struct table {
  struct precompiledseccomp_table_header header;
  struct precompiledseccomp_table_program programs[2];
  char names[22];
  struct precompiledseccomp_table_variable variables[1];
  struct precompiledseccomp_table_place places[1];
  struct precompiledseccomp_table_abi abis[2];
  struct sock_filter instructions[7];
};

#define PART(record, array, first, count) PRECOMPILEDSECCOMP_PART(struct table, record, array, first, count)

static const struct table table PRECOMPILEDSECCOMP_TABLE = {
    .header = {PRECOMPILEDSECCOMP_TABLE_MAGIC, PRECOMPILEDSECCOMP_FORMAT_MAJOR,
               PRECOMPILEDSECCOMP_FORMAT_MINOR, sizeof(struct table), PART(header, programs, 0, 2)},
    .programs = {{PART(programs[0], names, 0, 8), PART(programs[0], instructions, 0, 7),
                  PART(programs[0], variables, 0, 1), PART(programs[0], abis, 0, 2), 0},
                 {PART(programs[1], names, 8, 9), PART(programs[1], instructions, 6, 1),
                  PART(programs[1], variables, 0, 0), PART(programs[1], abis, 0, 1),
                  PRECOMPILEDSECCOMP_INSTALL_SPEC_ALLOW}},
    .names =
        "in-c/err"
        "in-c/free"
        "code",
    .variables = {{PART(variables[0], names, 17, 4), PART(variables[0], places, 0, 1), 32,
                   PRECOMPILEDSECCOMP_KIND_ERRNO}},
    .places = {{2, 0}},
    .abis = {{AUDIT_ARCH_X86_64, 0}, {AUDIT_ARCH_X86_64, 0x40000000}},
    .instructions = {{BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
                     {BPF_JMP | BPF_JEQ | BPF_K, 0, 4, SYS_getppid},
                     {BPF_LD | BPF_IMM, 0, 0, 0},
                     {BPF_ALU | BPF_AND | BPF_K, 0, 0, 0xffff},
                     {BPF_ALU | BPF_OR | BPF_K, 0, 0, SECCOMP_RET_ERRNO},
                     {BPF_RET | BPF_A, 0, 0, 0},
                     {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}},
};

static const struct precompiledseccomp_table_note note PRECOMPILEDSECCOMP_NOTE =
    PRECOMPILEDSECCOMP_NOTE_CONTENT;

const struct precompiledseccomp_table_header* table_in_c(void) {
  return &table.header;
}
