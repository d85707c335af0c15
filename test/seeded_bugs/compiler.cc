// SPDX-License-Identifier: Apache-2.0

#include "seeded_bugs/compiler.h"

#include <dlfcn.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace precompiledseccomp::testing {
namespace {

SeededBug Load(const std::string& path) {
  void* const module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) throw std::runtime_error(dlerror());
  const auto* const compiler = static_cast<const CompilerFunction*>(dlsym(module, "seeded_compiler"));
  if (compiler == nullptr) throw std::runtime_error(dlerror());
  return {std::filesystem::path(path).stem(), *compiler};
}

}  // namespace

std::vector<SeededBug> LoadBugs(std::vector<std::string> paths) {
  std::sort(paths.begin(), paths.end());
  std::vector<SeededBug> bugs(paths.size());
  std::transform(paths.begin(), paths.end(), bugs.begin(), Load);
  return bugs;
}

}  // namespace precompiledseccomp::testing
