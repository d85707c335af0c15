// SPDX-License-Identifier: Apache-2.0

#include "verify/large_policies.h"

#include <functional>
#include <utility>

#include <precompiledseccomp/precompile.h>

#include "precompile/template.h"
#include "support/random.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

constexpr int kTriplesOf = 20;

LargePolicy Compiled(std::string name, std::vector<Variable> variables,
                     std::function<Condition(const Values&)> condition) {
  ProgramDefinition definition;
  definition.name = "large";
  definition.variables = std::move(variables);
  definition.policy = [condition = std::move(condition)](const Values& v) {
    return Policy().Allow("mmap", condition(v), {"large.cc", 7});
  };
  const DefinitionAnswers answers = AskDefinition(definition, X86());
  return {std::move(name), Resolve(answers.policy, X86()), TemplateOf(PrecompileAnswers(answers))};
}

template <typename Alternative>
Condition AnyOfSome(int count, const Alternative& alternative) {
  Random random(1);
  std::vector<Condition> conditions;
  for (int i = 0; i < count; ++i) conditions.push_back(alternative(i, random));
  return AnyOf(conditions);
}

std::uint32_t RandomBit(Random& random, std::size_t below) {
  return std::uint32_t{1} << random.Below(below);
}

std::string Name(const char* prefix, std::size_t i) {
  return prefix + std::to_string(i);
}

}  // namespace

LargePolicy BitsOfThreeArguments(int count) {
  return Compiled("bits of three arguments", {}, [count](const Values&) {
    return AnyOfSome(count, [](int, Random& random) {
      const std::uint32_t a = RandomBit(random, 16);
      const std::uint32_t b = RandomBit(random, 16);
      const std::uint32_t c = RandomBit(random, 16);
      return (Arg32(0) & a) == a && (Arg32(1) & b) == 0U && (Arg32(2) & c) == c;
    });
  });
}

LargePolicy PairsOfBits(int count) {
  return Compiled("pairs of bits", {}, [count](const Values&) {
    return AnyOfSome(count, [](int, Random& random) {
      const int left = static_cast<int>(random.Below(3));
      const int right = static_cast<int>(3 + random.Below(3));
      const std::uint32_t a = RandomBit(random, 12);
      const std::uint32_t b = RandomBit(random, 12);
      return (Arg32(left) & a) == a && (Arg32(right) & b) == b;
    });
  });
}

LargePolicy MasksOfTwoBits(int count) {
  return Compiled("masks of two bits", {}, [count](const Values&) {
    return AnyOfSome(count, [](int, Random& random) {
      const std::uint32_t a = RandomBit(random, 24) << 8;
      const std::uint32_t b = RandomBit(random, 24) << 8;
      const std::uint32_t c = RandomBit(random, 24);
      return (Arg(0) & std::uint64_t{a | b}) == std::uint64_t{a} && (Arg32(1) & c) == 0U &&
             (Arg32(4) & b) == b;
    });
  });
}

LargePolicy TriplesOfVariables(int count) {
  std::vector<Variable> variables;
  for (std::size_t i = 0; i < kTriplesOf; ++i) variables.emplace_back(Name("v", i));
  return Compiled("triples of variables", variables, [count](const Values& v) {
    return AnyOfSome(count, [&](int i, Random& random) {
      const auto variable = [&](int offset) {
        return v[Name("v", i < kTriplesOf ? static_cast<std::size_t>((i + offset) % kTriplesOf)
                                          : random.Below(kTriplesOf))];
      };
      const Value first = variable(0);
      const Value second = variable(1);
      const Value third = variable(5);
      return Arg32(0) == first && Arg32(1) == second && Arg32(2) == third;
    });
  });
}

LargePolicy VariablesAndBits(int count) {
  std::vector<Variable> variables;
  for (int i = 0; i < count; ++i)
    for (const char* prefix : {"v", "w"}) variables.emplace_back(Name(prefix, static_cast<std::size_t>(i)));
  return Compiled("variables and bits", variables, [count](const Values& v) {
    return AnyOfSome(count, [&](int i, Random& random) {
      const std::uint32_t a = RandomBit(random, 16);
      const std::uint32_t b = RandomBit(random, 16);
      const auto index = static_cast<std::size_t>(i);
      return Arg32(0) == v[Name("v", index)] && Arg32(2).OnlyBits(v[Name("w", index)]) &&
             (Arg32(3) & a) == 0U && (Arg32(1) & b) == b;
    });
  });
}

}  // namespace precompiledseccomp::testing
