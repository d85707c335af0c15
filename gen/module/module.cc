// SPDX-License-Identifier: Apache-2.0

#include "module/module.h"

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <set>
#include <string_view>

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <precompiledseccomp/error.h>

namespace precompiledseccomp::gen {
namespace {

// dlopen looks for a bare file name in the system's folders, not in the current one.
std::string RealPath(const std::string& path) {
  char* const resolved = realpath(path.c_str(), nullptr);
  if (resolved == nullptr) throw Error(std::string("cannot open the module: ") + std::strerror(errno));
  std::string text = resolved;
  std::free(resolved);  // NOLINT: realpath allocates with malloc.
  return text;
}

// ---- The machine that a file is for. For a module of another machine dlopen would say that there is no such
// file.

struct Machine {
  unsigned char elf_class = 0;
  unsigned char byte_order = 0;
  Elf64_Half machine = 0;  // stands at the same place in 32-bit files
  friend bool operator==(const Machine&, const Machine&) = default;
};

// Nothing sensible (all zero) for a file that is not ELF or cannot be read: dlopen says it better.
Machine MachineOf(const std::string& path) {
  Elf64_Ehdr header = {};
  constexpr std::size_t kNeeded = offsetof(Elf64_Ehdr, e_machine) + sizeof header.e_machine;
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(&header), kNeeded);
  if (!file || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return {};
  return {header.e_ident[EI_CLASS], header.e_ident[EI_DATA], header.e_machine};
}

void CheckMachine(const std::string& path) {
  const Machine machine = MachineOf(path);
  if (machine == Machine() || machine == MachineOf("/proc/self/exe")) return;
  throw Error(
      "the module is built for another machine than this generator; it runs during the build, so define it "
      "with `native: true` in a cross build");
}

// ---- Loading.

std::set<std::string> LoadedFiles() {
  std::set<std::string> files;
  dl_iterate_phdr(
      [](dl_phdr_info* object, std::size_t, void* result) {
        // The program itself has no name; the vDSO is no file.
        const std::string_view name = object->dlpi_name;
        if (name.find('/') != std::string_view::npos)
          static_cast<std::set<std::string>*>(result)->emplace(name);
        return 0;
      },
      &files);
  return files;
}

void* Load(const std::string& real_path) {
  void* const handle = dlopen(real_path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle != nullptr) return handle;
  std::string reason = dlerror();
  const std::string prefix = real_path + ": ";
  if (reason.starts_with(prefix)) reason.erase(0, prefix.size());
  throw Error("cannot load the module: " + reason);
}

const Module& EntryPoint(void* handle) {
  const void* const symbol = dlsym(handle, kModuleSymbol);
  if (symbol == nullptr)
    throw Error(std::string("this is no definition module: it does not export ") + kModuleSymbol +
                "; put PRECOMPILEDSECCOMP_MODULE(function) into one of its sources");
  const auto& module = *static_cast<const Module*>(symbol);
  if (module.interface_version != kModuleInterfaceVersion)
    throw Error("the module has version " + std::to_string(module.interface_version) +
                " of the module interface, this generator has version " +
                std::to_string(kModuleInterfaceVersion) +
                "; build both with one version of precompiledseccomp");
  if (module.size_of_definition != sizeof(ProgramDefinition) || module.size_of_policy != sizeof(Policy))
    throw Error(
        "the module lays out its types in another way than this generator; build both with one version of "
        "precompiledseccomp and the same C++ standard library");
  return module;
}

}  // namespace

LoadedModule LoadModule(const std::string& path) {
  const std::string real_path = RealPath(path);
  CheckMachine(real_path);
  const std::set<std::string> files_before = LoadedFiles();
  void* const handle = Load(real_path);
  LoadedModule loaded{&EntryPoint(handle), {path}};
  for (const std::string& file : LoadedFiles())
    if (files_before.count(file) == 0 && file != real_path) loaded.files.push_back(file);
  return loaded;
}

std::vector<ProgramDefinition> ListPrograms(const LoadedModule& module) {
  try {
    return module.module->programs();
  } catch (const Error&) {
    throw;
  } catch (const std::exception& exception) {
    throw Error(std::string("the function that lists the programs threw an exception: ") + exception.what());
  } catch (...) {
    throw Error("the function that lists the programs threw something that is no std::exception");
  }
}

}  // namespace precompiledseccomp::gen
