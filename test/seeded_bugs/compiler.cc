// SPDX-License-Identifier: Apache-2.0

#include "seeded_bugs/compiler.h"

#include <dlfcn.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace precompiledseccomp::testing {
namespace {

template <typename Function>
Function Find(void* module, const char* name) {
  const auto* const function = static_cast<const Function*>(dlsym(module, name));
  if (function == nullptr) throw std::runtime_error(dlerror());
  return *function;
}

void* Open(const std::string& path) {
  void* const module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) throw std::runtime_error(dlerror());
  return module;
}

SeededBug LoadBug(const std::string& path) {
  void* const module = Open(path);
  return {std::filesystem::path(path).stem(), Find<CompilerFunction>(module, "seeded_compiler"),
          Find<CompileNowFunction>(module, "seeded_compile_now")};
}

BugInWriting LoadBugInWriting(const std::string& path) {
  return {std::filesystem::path(path).stem(), Find<GeneratorFunction>(Open(path), "seeded_generator")};
}

}  // namespace

std::vector<SeededBug> LoadBugs(std::vector<std::string> paths) {
  std::sort(paths.begin(), paths.end());
  std::vector<SeededBug> bugs(paths.size());
  std::transform(paths.begin(), paths.end(), bugs.begin(), LoadBug);
  return bugs;
}

std::vector<BugInWriting> LoadBugsInWriting(std::vector<std::string> paths) {
  std::sort(paths.begin(), paths.end());
  std::vector<BugInWriting> bugs(paths.size());
  std::transform(paths.begin(), paths.end(), bugs.begin(), LoadBugInWriting);
  return bugs;
}

}  // namespace precompiledseccomp::testing
