// SPDX-License-Identifier: Apache-2.0

#include "verify/meaning.h"

namespace precompiledseccomp::testing {

using verify::ByteRun;
using verify::DiagramId;
using verify::Fact;
using verify::Source;

verify::LevelOrder RandomOrder(Random& random) {
  const std::vector<verify::Look> bytes = verify::UsualFields();
  const std::size_t first = verify::IndexOfByte(verify::kInstructionPointer, 0);
  std::vector<verify::Look> levels;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto& byte = std::get<verify::Field>(bytes[i]);
    for (int done = 0, width = 0; done < byte.width; done += width) {
      width = i < first ? byte.width
                        : static_cast<int>(random.Between(1, static_cast<std::size_t>(byte.width - done)));
      const verify::Field field{byte.word, byte.shift + done, width};
      const std::size_t place = i < first ? levels.size() : random.Between(first, levels.size());
      levels.insert(levels.begin() + static_cast<std::ptrdiff_t>(place), field);
    }
  }
  return verify::LevelOrder(std::move(levels));
}

std::uint32_t Workplace::ValueOf(Source source, const seccomp_data& call,
                                 const VariableNumbers& values) const {
  if (verify::IsVariable(source)) {
    const auto value = values.find(terms.variables()[source - verify::kFirstVariable]);
    return value == values.end() ? 0 : value->second;
  }
  if (source == verify::kArchitecture) return call.arch;
  if (source == verify::kNumber) return static_cast<std::uint32_t>(call.nr);
  const std::uint64_t field =
      source < verify::kArguments ? call.instruction_pointer : call.args[(source - verify::kArguments) / 2];
  return static_cast<std::uint32_t>(source % 2 == 0 ? field >> 32 : field);
}

std::uint32_t Workplace::ValueOfTerm(verify::TermId term, const seccomp_data& call,
                                     const VariableNumbers& values) const {
  std::uint32_t value = 0;
  for (int bit = 31; bit >= 0; --bit)
    value = value << 1 |
            (terms.BitOf(term, bit,
                         [&](Source source) { return (ValueOf(source, call, values) >> bit & 1) != 0; })
                 ? 1U
                 : 0U);
  return value;
}

DiagramId Workplace::LeafOf(DiagramId node, const seccomp_data& call, const VariableNumbers& values) const {
  while (!diagrams.IsLeaf(node)) {
    const verify::Look& look = order.At(diagrams.LevelOf(node));
    std::uint32_t edge = 0;
    if (const auto* field = std::get_if<verify::Field>(&look)) {
      edge = field->Of(ValueOf(field->word, call, values));
    } else {
      const Fact& fact = std::get<Fact>(look);
      const std::uint32_t left = ValueOfTerm(fact.left, call, values);
      const std::uint32_t right = ValueOfTerm(fact.right, call, values);
      edge = (fact.relation == Fact::Relation::kEqual ? left == right : left > right) ? 1 : 0;
    }
    DiagramId next = node;
    for (const ByteRun& run : diagrams.RunsOf(node))
      if (run.first() <= edge) next = run.next();
    node = next;
  }
  return node;
}

std::uint32_t Workplace::AnswerOf(DiagramId node, const seccomp_data& call,
                                  const VariableNumbers& values) const {
  return ValueOfTerm(diagrams.AnswerOf(LeafOf(node, call, values)), call, values);
}

}  // namespace precompiledseccomp::testing
