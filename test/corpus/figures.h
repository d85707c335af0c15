// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <linux/filter.h>

#include "corpus/corpus.h"

// How good a filter is, in numbers that do not depend on the machine.
namespace precompiledseccomp::testing {

struct Figures {
  std::size_t instructions = 0;
  // Instructions executed, on average over call numbers 0 to 469 with all arguments zero: what installing
  // costs.
  double mean_path = 0;
  // The most that one of these numbers executes.
  std::size_t worst_path = 0;
  // Numbers from 0 to 469 that the kernel caches.
  std::size_t cacheable = 0;
  // Instructions executed, on average over the profiled calls that are allowed but not cacheable, each as
  // often as it is made; 0 without such calls.
  double mean_checked = 0;
  // Instructions executed, on average over the calls that the policy says are made often and that are not
  // cacheable, each as often as it says, with all arguments zero; 0 without such calls.
  double mean_hot = 0;
};

Figures FiguresOf(std::span<const sock_filter> program, const CorpusPolicy& policy);

// A policy as we compile it, and as others did.
struct ComparedPolicy {
  std::string name;
  bool has_profile = false;  // says which calls are made often: then others' paths may get longer
  Figures ours;
  struct Theirs {
    std::string compiler;
    Figures figures;
  };
  std::vector<Theirs> references;
};

std::vector<ComparedPolicy> CompareWithReferences(const std::vector<CorpusPolicy>& policies);

// Our figures divided by those of one compiler, as geometric means over the policies of a folder.
struct GroupRatios {
  std::string group;  // "firecracker by libseccomp 2.5.4 tree"
  std::size_t policies = 0;
  double instructions = 0;
  double mean_path = 0;
  double worst_path = 0;
};

std::vector<GroupRatios> RatiosByGroup(const std::vector<ComparedPolicy>& policies);

// The group of a policy and a compiler of references.
std::string GroupOf(const std::string& policy, const std::string& compiler);

// Of at least one number.
double GeometricMean(const std::vector<double>& numbers);

// Prints the policies, then the groups.
void PrintTable(const std::vector<ComparedPolicy>& policies);

}  // namespace precompiledseccomp::testing
