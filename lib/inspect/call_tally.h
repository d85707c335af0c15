// SPDX-License-Identifier: Apache-2.0
//
// Calls that were made, counted: those that do not differ in what somebody looks at are one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "inspect/partly_known_call.h"

namespace precompiledseccomp::inspect {

struct TalliedCall {
  PartlyKnownCall call;     // the first one
  std::uint64_t count = 0;  // how often it was made
  std::uint64_t ended = 0;  // how many of these a filter answered with a signal
  std::size_t first_line = 0;
  // Of clone3, flags and exit signal of all of them, which stand in memory; nothing is known of a call of
  // which the trace does not show them.
  std::uint64_t clone3_flags = 0;
  bool are_flags_known = true;
};

// For the calls of an architecture and number, what tells one from another.
using LookedAt = std::function<LookedAtBits(std::uint32_t arch, std::uint32_t number)>;

class CallTally {
 public:
  // Of one number so many are told apart; of further ones nothing is known but the number. A process that
  // makes calls with ever new values must not fill the memory.
  static constexpr std::size_t kMostOfNumber = 4096;

  // `looked_at` must outlive this. It is asked once for each number.
  explicit CallTally(const LookedAt& looked_at) : looked_at_(&looked_at) {}

  void Add(const TalliedCall& call);
  void Add(const CallTally& other);
  void Clear() { *this = CallTally(*looked_at_); }

  // All that were added.
  [[nodiscard]] std::uint64_t count() const { return count_; }
  // In the order of their first lines.
  [[nodiscard]] std::vector<TalliedCall> Calls() const;

 private:
  struct Key {
    std::uint32_t arch;
    std::uint32_t number;
    std::array<std::uint64_t, kArguments> value;
    std::array<std::uint64_t, kArguments> known;
    std::uint64_t pointer;
    std::uint64_t known_pointer;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };
  struct OfNumber {
    LookedAtBits looked_at;
    std::size_t told_apart = 0;
  };
  OfNumber& NumberOf(const seccomp_data& call);

  const LookedAt* looked_at_;
  std::unordered_map<Key, std::size_t, Hash> places_;
  std::vector<TalliedCall> calls_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, OfNumber> numbers_;
  std::uint64_t count_ = 0;
};

}  // namespace precompiledseccomp::inspect
