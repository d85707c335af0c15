// SPDX-License-Identifier: Apache-2.0

#include "compile/block_order.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>

#include "bpf/allow_cache.h"
#include "bpf/install_cost.h"
#include "bpf/translation.h"
#include "compile/block_passes.h"
#include "compile/last_blocks.h"
#include "compile/layout.h"
#include "compile/unreachable.h"

namespace precompiledseccomp::compile {
namespace {

// Where no jump becomes shorter after the second pass, there is one that finds that out, and one that writes.
constexpr std::size_t kFewestPasses = 4;

// Ends are tried until so many came to something: half as often as there are instructions, or as often if one
// did. And for each that did, orders of what is in front of it.
constexpr std::size_t kMostEnds = 3;
constexpr std::size_t kOrdersForAnEnd = 8;

// Orders without such an end: one in seven takes five passes.
constexpr std::size_t kTries = 32;
constexpr std::size_t kFewestTries = 8;  // some of them have fewer instructions
constexpr std::size_t kGoodPasses = 5;

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
        arrangement_(layout_.UsualArrangement()),
        best_arrangement_(arrangement_) {
    for (const Block& block : layout_.blocks()) size_ += block.size;
  }

  const Arrangement& Best() {
    // An error, which is the caller's.
    if (size_ > BPF_MAXINSNS) return best_arrangement_;
    best_ = CostOfOrder(bpf::x86::kMostPasses);
    usual_ = best_;
    usual_steps_ = StepsOfLarge();
    if (size_ <= kLargestWithoutFarJumps)
      SearchSmall();
    else
      SearchLarge();
    return best_arrangement_;
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
    const std::vector<BlockId>& order = layout_.Order(arrangement_);
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

  void SearchSmall() {
    if (best_.passes > kFewestPasses) SearchEnds();
    for (std::size_t i = 0; i < kTries && best_.passes > (i < kFewestTries ? kFewestPasses : kGoodPasses);
         ++i) {
      ExchangeAny();
      TakeIfBetter(best_.passes);
    }
  }

  void SearchEnds() {
    LastBlocks ends(layout_.blocks(), passes_.codes());
    arrangement_.defers_second_sides = true;
    std::size_t found = 0;
    const auto are_enough = [&](std::size_t tries) {
      const std::size_t most_tries = found == 0 ? size_ / 2 : size_;
      return found == kMostEnds || best_.passes <= kFewestPasses || tries >= most_tries;
    };
    for (std::size_t i = 0; !are_enough(i); ++i) {
      arrangement_.last = ends.Try(random_);
      if (arrangement_.last.empty()) continue;
      ++found;
      for (std::size_t k = 0; k < kOrdersForAnEnd; ++k) {
        ExchangeAny();
        TakeIfBetter(kFewestPasses);
      }
    }
    arrangement_.defers_second_sides = false;
    arrangement_.last.clear();
  }

  // Large filters become larger where jumps get too long for their tests, which nearly all orders but the
  // usual one make them: of these, the sides of a few blocks.
  void SearchLarge() {
    for (std::size_t i = 0; i < kTries && best_.passes > kFewestPasses; ++i) {
      arrangement_ = best_arrangement_;
      const std::size_t count = random_() % 3 == 0 ? kMostExchanged : 1;
      for (std::size_t k = 0; k < count; ++k)
        arrangement_.exchanged[random_() % arrangement_.exchanged.size()] ^= 1;
      TakeIfBetter(best_.passes);
    }
  }

  void ExchangeAny() {
    constexpr std::size_t kBitsTaken = 24;
    std::vector<std::uint8_t>& exchanged = arrangement_.exchanged;
    for (std::size_t i = 0; i < exchanged.size();) {
      auto bits = random_();
      for (std::size_t bit = 0; bit < kBitsTaken && i < exchanged.size(); ++bit, bits >>= 1)
        exchanged[i++] = bits & 1;
    }
  }

  void TakeIfBetter(std::size_t most_passes) {
    const Cost cost = CostOfOrder(most_passes);
    if (cost.passes > most_passes) return;
    const bool is_allowed = cost.instructions <= usual_.instructions && cost.jumps <= usual_.jumps;
    const bool is_better = cost.nanoseconds != best_.nanoseconds ? cost.nanoseconds < best_.nanoseconds
                                                                 : cost.late_bytes <= best_.late_bytes;
    if (!is_allowed || !is_better || StepsOfLarge() > usual_steps_) return;
    best_ = cost;
    best_arrangement_ = arrangement_;
  }

  Layout layout_;
  const Target& target_;
  BlockPasses passes_;
  bpf::X86Translator translator_;
  std::minstd_rand random_;  // the same numbers everywhere
  Arrangement arrangement_;
  Arrangement best_arrangement_;
  std::size_t size_ = 0;
  std::vector<sock_filter> large_;  // the last one, if it is large
  Cost usual_;
  std::size_t usual_steps_ = 0;
  Cost best_;
};

}  // namespace

std::vector<sock_filter> LayOutForInstalling(NodeId root, const Graph& graph, const Target& target) {
  Layout layout(root, graph, Layout::Variables::kValues);
  const Arrangement arrangement =
      target.jit_shortens_jumps ? Search(root, graph, target).Best() : layout.UsualArrangement();
  return WithoutUnreachable(layout.Write(layout.Order(arrangement)));
}

}  // namespace precompiledseccomp::compile
