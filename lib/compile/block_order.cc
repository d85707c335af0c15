// SPDX-License-Identifier: Apache-2.0

#include "compile/block_order.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>

#include "bpf/allow_cache.h"
#include "bpf/install_cost.h"
#include "bpf/translation.h"
#include "compile/block_passes.h"
#include "compile/layout.h"
#include "compile/unreachable.h"

namespace precompiledseccomp::compile {
namespace {

constexpr std::size_t kTries = 32;
// Where no jump becomes shorter after the second pass, there is one that finds that out, and one that writes.
constexpr std::size_t kFewestPasses = 4;

constexpr std::size_t kMostExchanged = 2;
// Filters that are no larger need no jump farther than a test reaches.
constexpr std::size_t kLargestWithoutFarJumps = 256;

// A jump to reach what is too far for a test makes paths longer.
std::size_t CountJumps(const std::vector<sock_filter>& program) {
  constexpr int kJump = BPF_JMP | BPF_JA;
  return static_cast<std::size_t>(std::count_if(program.begin(), program.end(),
                                                [](const sock_filter& each) { return each.code == kJump; }));
}

class Search {
 public:
  Search(NodeId root, const Graph& graph, const Target& target)
      : layout_(root, graph, Layout::Variables::kStandIns),
        target_(target),
        passes_(layout_.blocks()),
        exchanged_(layout_.blocks().size(), 0) {
    for (const Block& block : layout_.blocks()) size_ += block.size;
  }

  const Layout::Exchanged& Best() {
    // An error, which is the caller's.
    if (size_ > BPF_MAXINSNS) return exchanged_;
    best_ = CostOfOrder(std::numeric_limits<std::size_t>::max());
    usual_ = best_;
    usual_steps_ = StepsOfLarge();
    for (std::size_t i = 0; i < kTries && best_.passes > kFewestPasses; ++i) {
      const Layout::Exchanged before = exchanged_;
      Exchange();
      if (!IsBetter()) exchanged_ = before;
    }
    return exchanged_;
  }

 private:
  struct Cost {
    std::size_t instructions = 0;
    std::size_t jumps = 0;
    std::size_t passes = 0;
    double nanoseconds = 0;
    std::size_t late_bytes = 0;  // with fewer, a pass less may be near
  };

  Cost CostOfOrder(std::size_t most_passes) {
    const std::vector<BlockId>& order = layout_.Order(exchanged_);
    if (size_ <= kLargestWithoutFarJumps) {
      const Passes passes = passes_.CountFor(order, most_passes);
      return CostOf(size_, 0, {passes.ebpf_instructions, passes.count, 0, passes.late_bytes});
    }
    large_ = WithoutUnreachable(layout_.Write(order));
    return CostOf(large_.size(), CountJumps(large_), translator_.Translate(large_));
  }

  // What the kernel looks at to find out which numbers need not run the filter. Without far jumps it is the
  // same in any order.
  std::size_t StepsOfLarge() {
    if (large_.empty()) return 0;
    return bpf::EmulatedSteps(large_, target_.first_number, target_.numbers, target_.audit_arch);
  }

  static Cost CostOf(std::size_t instructions, std::size_t jumps, const bpf::Translation& translation) {
    const bpf::InstallCost cost = {instructions, translation.ebpf_instructions, translation.passes, 0};
    return {.instructions = instructions,
            .jumps = jumps,
            .passes = translation.passes,
            .nanoseconds = cost.Nanoseconds(),
            .late_bytes = translation.late_bytes};
  }

  // All sides anew. But large filters become larger where jumps get too long for their tests, which nearly
  // all orders but the usual one make them: of these, the sides of a few blocks.
  void Exchange() {
    if (size_ <= kLargestWithoutFarJumps) {
      ExchangeAny();
      return;
    }
    const std::size_t count = random_() % 3 == 0 ? kMostExchanged : 1;
    for (std::size_t i = 0; i < count; ++i) exchanged_[random_() % exchanged_.size()] ^= 1;
  }

  void ExchangeAny() {
    constexpr std::size_t kBitsTaken = 24;
    for (std::size_t i = 0; i < exchanged_.size();) {
      auto bits = random_();
      for (std::size_t bit = 0; bit < kBitsTaken && i < exchanged_.size(); ++bit, bits >>= 1)
        exchanged_[i++] = bits & 1;
    }
  }

  bool IsBetter() {
    const Cost cost = CostOfOrder(best_.passes + 1);
    const bool is_allowed = cost.instructions <= usual_.instructions && cost.jumps <= usual_.jumps;
    const bool is_better = cost.nanoseconds != best_.nanoseconds ? cost.nanoseconds < best_.nanoseconds
                                                                 : cost.late_bytes <= best_.late_bytes;
    if (!is_allowed || !is_better || StepsOfLarge() > usual_steps_) return false;
    best_ = cost;
    return true;
  }

  Layout layout_;
  const Target& target_;
  BlockPasses passes_;
  bpf::X86Translator translator_;
  std::minstd_rand random_;  // the same numbers everywhere
  Layout::Exchanged exchanged_;
  std::size_t size_ = 0;
  std::vector<sock_filter> large_;  // the last one, if it is large
  Cost usual_;
  std::size_t usual_steps_ = 0;
  Cost best_;
};

}  // namespace

std::vector<sock_filter> LayOutForInstalling(NodeId root, const Graph& graph, const Target& target) {
  Layout layout(root, graph, Layout::Variables::kValues);
  Layout::Exchanged exchanged(layout.blocks().size(), 0);
  if (target.jit_shortens_jumps) exchanged = Search(root, graph, target).Best();
  return WithoutUnreachable(layout.Write(layout.Order(exchanged)));
}

}  // namespace precompiledseccomp::compile
