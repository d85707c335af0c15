// SPDX-License-Identifier: Apache-2.0

#include "inspect/call_tally.h"

#include <algorithm>

namespace precompiledseccomp::inspect {

std::size_t CallTally::Hash::operator()(const Key& key) const {
  // The multiplier of FNV-1a; the order of what is returned does not depend on it.
  constexpr std::uint64_t kMultiplier = 0x100000001b3;
  std::uint64_t hash = (std::uint64_t{key.arch} << 32) | key.number;
  for (std::size_t i = 0; i < kArguments; ++i) {
    hash = (hash ^ key.value[i]) * kMultiplier;
    hash = (hash ^ (hash >> 29) ^ key.known[i]) * kMultiplier;
  }
  hash = (hash ^ key.pointer) * kMultiplier;
  return static_cast<std::size_t>(hash ^ (hash >> 32));
}

CallTally::OfNumber& CallTally::NumberOf(const seccomp_data& call) {
  const auto number = static_cast<std::uint32_t>(call.nr);
  const auto [place, is_new] = numbers_.try_emplace({call.arch, number});
  if (is_new) place->second.looked_at = (*looked_at_)(call.arch, number);
  return place->second;
}

void CallTally::Add(const TalliedCall& added) {
  OfNumber& of_number = NumberOf(added.call.call);
  Key key{added.call.call.arch, static_cast<std::uint32_t>(added.call.call.nr), {}, {}, 0, 0};
  for (std::size_t i = 0; i < kArguments; ++i) {
    key.known[i] = added.call.known[i] & of_number.looked_at.arguments[i];
    key.value[i] = added.call.call.args[i] & key.known[i];
  }
  key.known_pointer = added.call.known_pointer & of_number.looked_at.pointer;
  key.pointer = added.call.call.instruction_pointer & key.known_pointer;
  count_ += added.count;
  TalliedCall call = added;
  auto found = places_.find(key);
  if (found == places_.end() && of_number.told_apart >= kMostOfNumber) {
    key.value.fill(0);
    key.known.fill(0);
    key.pointer = 0;
    key.known_pointer = 0;
    call.call = {};
    call.call.call.arch = key.arch;
    call.call.call.nr = static_cast<int>(key.number);
    found = places_.find(key);
  }
  if (found == places_.end()) {
    ++of_number.told_apart;
    places_.emplace(key, calls_.size());
    calls_.push_back(call);
    return;
  }
  TalliedCall& known = calls_[found->second];
  known.count += call.count;
  known.ended += call.ended;
  known.clone3_flags |= call.clone3_flags;
  known.are_flags_known = known.are_flags_known && call.are_flags_known;
  if (call.first_line >= known.first_line) return;
  known.first_line = call.first_line;
  known.call = call.call;
}

void CallTally::Add(const CallTally& other) {
  for (const TalliedCall& call : other.calls_) Add(call);
}

std::vector<TalliedCall> CallTally::Calls() const {
  std::vector<TalliedCall> calls = calls_;
  std::stable_sort(calls.begin(), calls.end(),
                   [](const TalliedCall& a, const TalliedCall& b) { return a.first_line < b.first_line; });
  return calls;
}

}  // namespace precompiledseccomp::inspect
