// SPDX-License-Identifier: Apache-2.0
//
// What the tables of parameters promise as a whole: that they know every call but those listed here, and that
// they do not contradict each other.

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "support/targets.h"
#include "target/parameter_tables.h"
#include "target/parameters.h"
#include "target/syscall_names.h"

namespace precompiledseccomp::testing {
namespace {

using Names = std::set<std::string, std::less<>>;

// Numbers of calls that no kernel implements any more, or none ever did (syscalls(2)).
const Names kWithoutImplementation = {
    "_sysctl",         "afs_syscall", "create_module", "epoll_ctl_old", "epoll_wait_old",
    "get_kernel_syms", "getpmsg",     "nfsservctl",    "putpmsg",       "query_module",
    "security",        "tuxcall",     "vserver",
};

// Calls up to number 469 that a libseccomp may be too old for. (uprobe and uretprobe are x86-64's.)
const Names kNewCalls = {
    "cachestat",   "file_getattr",      "file_setattr",     "fchmodat2",         "futex_requeue",
    "futex_wait",  "futex_waitv",       "futex_wake",       "getxattrat",        "listmount",
    "listxattrat", "lsm_get_self_attr", "lsm_list_modules", "lsm_set_self_attr", "map_shadow_stack",
    "mseal",       "open_tree_attr",    "process_mrelease", "removexattrat",     "set_mempolicy_home_node",
    "setxattrat",  "statmount",         "uprobe",           "uretprobe",
};

// Every call that a table knows.
Names KnownCalls() {
  Names calls;
  for (const ParametersOfCall& row : DeclaredParameters()) calls.emplace(row.call);
  for (const ParametersOfCall& row : FurtherParameters()) calls.emplace(row.call);
  return calls;
}

Names KernelNames(const Target& target, std::string_view call) {
  const std::vector<Parameter> parameters = ParametersOf(target, call).value();
  Names names;
  for (const Parameter& parameter : parameters) names.emplace(parameter.name);
  return names;
}

// "manual=kernel manual=kernel" as pairs.
std::vector<std::pair<std::string, std::string>> Pairs(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    BOOST_REQUIRE(equals != std::string::npos);
    pairs.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  return pairs;
}

std::string Joined(const Names& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

template <typename Rows>
void CheckSortedByCall(const Rows& rows) {
  for (std::size_t i = 1; i < rows.size(); ++i)
    BOOST_TEST((rows[i - 1].call < rows[i].call), rows[i].call << " stands after " << rows[i - 1].call);
}

BOOST_AUTO_TEST_SUITE(ParameterTablesTest)

BOOST_AUTO_TEST_CASE(EveryCallIsKnownButThoseWithoutAnImplementation) {
  for (const Target& target : Targets()) BOOST_TEST_CONTEXT(target.name) {
      Names calls = kNewCalls;
      for (const std::string& name : SyscallNames(target))
        if (!name.empty()) calls.insert(name);
      Names unknown;
      Names expected;
      for (const std::string& call : calls) {
        if (!ParametersOf(target, call)) unknown.insert(call);
        if (kWithoutImplementation.count(call) != 0) expected.insert(call);
      }
      BOOST_TEST(Joined(unknown) == Joined(expected));
    }
}

BOOST_AUTO_TEST_CASE(TablesThatAreSearchedAreSorted) {
  CheckSortedByCall(DeclaredParameters());
  CheckSortedByCall(ManualNames());
}

BOOST_AUTO_TEST_CASE(ACallHasAtMostSixParametersOfDifferentNames) {
  for (const Target& target : Targets())
    for (const std::string& call : KnownCalls()) BOOST_TEST_CONTEXT(call << " of " << target.name) {
        const std::vector<Parameter> parameters = ParametersOf(target, call).value();
        BOOST_TEST(parameters.size() <= 6U);
        BOOST_TEST(KernelNames(target, call).size() == parameters.size());
        for (std::size_t i = 0; i < parameters.size(); ++i) {
          BOOST_TEST(parameters[i].index == static_cast<int>(i));
          BOOST_TEST(!parameters[i].name.empty());
        }
      }
}

// Whoever renews the table of declarations moves nothing by hand, and sees what the new kernel declares.
BOOST_AUTO_TEST_CASE(WhatTheKernelDeclaresIsNotSuppliedBesides) {
  for (const ParametersOfCall& further : FurtherParameters())
    for (const ParametersOfCall& declared : DeclaredParameters()) BOOST_TEST(further.call != declared.call);
}

BOOST_AUTO_TEST_CASE(ATargetHasTheSameNamesForWhatIsItsOwn) {
  for (const ParametersOnTarget& row : ParametersOnTargets()) {
    int targets = 0;
    for (const Target& target : Targets()) {
      if (target.name != row.target) continue;
      BOOST_TEST_CONTEXT(row.call << " of " << row.target)
      BOOST_TEST(Joined(KernelNames(target, row.call)) == Joined(KernelNames(X86(), row.call)));
      ++targets;
    }
    BOOST_TEST(targets == 1, "no target " << row.target);
  }
}

BOOST_AUTO_TEST_CASE(WhatTheKernelLooksAtIsNotWiderThanDeclared) {
  for (const EffectiveClass& row : EffectiveClasses()) BOOST_TEST_CONTEXT(row.call << ", " << row.parameter) {
      const auto declared = std::find_if(DeclaredParameters().begin(), DeclaredParameters().end(),
                                         [&](const ParametersOfCall& r) { return r.call == row.call; });
      BOOST_REQUIRE((declared != DeclaredParameters().end()));
      const std::string wide = "64 " + std::string(row.parameter);
      BOOST_TEST((declared->parameters.find(wide) != std::string_view::npos));
      for (const Target& target : Targets())
        BOOST_TEST(FindParameter(target, row.call, row.parameter).value().bits < 64);
    }
}

BOOST_AUTO_TEST_CASE(AManualNameIsNotAnotherParametersName) {
  for (const Target& target : Targets())
    for (const ManualNamesOfCall& row : ManualNames()) BOOST_TEST_CONTEXT(row.call << " of " << target.name) {
        const Names kernel = KernelNames(target, row.call);
        Names manual;
        for (const auto& [name, meant] : Pairs(row.names)) {
          BOOST_TEST(kernel.count(name) == 0U, name << " is the kernel's own");
          BOOST_TEST(kernel.count(meant) == 1U, meant << " is not the kernel's");
          BOOST_TEST(manual.insert(name).second, name << " stands twice");
          BOOST_TEST(FindParameter(target, row.call, name).value().name == meant);
        }
      }
}

BOOST_AUTO_TEST_CASE(AManualNameOfAnyCallMeansOneParameterAndNeverTheWrongOne) {
  Names used;
  for (const Target& target : Targets())
    for (const std::string& call : KnownCalls()) BOOST_TEST_CONTEXT(call << " of " << target.name) {
        const Names kernel = KernelNames(target, call);
        for (const ManualName& row : ManualNamesOfAnyCall()) {
          if (kernel.count(row.kernel) == 0) continue;
          used.emplace(row.kernel);
          const auto found = FindParameter(target, call, row.manual);
          BOOST_REQUIRE(found.has_value());
          const bool is_kernels_own = kernel.count(row.manual) != 0;
          BOOST_TEST(found->name == (is_kernels_own ? row.manual : row.kernel));
        }
      }
  for (const ManualName& row : ManualNamesOfAnyCall()) BOOST_TEST(used.count(row.kernel) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
