// SPDX-License-Identifier: Apache-2.0
//
// Writing files: all or none, and only what changes.
#pragma once

#include <span>
#include <string>

namespace precompiledseccomp::gen {

struct OutputFile {
  std::string path;  // "" is the standard output
  std::string content;
};

// Writes each file whose content differs from what is there; the others keep their time stamps, so that a
// build system sees no change. New contents are written beside their targets, and renamed only when all of
// them are on disk: a reader sees the old or the new content. A file that is replaced keeps its mode, and its
// owner where that is permitted. On an error nothing has changed: files that have been replaced by then are
// put back. Devices and pipes are written to directly, before any file is replaced. Throws Error.
void WriteOutputs(std::span<const OutputFile> outputs);

}  // namespace precompiledseccomp::gen
