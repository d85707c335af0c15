// SPDX-License-Identifier: Apache-2.0
//
// Definitions are equal if their bytes are.

#include <cerrno>
#include <functional>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/precompile.h>

#include "policy/same.h"
#include "precompile/ask.h"
#include "precompile/serialize.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

using Function = std::function<Policy(const Values&)>;

BOOST_AUTO_TEST_SUITE(SerializeTest)

std::string ContentOf(std::vector<Variable> variables, const Function& function,
                      const Target& target = X86()) {
  const ProgramDefinition definition{"p", std::move(variables), function};
  return precompile::ContentOf(definition, target,
                               precompile::Serialize(precompile::AskForPolicy(definition, target, 1)));
}

BOOST_AUTO_TEST_CASE(EqualDefinitionsOfAnyNameHaveEqualContent) {
  const Function function = [](const Values& v) {
    return Policy().Allow("read", Arg(0) == v["fd"]).Errno(EPERM, "write");
  };
  const ProgramDefinition other{"other", {"fd"}, function};
  const std::string policy = precompile::Serialize(precompile::AskForPolicy(other, X86(), 1));
  BOOST_TEST((precompile::ContentOf(other, X86(), policy) == ContentOf({"fd"}, function)));
}

// Each differs in one thing from the first.
BOOST_AUTO_TEST_CASE(WhateverMakesADifferenceIsInTheContent) {
  using Make = Policy (*)(const Value& fd);
  const Make makes[] = {
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1);
      },
      [](const Value& fd) {
        return Policy().Log({"read", "write"}, Arg(0) == fd && Arg(1) == 1);
      },
      [](const Value& fd) { return Policy().Allow({"read"}, Arg(0) == fd && Arg(1) == 1); },
      [](const Value& fd) {
        return Policy().Allow({"read", Syscall(1)}, Arg(0) == fd && Arg(1) == 1);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", IfAvailable("write")}, Arg(0) == fd && Arg(1) == 1);
      },
      [](const Value& fd) { return Policy().Allow(AnyCall(), Arg(0) == fd && Arg(1) == 1); },
      [](const Value& fd) {
        return Policy().Allow({"read", IfAvailable("write", 1)}, Arg(0) == fd && Arg(1) == 1);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd || Arg(1) == 1);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 2);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg32(1) == 1);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(2) == 1);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) >= 1);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1).In({1}));
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && (Arg(1) & 1) == 1);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1).OnlyBits(1));
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, !(Arg(0) == fd && Arg(1) == 1));
      },
      [](const Value& fd) {
        return Policy()
            .Add(RuleSet().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1))
            .Allow(Syscall(7));
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1).Default(Action::Errno(fd));
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1).Default(Action::Trap());
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1).BadArchitecture(Action::Trap());
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1).KnownUpTo("openat");
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1).KnownUpTo(Kernel{6, 6});
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1).HotSyscalls({"read"});
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1).ForLinuxFrom(5, 4);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1).ForLinuxFrom(5, 10);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1).ReportsViolations(fd);
      },
      [](const Value& fd) {
        return Policy().Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1).ReportsViolations(2);
      },
      [](const Value& fd) {
        return Policy()
            .Allow({"read", "write"}, Arg(0) == fd && Arg(1) == 1)
            .ReportsViolations(fd, AfterReport::kContinue);
      },
  };
  std::set<std::string> contents;
  const Value fd(Word(), Word::Variable("fd"));
  for (const Make make : makes)
    for (const Make other : makes) BOOST_TEST(AreSame(make(fd), other(fd)) == (make == other));
  for (const Make make : makes)
    contents.insert(ContentOf({"fd"}, [make](const Values& v) { return make(v["fd"]); }));
  // The same policy with another name or width for the variable, and for another target.
  contents.insert(ContentOf({"f"}, [&](const Values& v) { return makes[0](v["f"]); }));
  contents.insert(ContentOf({Uint64("fd")}, [&](const Values& v) { return makes[0](v.Uint64("fd")); }));
  contents.insert(ContentOf(
      {"fd"}, [&](const Values& v) { return makes[0](v["fd"]); }, Arm()));
  BOOST_TEST(contents.size() == std::size(makes) + 3);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
