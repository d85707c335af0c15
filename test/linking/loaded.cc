// SPDX-License-Identifier: Apache-2.0
#include "loaded.h"

#include <stdexcept>

#include <dlfcn.h>

const Library& Load(const std::string& name, int flags, const std::string& variant) {
  void* const handle = dlopen((std::string(LIBRARIES) + "/lib" + name + variant + ".so").c_str(), flags);
  if (handle == nullptr) throw std::runtime_error(dlerror());
  void* const function = dlsym(handle, (name + "Library").c_str());
  if (function == nullptr) throw std::runtime_error(dlerror());
  return *reinterpret_cast<const Library* (*)()>(function)();
}
