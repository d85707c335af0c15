// SPDX-License-Identifier: Apache-2.0
//
// The blocks of a filter in the order that installs fastest.

#include "compile/block_order.h"

#include <algorithm>
#include <array>
#include <limits>
#include <random>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "bpf/acceptance.h"
#include "bpf/disassembler.h"
#include "bpf/instructions.h"
#include "bpf/translation.h"
#include "compile/block_passes.h"
#include "compile/graph_text.h"
#include "compile/last_blocks.h"
#include "compile/layout.h"
#include "compile/unreachable.h"
#include "support/random.h"
#include "support/seeds.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

using compile::Arrangement;
using compile::Block;
using compile::BlockId;
using compile::Graph;
using compile::Layout;
using compile::NodeId;

compile::Subject AnySubject(Random& random, const compile::Immediate& variable) {
  const auto offset = static_cast<std::uint32_t>(random.Below(2) * 4 + 16);
  if (random.Below(6) != 0) return {offset, compile::Subject::Transform::kNone, {}};
  return {offset, compile::Subject::Transform::kAnd,
          random.Below(4) == 0 ? variable : compile::Immediate{0x1f0, 0}};
}

// Of numbers that have all lengths in machine code.
compile::Test AnyTest(Random& random, const compile::Immediate& variable) {
  constexpr std::array<std::uint32_t, 5> kNumbers = {3, 0x70, 0x1000, 0x7ffffffe, 0x80000010};
  constexpr std::array kKinds = {compile::Test::Kind::kEqual, compile::Test::Kind::kGreaterOrEqual,
                                 compile::Test::Kind::kGreater, compile::Test::Kind::kAnyBitSet};
  const compile::Subject subject = AnySubject(random, variable);
  const auto near = static_cast<std::uint32_t>(2 * random.Below(3));
  const std::uint32_t number = kNumbers[random.Below(kNumbers.size())] + near;
  return {subject, kKinds[random.Below(kKinds.size())],
          random.Below(8) == 0 ? variable : compile::Immediate{number, 0}};
}

// About `branches` tests over three answers: a graph, not a tree.
NodeId AnyDecision(std::size_t branches, GraphText& text, Random& random) {
  Graph& graph = text.graph();
  const compile::Immediate variable = text.ParseTest("nr == $a").operand;
  std::vector<NodeId> open = {text.Parse("allow"), text.Parse("kill"), text.Parse("errno $a")};
  // Each joins what stands alone so far, or ends in an answer.
  std::vector<NodeId> joined(open);
  for (std::size_t i = 0; i < branches; ++i) {
    const NodeId yes = open[random.Below(open.size())];
    const NodeId no = random.Below(3) == 0 ? joined[random.Below(3)] : joined.back();
    joined.push_back(graph.AddBranch(AnyTest(random, variable), yes, no));
    if (random.Below(3) == 0) open.push_back(joined.back());
  }
  return joined.back();
}

Arrangement AnyArrangement(const Layout& layout, Random& random) {
  Arrangement arrangement = layout.UsualArrangement();
  for (std::uint8_t& each : arrangement.exchanged) each = static_cast<std::uint8_t>(random.Below(2));
  arrangement.defers_second_sides = random.Below(2) == 0;
  return arrangement;
}

// A search for a number, of which neighbours have different answers.
NodeId SearchForNumber(std::uint32_t first, std::uint32_t last, GraphText& text) {
  if (first == last) return text.Parse(first % 2 == 0 ? "kill" : "allow");
  const std::uint32_t middle = first + (last - first + 1) / 2;
  const compile::Test test = {{}, compile::Test::Kind::kGreaterOrEqual, {middle, 0}};
  const NodeId no = SearchForNumber(first, middle - 1, text);
  return text.graph().AddBranch(test, SearchForNumber(middle, last, text), no);
}

// Whether all blocks are in it, each before its sides.
bool IsOrderOf(const std::vector<Block>& blocks, const std::vector<BlockId>& order) {
  std::vector<bool> stands(blocks.size(), false);
  for (std::size_t i = order.size(); i-- > 0;) {
    const Block& block = blocks[order[i]];
    const bool sides_stand = block.IsLeaf() || (stands[block.yes.block] && stands[block.no.block]);
    if (!sides_stand || stands[order[i]]) return false;
    stands[order[i]] = true;
  }
  return order.size() == blocks.size();
}

std::size_t PassesOf(const std::vector<sock_filter>& program) {
  return bpf::X86Translator().Translate(program).passes;
}

// One that takes seven passes in the usual order.
NodeId SlowDecision(GraphText& text) {
  NodeId root = text.Parse("allow");
  for (std::uint64_t seed = 0; PassesOf(compile::LayOut(root, text.graph())) < 7; ++seed) {
    Random random(seed);
    root = AnyDecision(90, text, random);
  }
  return root;
}

BOOST_AUTO_TEST_SUITE(BlockOrderTest)

BOOST_AUTO_TEST_CASE(PassesOverBlocksAreThoseOverTheirInstructions) {
  std::size_t late = 0;
  ForEachSeed(60, 2000, [&](std::uint64_t seed) {
    Random random(seed);
    GraphText text;
    const NodeId root = AnyDecision(3 + random.Below(90), text, random);
    Layout layout(root, text.graph(), Layout::Variables::kStandIns);
    compile::BlockPasses passes(layout.blocks());
    compile::LastBlocks ends(layout.blocks(), passes.codes());
    std::minstd_rand choices(static_cast<std::uint32_t>(seed));
    for (int order = 0; order < 4; ++order) {
      Arrangement arrangement = AnyArrangement(layout, random);
      arrangement.last = ends.Try(choices);
      const compile::Passes counted =
          passes.CountFor(layout.Order(arrangement), std::numeric_limits<std::size_t>::max());
      const std::vector<sock_filter>& program = layout.Write(layout.Order(arrangement));
      BOOST_TEST(IsOrderOf(layout.blocks(), layout.Order(arrangement)));
      const bpf::Translation translation = bpf::X86Translator().Translate(program);
      BOOST_TEST(counted.count == translation.passes, bpf::Disassemble(program));
      BOOST_TEST(counted.ebpf_instructions == translation.ebpf_instructions);
      BOOST_TEST(counted.late_bytes == translation.late_bytes);
      late += translation.late_bytes > 0 ? 1 : 0;
    }
  });
  // Else only the simplest were compared.
  BOOST_TEST(late > 0U);
}

BOOST_AUTO_TEST_CASE(CountingEndsWhereAnotherOrderIsBetterAnyway) {
  GraphText text;
  const NodeId root = SlowDecision(text);
  Layout layout(root, text.graph(), Layout::Variables::kStandIns);
  compile::BlockPasses passes(layout.blocks());
  const std::vector<BlockId> order = layout.Order(layout.UsualArrangement());
  const std::size_t all = passes.CountFor(order, std::numeric_limits<std::size_t>::max()).count;
  BOOST_TEST(all == 7U);
  // What has still changed in the fourth takes two more at least.
  BOOST_TEST(passes.CountFor(order, 5).count == 6U);
  BOOST_TEST(passes.CountFor(order, all).count == all);
}

BOOST_AUTO_TEST_CASE(AnOrderTakesFewerPassesAndHasNoMoreInstructions) {
  std::size_t usual_passes = 0;
  std::size_t passes = 0;
  ForEachSeed(20, 300, [&](std::uint64_t seed) {
    Random random(seed);
    GraphText text;
    const NodeId root = AnyDecision(20 + random.Below(400), text, random);
    const auto usual = compile::WithoutUnreachable(compile::LayOut(root, text.graph()));
    const auto ordered = compile::LayOutForInstalling(root, text.graph(), X86());
    BOOST_TEST(ordered.size() <= usual.size());
    BOOST_TEST(!bpf::ReasonForRefusal(ordered).has_value());
    usual_passes += PassesOf(usual);
    passes += PassesOf(ordered);
  });
  BOOST_TEST(passes < usual_passes);
}

// What is shared by all tests, the answers, takes a pass more unless the end is chosen for it.
BOOST_AUTO_TEST_CASE(ASearchForNumbersTakesTheFewestPassesThereCanBe) {
  GraphText text;
  const NodeId root = SearchForNumber(1000, 1099, text);
  const auto usual = compile::LayOut(root, text.graph());
  const auto ordered = compile::LayOutForInstalling(root, text.graph(), X86());
  BOOST_TEST(PassesOf(usual) > 4U);
  BOOST_TEST(PassesOf(ordered) == 4U, bpf::Disassemble(ordered));
  BOOST_TEST(ordered.size() == usual.size());
}

BOOST_AUTO_TEST_CASE(LastBlocksStandBeforeTheirSidesAndMayHaveAnAnswerThatOthersLeadTo) {
  GraphText text;
  const NodeId search = SearchForNumber(1000, 1099, text);
  const compile::Test first = text.ParseTest("nr == 7");
  const NodeId root = text.graph().AddBranch(first, text.Parse("errno 38"), search);
  Layout layout(root, text.graph(), Layout::Variables::kStandIns);
  const compile::BlockPasses passes(layout.blocks());
  compile::LastBlocks ends(layout.blocks(), passes.codes());
  std::minstd_rand choices;
  Random random(1);
  Arrangement arrangement = AnyArrangement(layout, random);
  std::size_t found = 0;
  std::size_t with_other_answer = 0;
  for (int i = 0; i < 200; ++i) {
    arrangement.last = ends.Try(choices);
    if (arrangement.last.empty()) continue;
    ++found;
    arrangement.defers_second_sides = !arrangement.defers_second_sides;
    const std::vector<BlockId>& order = layout.Order(arrangement);
    BOOST_TEST(IsOrderOf(layout.blocks(), order));
    const auto answers = std::count_if(arrangement.last.begin(), arrangement.last.end(),
                                       [&](BlockId id) { return layout.blocks()[id].IsLeaf(); });
    with_other_answer += answers == 3 ? 1 : 0;
  }
  BOOST_TEST(with_other_answer > 0U);
  BOOST_TEST(with_other_answer < found);
}

// A search that is too small has no place for an end.
BOOST_AUTO_TEST_CASE(SmallFiltersHaveNoLastBlocks) {
  GraphText text;
  const NodeId root = SearchForNumber(1000, 1005, text);
  const Layout layout(root, text.graph(), Layout::Variables::kStandIns);
  const compile::BlockPasses passes(layout.blocks());
  compile::LastBlocks ends(layout.blocks(), passes.codes());
  std::minstd_rand random;
  BOOST_TEST(ends.Try(random).empty());
}

// Where all instructions have one length.
BOOST_AUTO_TEST_CASE(ATargetWithoutShortJumpsKeepsTheUsualOrder) {
  GraphText text;
  const NodeId root = SlowDecision(text);
  const auto usual = compile::LayOut(root, text.graph());
  const auto ordered = compile::LayOutForInstalling(root, text.graph(), Arm());
  BOOST_TEST(std::equal(usual.begin(), usual.end(), ordered.begin(), ordered.end(), bpf::Equal));
  BOOST_TEST(PassesOf(compile::LayOutForInstalling(root, text.graph(), X86())) < PassesOf(usual));
}

// As comparisons with them have several lengths.
BOOST_AUTO_TEST_CASE(TheOrderIsTheSameWhateverValuesVariablesHave) {
  const auto ordered = [](std::uint32_t value) {
    Random random(3);
    GraphText text(X86(), value);
    const NodeId root = AnyDecision(90, text, random);
    std::vector<sock_filter> program = compile::LayOutForInstalling(root, text.graph(), X86());
    for (sock_filter& instruction : program) instruction.k = 0;
    return program;
  };
  const std::vector<sock_filter> small = ordered(5);
  for (const std::uint32_t value : {0U, 0x12345U, 0x87654321U}) {
    const std::vector<sock_filter> other = ordered(value);
    BOOST_TEST(std::equal(small.begin(), small.end(), other.begin(), other.end(), bpf::Equal));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
