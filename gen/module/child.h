// SPDX-License-Identifier: Apache-2.0
//
// The author's module is code that may do anything: crash, call exit, print to standard output, change the
// locale or the working directory. It is loaded and called in a child process, which hands back the complete
// result or one error; only the parent, which has never seen the module, writes files.
#pragma once

#include <functional>
#include <vector>

#include "files.h"
#include "module/message.h"

namespace precompiledseccomp::gen {

// Calls `work` in a child process and returns what it returned. What the child prints to standard output goes
// to standard error. Throws Error: the one that `work` threw, or one that says what the child was doing when
// it died. The calling process must not have started threads.
std::vector<OutputFile> RunInChild(const std::function<std::vector<OutputFile>(Progress&)>& work);

}  // namespace precompiledseccomp::gen
