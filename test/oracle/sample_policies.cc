// SPDX-License-Identifier: Apache-2.0

#include "oracle/sample_policies.h"

#include <utility>

#include <precompiledseccomp/precompile.h>

#include "precompile/template.h"
#include "support/numbers.h"
#include "support/random_policy.h"

namespace precompiledseccomp::testing {
namespace {

constexpr std::uint64_t kAddress = 0x7f0012345000;
constexpr std::uint64_t kHighBit = 0x8000000000000000;

// Call 7 is allowed if the condition is true; its neighbours always, or never.
Policy AllowIf(const Condition& condition) {
  Policy policy;
  policy.Allow(Syscall(7), condition);
  policy.Allow(Numbers({1, 8}));
  policy.Default(Action::Errno(38));
  return policy;
}

ProgramDefinition Sample(std::string name, Condition condition) {
  return {std::move(name), {}, [condition](const Values&) { return AllowIf(condition); }};
}

// `make` is called with the values.
template <typename Make>
ProgramDefinition WithVariables(std::string name, std::vector<Variable> variables, const Make& make) {
  return {std::move(name), std::move(variables), [make](const Values& v) { return AllowIf(make(v)); }};
}

std::vector<ProgramDefinition> WithConstants() {
  return {
      Sample("equal", Arg(0) == kAddress),
      Sample("not-equal", Arg(1) != kAddress),
      Sample("less", Arg(2) < kAddress),
      Sample("less-or-equal", Arg(3) <= kAddress),
      Sample("greater", Arg(4) > kAddress),
      Sample("greater-or-equal", Arg(5) >= kAddress),
      Sample("low-half-equal", Arg32(0) == 3),
      Sample("low-half-less", Arg32(0) < 0x80000000U),
      Sample("low-half-greater-or-equal", Arg32(1) >= 4096),
      Sample("between", Arg(0) > 0xffffffffU && Arg(0) <= kAddress),
      Sample("masked-equal", (Arg(1) & 0xff000000000000f0U) == 0x1200000000000030U),
      Sample("masked-not-equal", (Arg32(1) & 0x7f) != 2),
      Sample("masked-zero", (Arg(0) & 0x7e020000) == 0),
      Sample("run", Arg32(1).In({3, 4, 5, 6, 7, 8})),
      Sample("bit-pattern", Arg(1).In({0, 1, 0x80, 0x81})),
      Sample("scattered", Arg(1).In({0x5401U, 0x5412U, 0x5413U, 0x541bU, 0xc0045877U, 0x100000002U})),
      Sample("only-bits", Arg(2).OnlyBits(7)),
      Sample("low-half-only-bits", Arg32(2).OnlyBits(0xf0f0)),
      Sample("descriptor", Arg(0).NonNegativeFd() && Arg32(4).NonNegativeFd()),
      Sample("instruction-pointer",
             InstructionPointer() >= kAddress && InstructionPointer() < kAddress + 4096),
      Sample("alternatives", (Arg(0) == 1 && Arg(1) == 2) || (Arg(0) == 3 && Arg(1) == 4) || Arg(0) == 5),
      Sample("negation", !((Arg(0) == 1 || Arg(1) > kHighBit) && !(Arg32(2) == 0xffffffffU))),
  };
}

std::vector<ProgramDefinition> WithUnknownValues() {
  const auto a = [](const Values& v) { return v["a"]; };
  const auto b = [](const Values& v) { return v["b"]; };
  const auto w = [](const Values& v) { return v.Uint64("w"); };
  return {
      WithVariables("variable-equal", {"a"}, [=](const Values& v) { return Arg(0) == a(v); }),
      WithVariables("variable-low-half", {"a"}, [=](const Values& v) { return Arg32(0) != a(v); }),
      WithVariables("wide-variable-equal", {Uint64("w")}, [=](const Values& v) { return Arg(0) == w(v); }),
      WithVariables("wide-variable-between", {Uint64("w"), "a"},
                    [=](const Values& v) { return Arg(1) >= w(v) && Arg(1) > a(v); }),
      WithVariables("variable-less", {"a"},
                    [=](const Values& v) { return Arg32(2) < a(v) || Arg32(2) < 4096; }),
      WithVariables("variable-mask", {"a", "b"},
                    [=](const Values& v) { return (Arg32(1) & a(v)) == b(v) || (Arg(2) & 0xff) == b(v); }),
      WithVariables("variable-only-bits", {"a"}, [=](const Values& v) { return Arg(2).OnlyBits(a(v)); }),
      WithVariables("variables-among-constants", {"a", "b", Uint64("w")},
                    [=](const Values& v) {
                      return Arg(0).In({0, 1, a(v), 7, b(v), w(v)});
                    }),
      WithVariables(
          "variable-twice", {"a", "b"},
          [=](const Values& v) { return Arg32(0) == a(v) && (Arg32(1) == a(v) || Arg32(1) == b(v)); }),
  };
}

// ---- Whole policies.

Policy ManyActions(const Values&) {
  Policy policy;
  policy.Errno(1, Syscall(1), Arg(0) == 1).Trap(Syscall(1), Arg(0) == 2).Trace(Syscall(1), Arg(0) == 3);
  policy.Log(Syscall(2))
      .UserNotify(Syscall(3))
      .KillThread(Syscall(4))
      .KillProcess(Syscall(5), Arg32(0) == 0)
      .Allow(Syscall(5));
  policy.Succeed(Syscall(8)).Succeed(Syscall(9), Arg(0) == 1).Errno(1, Syscall(9));
  policy.Add(Action::Trap(7), Syscall(6)).Add(Action::Trace(65535), Syscall(7));
  policy.Default(Action::Errno(4095)).BadArchitecture(Action::Trap(1));
  return policy;
}

Policy Baseline(const Values&) {
  Policy policy;
  policy.Allow(Numbers({0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233})).Errno(1, Numbers({400, 500}));
  policy.KnownUpTo(Syscall(450)).Default(Action::Errno(1));
  return policy;
}

Policy Vsyscall(const Values&) {
  Policy policy;
  policy.Add(RuleSet::OnlyVsyscall().Allow(Numbers({96, 201}), Arg(0) == 0).Trap(Syscall(309)));
  policy.Allow(Syscall(201), Arg(1) == 0);
  policy.KnownUpTo(Syscall(300)).Unknown(Action::KillThread());
  return policy;
}

Policy LaterSets(const Values&) {
  Policy policy;
  policy.Add(RuleSet().Errno(13, Numbers({2, 257}), (Arg32(1) & 3) != 0));
  policy.Add(RuleSet().Allow(Numbers({2, 257}), Arg32(2) == 0).Allow(Numbers({0, 3})));
  policy.Add(RuleSet().Log(Numbers({2, 3}), Arg(0) > 9));
  return policy;
}

Policy VariableData(const Values& v) {
  Policy policy;
  policy.Errno(v["code"], Numbers({1, 3}), Arg32(0) == v["code"]);
  policy.Add(Action::Trap(v["data"]), Syscall(2));
  policy.Allow(Numbers({4, 5})).Default(Action::Trace(v["data"]));
  return policy;
}

std::vector<ProgramDefinition> Whole() {
  return {{"many-actions", {}, ManyActions},
          {"baseline", {}, Baseline},
          {"vsyscall", {}, Vsyscall},
          {"later-sets", {}, LaterSets},
          {"nothing", {}, [](const Values&) { return Policy().Default(Action::KillProcess()); }},
          {"variable-data", {"code", "data"}, VariableData}};
}

}  // namespace

const std::vector<ProgramDefinition>& SamplePolicies() {
  static const std::vector<ProgramDefinition> samples = [] {
    std::vector<ProgramDefinition> all = WithConstants();
    for (auto& definition : WithUnknownValues()) all.push_back(std::move(definition));
    for (auto& definition : Whole()) all.push_back(std::move(definition));
    return all;
  }();
  return samples;
}

CompiledPolicy Compiled(const ProgramDefinition& definition, const Target& target) {
  return {definition.name + " for " + std::string(target.name), definition,
          Resolve(definition.policy(Values(target, definition.variables)), target),
          TemplateOf(Precompile(definition, target))};
}

}  // namespace precompiledseccomp::testing
