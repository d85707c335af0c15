// SPDX-License-Identifier: Apache-2.0

#include "testing/boundary_calls.h"

#include <bit>
#include <deque>
#include <tuple>

#include <precompiledseccomp/target.h>
#include <precompiledseccomp/testing.h>

#include "testing/tests_on_path.h"

namespace precompiledseccomp::testing {
namespace {

constexpr std::size_t kNumberWord = offsetof(seccomp_data, nr) / sizeof(std::uint32_t);
constexpr std::size_t kArchWord = offsetof(seccomp_data, arch) / sizeof(std::uint32_t);

// What may be taken wrongly in any word: the ends of its range, signed and unsigned.
constexpr std::uint32_t kExtremes[] = {0, 0x7fffffff, 0x80000000, UINT32_MAX};
// Upper halves of what is tested in its lower half: a bit that the kernel may ignore, and a sign.
constexpr std::uint32_t kOtherHalves[] = {1, UINT32_MAX};

CallWords OfNumber(std::uint32_t arch, std::uint32_t number) {
  CallWords words{};
  words[kArchWord] = arch;
  words[kNumberWord] = number;
  return words;
}

class Search {
 public:
  Search(std::span<const sock_filter> filter, std::size_t most) : filter_(filter), most_(most) {}

  std::set<CallWords, ComesFirst> Run(const Target& target) {
    Add(OfNumber(target.audit_arch, target.first_number));
    for (const std::uint32_t last : {target.numbers - 1, target.numbers})
      Add(OfNumber(target.audit_arch, target.first_number + last));
    if (target.foreign_abi_bits != 0)
      Add(OfNumber(target.audit_arch, target.first_number | target.foreign_abi_bits));
    Add(OfNumber(target.audit_arch, Target::kSkippedCall));
    while (!to_follow_.empty() && calls_.size() < most_) {
      const CallWords call = to_follow_.front();
      to_follow_.pop_front();
      for (const TestOnPath& test : TestsOnPath(filter_, call)) AddAround(test, call);
    }
    return std::move(calls_);
  }

 private:
  // A test is looked at once: for a number, if it is of arguments; for all, if it is of the number.
  void AddAround(const TestOnPath& test, const CallWords& call) {
    const bool is_of_call = test.word > kArchWord;
    const std::uint32_t number = is_of_call ? call[kNumberWord] : 0;
    const std::uint32_t arch = test.word == kArchWord ? 0 : call[kArchWord];
    if (!looked_at_.emplace(arch, number, test.instruction).second) return;
    const BoundaryContents contents = ContentsAround(test);
    const auto with = [&](std::uint32_t content) {
      CallWords changed = is_of_call ? call : OfNumber(call[kArchWord], call[kNumberWord]);
      changed[test.word] = content;
      return changed;
    };
    Add(with(contents.exact));
    for (const std::uint32_t content : contents.others) Add(with(content));
    if (!is_of_call) return;
    for (const std::uint32_t half : kOtherHalves) {
      CallWords changed = with(contents.exact);
      changed[test.word ^ 1U] = half;  // fields of 64 bits lie at multiples of 8
      Add(changed);
    }
    for (const std::uint32_t content : kExtremes) Add(with(content));
  }

  void Add(const CallWords& call) {
    if (calls_.size() < most_ && calls_.insert(call).second) to_follow_.push_back(call);
  }

  std::span<const sock_filter> filter_;
  std::size_t most_;
  std::set<CallWords, ComesFirst> calls_;
  std::deque<CallWords> to_follow_;
  std::set<std::tuple<std::uint32_t, std::uint32_t, std::size_t>> looked_at_;
};

}  // namespace

CallWords WordsOf(const seccomp_data& call) {
  return std::bit_cast<CallWords>(call);
}

seccomp_data CallOf(const CallWords& words) {
  return std::bit_cast<seccomp_data>(words);
}

bool ComesFirst::operator()(const CallWords& left, const CallWords& right) const {
  const auto key = [](const CallWords& words) {
    const seccomp_data call = CallOf(words);
    const auto& args = call.args;
    return std::tuple(words[kNumberWord], call.arch, args[0], args[1], args[2], args[3], args[4], args[5],
                      call.instruction_pointer);
  };
  return key(left) < key(right);
}

std::set<CallWords, ComesFirst> BoundaryWords(std::span<const sock_filter> filter, std::size_t most) {
  return Search(filter, most).Run(NativeTarget());
}

std::vector<SystemCall> BoundaryCalls(const TestedFilter& filter) {
  if (!filter.ok()) return {SystemCall::None(filter.message())};
  std::vector<SystemCall> calls;
  for (const CallWords& words : BoundaryWords(filter.instructions(), kMostBoundaryCalls))
    calls.emplace_back(CallOf(words));
  return calls;
}

}  // namespace precompiledseccomp::testing
