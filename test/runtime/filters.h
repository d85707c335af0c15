// SPDX-License-Identifier: Apache-2.0
//
// Small filters that answer a few calls in a special way and allow all others. They look at call numbers only
// (and one argument), not at the architecture: the tests make native calls.
#pragma once

#include <cstdint>
#include <vector>

#include <linux/filter.h>

#include <precompiledseccomp/filter.h>

// Answers call `number` with `answer` (action and data).
std::vector<sock_filter> AnswerCall(long number, std::uint32_t answer);

// Answers call `number` with `answer` if the low half of argument `argument` is `value`.
std::vector<sock_filter> AnswerCallWith(long number, int argument, std::uint32_t value, std::uint32_t answer);

precompiledseccomp::Filter ToFilter(const std::vector<sock_filter>& instructions);

// getppid() fails with EDOM.
precompiledseccomp::Filter RefuseGetppid();

// The errno of getppid(), which never fails by itself; 0 if it succeeds.
int ErrnoOfGetppid();

// Installs a filter with prctl(2) and without the library: for what must be there before it is called.
void InstallWithPrctl(std::vector<sock_filter> instructions);

// The same for a caller with CAP_SYS_ADMIN: no_new_privs stays as it is.
void InstallWithoutNoNewPrivs(std::vector<sock_filter> instructions);
