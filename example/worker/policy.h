// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <precompiledseccomp/define.h>

// The definition of policy.cc, for the example that compiles it at run time.
std::vector<precompiledseccomp::ProgramDefinition> WorkerDefinitions();
