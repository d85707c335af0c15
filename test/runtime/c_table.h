/* SPDX-License-Identifier: Apache-2.0
 *
 * What c_table.c has: programs "in-c/err", which fails getppid with the error number `code`, and
 * "in-c/free", which allows everything and is installed with spec_allow. */
#ifndef TEST_RUNTIME_C_TABLE_H_
#define TEST_RUNTIME_C_TABLE_H_

#include <precompiledseccomp/table_format.h>

#ifdef __cplusplus
extern "C"
#endif
    const struct precompiledseccomp_table_header*
    table_in_c(void);

#endif
