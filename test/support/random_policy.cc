// SPDX-License-Identifier: Apache-2.0
//
// A policy is first sketched: which calls each rule names, what it does, and the choices that make its
// condition. A rule is taken up only after a call was found that it decides, so that no compiler may refuse
// the policy. The definition then draws the sketch again for the values that it is called with.

#include "support/random_policy.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include "support/aim.h"
#include "support/boundary_values.h"
#include "support/random.h"
#include "support/random_condition.h"

namespace precompiledseccomp::testing {
namespace {

// Of an action; the data of errno, trap and trace may be a variable.
struct ActionSketch {
  Action action;
  std::string variable;
};

struct RuleSketch {
  ActionSketch action;
  std::vector<std::uint32_t> numbers;
  std::optional<Random> condition;  // none: unconditional
  bool any_call = false;            // then there are no numbers

  [[nodiscard]] bool IsFor(std::uint32_t number) const {
    if (any_call) return number != Target::kSkippedCall;
    return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
  }
};

struct RuleSetSketch {
  bool only_vsyscall = false;
  std::vector<RuleSketch> rules;
};

struct PolicySketch {
  bool uses_variables = false;
  Ingredients ingredients;
  std::vector<std::uint32_t> always_allowed;
  std::vector<RuleSetSketch> rule_sets;
  std::optional<ActionSketch> default_action;
  std::optional<ActionSketch> bad_architecture;
  std::optional<std::uint32_t> newest_known;
  std::optional<Kernel> newest_known_kernel;
  std::optional<ActionSketch> unknown;
  std::vector<SyscallCount> counts;
  bool for_new_kernels = false;
};

// ---- From the sketch to the policy.

Action Draw(const ActionSketch& sketch, const Values& values) {
  if (sketch.variable.empty()) return sketch.action;
  const Value data = values[sketch.variable];
  switch (sketch.action.kind()) {
    case Action::Kind::kTrap:
      return Action::Trap(data);
    case Action::Kind::kTrace:
      return Action::Trace(data);
    default:
      return Action::Errno(data);
  }
}

Condition Draw(const PolicySketch& sketch, const RuleSketch& rule, const Values& values) {
  if (!rule.condition) return Always();
  Random random = *rule.condition;
  return RandomCondition(sketch.ingredients, sketch.uses_variables ? &values : nullptr, random);
}

Syscall CallOf(std::uint32_t number) {
  return number == Target::kSkippedCall ? Syscall::Skipped() : Syscall(number);
}

Syscalls Calls(const std::vector<std::uint32_t>& numbers) {
  std::vector<Syscall> calls;
  for (const std::uint32_t number : numbers) calls.push_back(CallOf(number));
  return calls;
}

Policy Draw(const PolicySketch& sketch, const Values& values) {
  Policy policy;
  if (!sketch.always_allowed.empty()) policy.Allow(Calls(sketch.always_allowed));
  for (const RuleSetSketch& set_sketch : sketch.rule_sets) {
    RuleSet set = set_sketch.only_vsyscall ? RuleSet::OnlyVsyscall() : RuleSet();
    for (const RuleSketch& rule : set_sketch.rules)
      set.Add(Draw(rule.action, values), rule.any_call ? AnyCall() : Calls(rule.numbers),
              Draw(sketch, rule, values));
    policy.Add(set);
  }
  if (sketch.default_action) policy.Default(Draw(*sketch.default_action, values));
  if (sketch.bad_architecture) policy.BadArchitecture(Draw(*sketch.bad_architecture, values));
  if (sketch.newest_known) policy.KnownUpTo(Syscall(*sketch.newest_known));
  if (sketch.newest_known_kernel) policy.KnownUpTo(*sketch.newest_known_kernel);
  if (sketch.unknown) policy.Unknown(Draw(*sketch.unknown, values));
  if (sketch.for_new_kernels) policy.ForLinuxFrom(5, 4);
  if (!sketch.counts.empty()) policy.SyscallCounts(sketch.counts);
  return policy;
}

// ---- Making sketches.

class Sketcher {
 public:
  Sketcher(Random random, const PolicyShape& shape)
      : shape_(shape), random_(std::move(random)), values_(NativeLikeTarget(), RandomVariables()) {
    sketch_.uses_variables = shape.variables;
    sketch_.always_allowed = shape.always_allowed;
    sketch_.ingredients = RandomIngredients(random_);
    numbers_ = shape.numbers.empty() ? RandomNumbers() : shape.numbers;
  }

  PolicySketch Make() {
    for (std::size_t i = 0, count = random_.Below(4); i <= count; ++i) AddRuleSet();
    if (random_.OneIn(2) || !shape_.actions.empty()) sketch_.default_action = RandomAction();
    if (random_.OneIn(3) || !shape_.actions.empty()) sketch_.bad_architecture = RandomAction();
    if (random_.OneIn(3)) {
      static const std::vector<Kernel> kernels = {{3, 10}, {5, 6}, {6, 6}, {6, 18}};
      if (shape_.numbers.empty() && random_.OneIn(4))
        sketch_.newest_known_kernel = random_.OneOf(kernels);
      else
        sketch_.newest_known = random_.OneOf(numbers_);
      if (random_.OneIn(2) || !shape_.actions.empty()) sketch_.unknown = RandomAction();
    }
    if (random_.OneIn(2)) AddCounts();
    if (shape_.numbers.empty()) AddSpecialNumbers();
    return std::move(sketch_);
  }

 private:
  // What a sketch is tried with does not depend on the target.
  static const Target& NativeLikeTarget() { return Targets().front(); }

  std::vector<std::uint32_t> RandomNumbers() {
    std::set<std::uint32_t> numbers;
    for (std::size_t i = 0, clusters = random_.Between(1, 4); i < clusters; ++i) {
      const std::size_t first =
          random_.OneIn(8) ? random_.Below(Syscall::kMaximumNumber) : random_.Below(470);
      for (std::size_t j = 0, size = random_.Between(1, 6); j < size; ++j)
        numbers.insert(static_cast<std::uint32_t>(
            std::min<std::size_t>(first + j * random_.Between(1, 2), Syscall::kMaximumNumber)));
    }
    if (random_.OneIn(6)) numbers.insert(0);
    if (random_.OneIn(12)) numbers.insert(Syscall::kMaximumNumber);
    // See AddSpecialNumbers().
    std::erase_if(numbers, [](std::uint32_t number) { return number >= 512 && number <= 547; });
    if (numbers.empty()) numbers.insert(0);
    return {numbers.begin(), numbers.end()};
  }

  ActionSketch RandomAction() {
    if (!shape_.actions.empty()) return {random_.OneOf(shape_.actions), ""};
    if (shape_.variables && random_.OneIn(6)) {
      static const std::vector<Action> with_data = {Action::Errno(1), Action::Trap(), Action::Trace()};
      return {random_.OneOf(with_data), RandomVariables()[random_.Below(3)].name};
    }
    static const std::vector<Action> actions = {
        Action::Allow(),      Action::Allow(),      Action::Allow(),   Action::Errno(1),
        Action::Errno(38),    Action::Errno(4095),  Action::Succeed(), Action::KillThread(),
        Action::Log(),        Action::Trap(),       Action::Trap(7),   Action::Trace(65535),
        Action::UserNotify(), Action::KillProcess()};
    return {random_.OneOf(actions), ""};
  }

  void AddRuleSet() {
    RuleSetSketch set;
    set.only_vsyscall = shape_.vsyscall && random_.OneIn(6);
    for (std::size_t i = 0, count = random_.Between(1, 6); i < count; ++i)
      if (auto rule = RuleFor(set)) set.rules.push_back(std::move(*rule));
    if (!set.rules.empty()) sketch_.rule_sets.push_back(std::move(set));
  }

  // A rule that decides some call behind the rules of `set`; nothing if none was found.
  std::optional<RuleSketch> RuleFor(const RuleSetSketch& set) {
    constexpr int kAttempts = 20;
    for (int i = 0; i < kAttempts; ++i) {
      RuleSketch rule{RandomAction(), SomeNumbers(), std::nullopt};
      if (!random_.OneIn(4)) rule.condition = random_.Fork();
      // Where numbers are chosen, others may be needed.
      if (shape_.numbers.empty() && random_.OneIn(8)) {
        rule.numbers.clear();
        rule.any_call = true;
      }
      if (shape_.idle_rules || DecidesSomeCall(rule, set)) return rule;
    }
    return std::nullopt;
  }

  std::vector<std::uint32_t> SomeNumbers() {
    std::set<std::uint32_t> chosen;
    for (std::size_t i = 0, count = random_.Between(1, 4); i < count; ++i)
      chosen.insert(random_.OneOf(numbers_));
    return {chosen.begin(), chosen.end()};
  }

  static constexpr std::uint32_t kNamedByNone = Syscall::kMaximumNumber + 1;

  bool DecidesSomeCall(const RuleSketch& rule, const RuleSetSketch& set) {
    constexpr int kAttempts = 12;
    const Condition condition = DrawForTrial(rule);
    // One that no rule names stands for all that none names.
    for (const std::uint32_t number : rule.any_call ? std::vector{kNamedByNone} : rule.numbers) {
      const std::vector<Condition> earlier = ConditionsOf(number, set);
      for (int i = 0; i < kAttempts; ++i) {
        seccomp_data call{};
        for (std::size_t field = 0; field < kFields; ++field)
          SetField(call, field, random_.OneIn(2) ? 0 : random_.Word64());
        for (const Condition& other : earlier) MakeLikely(other, false, random_, call);
        MakeLikely(condition, true, random_, call);
        if (!Holds(condition, call)) continue;
        if (std::none_of(earlier.begin(), earlier.end(),
                         [&](const Condition& other) { return Holds(other, call); }))
          return true;
      }
    }
    return false;
  }

  [[nodiscard]] std::vector<Condition> ConditionsOf(std::uint32_t number, const RuleSetSketch& set) const {
    std::vector<Condition> conditions;
    for (const RuleSketch& rule : set.rules)
      if (rule.IsFor(number)) conditions.push_back(DrawForTrial(rule));
    return conditions;
  }

  // With the numbers that a sketch is tried with.
  [[nodiscard]] Condition DrawForTrial(const RuleSketch& rule) const {
    return WithNumbers(Draw(sketch_, rule, values_), NumbersOf(RandomVariables(), {3, 3, 7, 0x7f0000001000}));
  }

  // A rule set for skipped calls, and for numbers that may be named only where the kernel is new enough.
  void AddSpecialNumbers() {
    sketch_.for_new_kernels = random_.OneIn(4);
    std::vector<std::uint32_t> special = {Target::kSkippedCall, 511, 548};
    if (sketch_.for_new_kernels) special.insert(special.end(), {512, 513, 530, 546, 547});
    if (!random_.OneIn(3)) return;
    numbers_ = special;
    AddRuleSet();
  }

  void AddCounts() {
    std::set<std::uint32_t> chosen;
    for (std::size_t i = 0, count = random_.Between(1, 12); i < count; ++i)
      chosen.insert(random_.OneIn(5) ? static_cast<std::uint32_t>(random_.Below(470))
                                     : random_.OneOf(numbers_));
    for (const std::uint32_t number : chosen) {
      const std::size_t digits = random_.Below(7);
      std::size_t most = 1;
      for (std::size_t i = 0; i < digits; ++i) most *= 10;
      sketch_.counts.push_back({CallOf(number), random_.Below(most)});
    }
  }

  const PolicyShape& shape_;
  Random random_;
  Values values_;
  PolicySketch sketch_;
  std::vector<std::uint32_t> numbers_;
};

// ---- What a policy mentions.

struct Mentioned {
  std::set<std::string> variables;
  std::set<std::uint32_t> constants;

  void Add(const Word& word) {
    if (word.IsVariable())
      variables.insert(word.variable());
    else
      constants.insert(word.constant());
  }
  void Add(const Action& action) { Add(action.data()); }
  [[nodiscard]] bool Has(const Variable& variable) const {
    return variables.count(variable.name) != 0 || variables.count(LowHalfName(variable.name)) != 0;
  }
};

Mentioned MentionedIn(const Policy& policy) {
  Mentioned mentioned;
  for (const RuleSet& set : policy.rule_sets())
    for (const Rule& rule : set.rules()) {
      mentioned.Add(rule.action);
      for (const Condition& leaf : LeavesOf(rule.condition))
        for (const Value& value : ValuesOf(leaf)) {
          mentioned.Add(value.low());
          mentioned.Add(value.high());
        }
    }
  mentioned.Add(policy.default_action());
  mentioned.Add(policy.bad_architecture_action());
  if (policy.unknown_action()) mentioned.Add(*policy.unknown_action());
  return mentioned;
}

}  // namespace

ProgramDefinition RandomDefinition(std::uint64_t seed, const PolicyShape& shape) {
  ProgramDefinition definition = RandomDefinition(Random(seed), shape);
  definition.name += "-" + std::to_string(seed);
  return definition;
}

ProgramDefinition RandomDefinition(Random random, const PolicyShape& shape) {
  const auto sketch = std::make_shared<const PolicySketch>(Sketcher(std::move(random), shape).Make());
  const Mentioned mentioned = MentionedIn(Draw(*sketch, Values(Targets().front(), RandomVariables())));

  ProgramDefinition definition;
  definition.name = "random";
  for (const Variable& variable : RandomVariables())
    if (mentioned.Has(variable)) definition.variables.push_back(variable);
  definition.policy = [sketch](const Values& values) { return Draw(*sketch, values); };
  return definition;
}

std::vector<std::vector<std::uint64_t>> InterestingValues(const ProgramDefinition& definition,
                                                          const Target& target, std::uint64_t seed) {
  const std::vector<Variable>& variables = definition.variables;
  if (variables.empty()) return {{}};
  std::set<std::uint32_t> mentioned = MentionedIn(definition.policy(Values(target, variables))).constants;
  if (mentioned.empty()) mentioned.insert(0);
  const std::vector<std::uint32_t> constants(mentioned.begin(), mentioned.end());
  Random random(seed);

  std::vector<std::vector<std::uint64_t>> sets;
  const auto add = [&](const auto& word) {
    std::vector<std::uint64_t> values;
    for (std::uint64_t i = 0; i < variables.size(); ++i) {
      const std::uint64_t low = word(i) & 0xffffffff;
      values.push_back(variables[i].bits == 64 ? (word(i + 1) << 32 | low) : low);
    }
    sets.push_back(std::move(values));
  };
  add([](std::uint64_t) { return std::uint64_t{0}; });
  add([](std::uint64_t) { return std::uint64_t{0xffffffff}; });
  add([](std::uint64_t) { return std::uint64_t{7}; });
  add([](std::uint64_t i) { return 3 + i; });
  add([](std::uint64_t i) { return 0x80000001 - i; });
  for (int i = 0; i < 3; ++i) add([&](std::uint64_t) { return std::uint64_t{random.OneOf(constants)}; });
  for (int i = 0; i < 3; ++i)
    add([&](std::uint64_t) { return random.OneOf(constants) + random.Below(3) - std::uint64_t{1}; });
  add([&](std::uint64_t) { return std::uint64_t{random.Word32()}; });
  return sets;
}

ResolvedPolicy PolicyFor(const ProgramDefinition& definition, const std::vector<std::uint64_t>& values,
                         const Target& target) {
  return WithNumbers(Resolve(definition.policy(Values(target, definition.variables)), target),
                     NumbersOf(definition.variables, values));
}

}  // namespace precompiledseccomp::testing
