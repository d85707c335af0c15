// SPDX-License-Identifier: Apache-2.0
//
// The programs of the module that most tests use. The tests have them too, to compile them in their own
// process and compare.
#pragma once

#include <vector>

#include <precompiledseccomp/define.h>

std::vector<precompiledseccomp::ProgramDefinition> GoodPrograms();
