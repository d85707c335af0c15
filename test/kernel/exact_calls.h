// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <linux/filter.h>
#include <linux/seccomp.h>

// Calls exactly as a seccomp_data describes them: number, architecture, all arguments, and the instruction
// pointer too, as the instruction is written to where it must stand.
namespace precompiledseccomp::testing {

// Why a call cannot be made exactly as it is.
enum class Obstacle {
  kNotShownToFilters,        // the kernel makes the call without asking any filter
  kOtherArchitecture,        // neither this machine's own nor one that the kernel offers besides
  kPointerOfKernel,          // the instruction pointer lies above user space, and not in the vsyscall page
  kPointerNotMappable,       // too low, or something else of this process is there
  kPointerMisaligned,        // no instruction ends there
  kOtherNumberFromVsyscall,  // that place of the page makes another call
  kNoAddressForVsyscall,     // the page looks at its first two arguments before the filter sees them
  kHighHalvesOfI386,         // its arguments have 32 bits
};

// "instruction pointer above user space"
std::string ObstacleText(Obstacle obstacle);

// Has room for the instructions wherever calls need them, and gives it back when it goes.
class CallSites {
 public:
  CallSites() = default;
  ~CallSites();
  CallSites(const CallSites&) = delete;
  CallSites& operator=(const CallSites&) = delete;

  // Nothing if the call can be made; there is room for its instruction then.
  std::optional<Obstacle> Prepare(const seccomp_data& call);

 private:
  bool HasPage(std::uintptr_t page);

  std::set<std::uintptr_t> pages_;
  std::set<std::uintptr_t> not_mappable_;
};

// Installs `program` in a child, makes calls there that were prepared, and no others, and returns what the
// kernel does: errors are negative. Throws std::runtime_error if the program is refused, or ends the child.
std::vector<std::int64_t> ResultsUnder(std::span<const sock_filter> program,
                                       std::span<const seccomp_data> calls);

}  // namespace precompiledseccomp::testing
