/* SPDX-License-Identifier: Apache-2.0
 *
 * The format of embedded programs, version 2, for C and C++: what the generator writes, what this library
 * looks up and renders, and what a tool finds in a program that was built.
 *
 * A table is one object of constant data in a section of its own, `pcs_tables`, which holds nothing else. It
 * begins with a header, and has no pointer in it: wherever a record says where something is, it says so in
 * bytes from the record itself. So there is nothing to relocate, the pages are shared by all processes, and
 * the bytes in the file mean what they mean in memory. A note beside it, of the owner "precompiledseccomp",
 * says in which section tables are, and in which format.
 *
 *   header      magic, version, size of the table; where its programs are
 *   programs    sorted by name, as bytes: where name, instructions, variables and ABIs are; install options
 *   names       of programs and variables, without anything between them
 *   variables   where name and places are; bits and kind
 *   places      at which instructions of their program the value stands, and which half of it, in which form
 *   abis        which calls the instructions answer by the policy; all others are a bad architecture
 *   instructions
 *
 * The header is first; the others may come in any order, and parts that are equal may be stored once. A tool
 * looks at a multiple of eight bytes in the section, where there is a header or, before the next one, zeros;
 * what `size` says is one table. Integers have the byte order of the program, which its ELF header tells.
 *
 * In C++, generated sources fill a table with the functions of <precompiledseccomp/program_table.h>, which
 * check each range when they are compiled. In C it is filled with PRECOMPILEDSECCOMP_PART():
 *
 *   struct table {
 *     struct precompiledseccomp_table_header header;
 *     struct precompiledseccomp_table_program programs[1];
 *     char names[9];
 *     struct precompiledseccomp_table_variable variables[1];
 *     struct precompiledseccomp_table_place places[1];
 *     struct precompiledseccomp_table_abi abis[1];
 *     struct sock_filter instructions[6];
 *   };
 *   #define PART(record, array, first, count) \
 *     PRECOMPILEDSECCOMP_PART(struct table, record, array, first, count)
 *
 *   static const struct table table PRECOMPILEDSECCOMP_TABLE = {
 *       .header = {PRECOMPILEDSECCOMP_TABLE_MAGIC, PRECOMPILEDSECCOMP_FORMAT_MAJOR,
 *                  PRECOMPILEDSECCOMP_FORMAT_MINOR, sizeof(struct table), PART(header, programs, 0, 1)},
 *       .programs = {{PART(programs[0], names, 0, 6), PART(programs[0], instructions, 0, 6),
 *                     PART(programs[0], variables, 0, 1), PART(programs[0], abis, 0, 1), 0}},
 *       .names = "worker" "fd",
 *       .variables = {{PART(variables[0], names, 6, 2), PART(variables[0], places, 0, 1), 32,
 *                      PRECOMPILEDSECCOMP_KIND_FD}},
 *       .places = {{3, 0}},                          // the value is the operand of instruction 3
 *       .abis = {{AUDIT_ARCH_X86_64, 0}},
 *       .instructions = {...},
 *   };
 *   static const struct precompiledseccomp_table_note note PRECOMPILEDSECCOMP_NOTE =
 *       PRECOMPILEDSECCOMP_NOTE_CONTENT;
 */
#ifndef PRECOMPILEDSECCOMP_TABLE_FORMAT_H_
#define PRECOMPILEDSECCOMP_TABLE_FORMAT_H_

#include <stddef.h>
#include <stdint.h>

#include <precompiledseccomp/version.h>

/* Seven characters and a NUL. */
#define PRECOMPILEDSECCOMP_TABLE_MAGIC "pcs:tab"

/* `count` elements, the first of them `distance` bytes behind the beginning of the record that this is a
 * member of (before it, if negative). */
struct precompiledseccomp_table_part {
  int32_t distance;
  uint32_t count;
};

struct precompiledseccomp_table_header {
  char magic[8];
  uint16_t format_major;
  uint16_t format_minor;
  uint32_t size; /* of the whole table, in bytes */
  struct precompiledseccomp_table_part programs;
};

struct precompiledseccomp_table_program {
  struct precompiledseccomp_table_part name;         /* char */
  struct precompiledseccomp_table_part instructions; /* struct sock_filter, 0 where a value is to stand */
  struct precompiledseccomp_table_part variables;    /* in the order of the definition */
  struct precompiledseccomp_table_part abis;         /* at least one */
  uint32_t install_options;                          /* PRECOMPILEDSECCOMP_INSTALL_..., joined by | */
};

struct precompiledseccomp_table_variable {
  struct precompiledseccomp_table_part name;   /* char */
  struct precompiledseccomp_table_part places; /* none if the variable was optimised away */
  uint16_t bits;                               /* 32 or 64 */
  uint16_t kind;                               /* PRECOMPILEDSECCOMP_KIND_... */
};

/* A place where the value of a variable stands: the operand `k` of an instruction. */
struct precompiledseccomp_table_place {
  uint16_t instruction; /* index */
  uint16_t form;        /* PRECOMPILEDSECCOMP_FORM_..., joined by |; 0 is the low half as it is */
};

/* The calls of one architecture, as a filter sees them in seccomp_data. */
struct precompiledseccomp_table_abi {
  uint32_t audit_arch;  /* AUDIT_ARCH_... */
  uint32_t number_bits; /* set in all numbers of its calls: 0x40000000 for x32, 0 for all others */
};

/* What a variable is, which says what rendering refuses. Beside what does not fit into its bits: */
enum {
  PRECOMPILEDSECCOMP_KIND_INTEGER = 0,     /* nothing */
  PRECOMPILEDSECCOMP_KIND_FD = 1,          /* negative numbers */
  PRECOMPILEDSECCOMP_KIND_PID = 2,         /* 0 and negative numbers */
  PRECOMPILEDSECCOMP_KIND_ERRNO = 3,       /* other numbers than 1 to 4095 */
  PRECOMPILEDSECCOMP_KIND_ANSWER_DATA = 4, /* numbers of more than 16 bits */
};

enum {
  PRECOMPILEDSECCOMP_FORM_HIGH_HALF = 1, /* bits 32 to 63 of the value; otherwise 0 to 31 */
  /* The highest of the 32 bits is written flipped: so a filter, which compares without sign, compares signed
   * numbers whose highest bit is flipped as well. */
  PRECOMPILEDSECCOMP_FORM_FLIPPED = 2,
};

/* What every installation of the program asks for, whether its caller does or not: the members of
 * InstallOptions (install.h) of these names. */
enum {
  PRECOMPILEDSECCOMP_INSTALL_TSYNC = 1,
  PRECOMPILEDSECCOMP_INSTALL_LOG = 2,
  PRECOMPILEDSECCOMP_INSTALL_SPEC_ALLOW = 4,
  PRECOMPILEDSECCOMP_INSTALL_NEW_LISTENER = 8,
  PRECOMPILEDSECCOMP_INSTALL_WAIT_KILLABLE_RECV = 16,
  PRECOMPILEDSECCOMP_INSTALL_CONFIRMED_KILL_PROCESS = 32, /* KillProcessUnconfirmed::kFail */
};

/* Behind the name of a table, before its initialiser. `used`, or link-time optimisation would split it into
 * what is left of it. */
#define PRECOMPILEDSECCOMP_TABLE __attribute__((used, section("pcs_tables"), aligned(8)))

/* The part of `record` that is made of the elements of `array` from `first` on; both are members of `table`.
 */
/* NOLINTBEGIN(bugprone-macro-parentheses): members have none. */
#define PRECOMPILEDSECCOMP_PART(table, record, array, first, count) \
  { (int32_t)(offsetof(table, array[(first)]) - offsetof(table, record)), (count) }
/* NOLINTEND(bugprone-macro-parentheses) */

/* An ELF note (elf(5)), of which a program has one for each of its sources with tables. */
struct precompiledseccomp_table_note {
  uint32_t name_size;
  uint32_t description_size;
  uint32_t type; /* 1 */
  char name[20]; /* "precompiledseccomp" */
  uint16_t format_major;
  uint16_t format_minor;
  char section[12]; /* "pcs_tables" */
};

#define PRECOMPILEDSECCOMP_NOTE __attribute__((used, section(".note.precompiledseccomp"), aligned(4)))

#define PRECOMPILEDSECCOMP_NOTE_CONTENT                                                        \
  {                                                                                            \
    sizeof "precompiledseccomp", 16, 1, "precompiledseccomp", PRECOMPILEDSECCOMP_FORMAT_MAJOR, \
        PRECOMPILEDSECCOMP_FORMAT_MINOR, "pcs_tables"                                          \
  }

#endif /* PRECOMPILEDSECCOMP_TABLE_FORMAT_H_ */
