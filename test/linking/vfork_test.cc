// SPDX-License-Identifier: Apache-2.0
//
// What a child of vfork does in a shared library leaves its parent's memory as it was. The library is bound
// lazily: had it a call that the dynamic linker must find first, the place of that would be written.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loaded.h"

namespace {

struct Mapping {
  const unsigned char* begin;
  std::size_t size;
  std::string name;  // "" if it has none
};

// What belongs to this process alone and can be written, but for the stack, on which the child lives.
std::vector<Mapping> WritableMappings() {
  std::vector<Mapping> mappings;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    char dash = 0;
    std::string permissions, offset, device, inode, name;
    words >> std::hex >> begin >> dash >> end >> permissions >> offset >> device >> inode >> name;
    if (permissions.size() != 4 || permissions[1] != 'w' || permissions[3] != 'p' || name == "[stack]")
      continue;
    mappings.push_back({reinterpret_cast<const unsigned char*>(begin), end - begin, name});
  }
  return mappings;
}

// A copy of mappings. It lies in memory that is shared, and so is not a part of what it is a copy of.
class Copy {
 public:
  explicit Copy(const std::vector<Mapping>& mappings) {
    for (const Mapping& mapping : mappings) size_ += mapping.size;
    void* const memory =
        mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error("mmap");
    bytes_ = static_cast<unsigned char*>(memory);
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;
  ~Copy() { munmap(bytes_, size_); }

  [[nodiscard]] unsigned char* bytes() const { return bytes_; }

 private:
  std::size_t size_ = 0;
  unsigned char* bytes_ = nullptr;
};

struct Outcome {
  int status = 0;                          // the child's, as from waitpid
  const Mapping* changed = nullptr;        // the first mapping that is not as before
  const unsigned char* address = nullptr;  // and where
};

// Calls `in_child` in a child of vfork, whose exit status is what it returns. Between the copy and the
// comparison, the parent does nothing that it has not done before.
[[gnu::noinline]] Outcome RunAfterVfork(const std::vector<Mapping>& mappings, unsigned char* copy,
                                        int (*in_child)()) {
  Outcome outcome;
  unsigned char* next = copy;
  for (const Mapping& mapping : mappings) next = std::copy_n(mapping.begin, mapping.size, next);

  const pid_t child = vfork();
  if (child == 0) _exit(in_child());
  while (child != -1 && waitpid(child, &outcome.status, 0) == -1) {
  }

  next = copy;
  for (const Mapping& mapping : mappings) {
    for (std::size_t i = 0; i < mapping.size; ++i, ++next) {
      if (mapping.begin[i] == *next || outcome.changed != nullptr) continue;
      outcome.changed = &mapping;
      outcome.address = mapping.begin + i;
    }
  }
  if (child == -1) throw std::runtime_error("vfork");
  return outcome;
}

// The name of the mapping that changed, or "nothing".
std::string ChangedBy(int (*in_child)()) {
  RunAfterVfork({}, nullptr, [] { return 0; });  // what this program calls, it has called then
  const std::vector<Mapping> mappings = WritableMappings();
  const Copy copy(mappings);
  const Outcome outcome = RunAfterVfork(mappings, copy.bytes(), in_child);
  BOOST_TEST(WIFEXITED(outcome.status));
  BOOST_TEST(WEXITSTATUS(outcome.status) == 0);
  if (outcome.changed == nullptr) return "nothing";
  Dl_info place = {};
  dladdr(outcome.address, &place);
  BOOST_TEST_MESSAGE("changed at " << outcome.address - outcome.changed->begin << " of "
                                   << outcome.changed->name << ", behind "
                                   << (place.dli_sname == nullptr ? "nothing known" : place.dli_sname));
  return outcome.changed->name.substr(outcome.changed->name.rfind('/') + 1);
}

const Library* library;

int UseEverything() {
  return library->use_everything();
}

int CallThroughTheDynamicLinker() {
  library->call_through_the_dynamic_linker();
  return 0;
}

BOOST_AUTO_TEST_SUITE(after_vfork)

BOOST_AUTO_TEST_CASE(UsingFiltersChangesNothingOfTheParent) {
  for (const std::string variant : {"Unoptimised", "Optimised"}) {
    BOOST_TEST_CONTEXT(variant) {
      library = &Load("Loose", RTLD_LAZY | RTLD_LOCAL, variant);
      BOOST_TEST(ChangedBy(UseEverything) == "nothing");
      // And it would be noticed.
      BOOST_TEST(ChangedBy(CallThroughTheDynamicLinker) == "libLoose" + variant + ".so");
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
