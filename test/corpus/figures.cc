// SPDX-License-Identifier: Apache-2.0

#include "corpus/figures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>

#include <precompiledseccomp/evaluate.h>

#include "bpf/allow_cache.h"
#include "bpf/interpreter.h"
#include "compile/compile.h"
#include "corpus/figures_of_kafel.h"
#include "support/calls.h"

namespace precompiledseccomp::testing {
namespace {

constexpr std::uint32_t kNumbers = 470;

// Instructions executed by each number.
std::vector<std::size_t> Paths(std::span<const sock_filter> program, std::uint32_t audit_arch) {
  std::vector<std::size_t> paths;
  for (std::uint32_t number = 0; number < kNumbers; ++number) {
    paths.push_back(bpf::Run(program, CallOn(audit_arch, number)).executed);
  }
  return paths;
}

double Mean(const std::vector<std::size_t>& numbers) {
  double sum = 0;
  for (const std::size_t number : numbers) sum += static_cast<double>(number);
  return sum / static_cast<double>(numbers.size());
}

double MeanChecked(std::span<const sock_filter> program, const std::vector<ProfiledCall>& profile) {
  double executed = 0;
  double calls = 0;
  for (const ProfiledCall& profiled : profile) {
    if (profiled.cacheable || profiled.answer != SECCOMP_RET_ALLOW) continue;
    const auto count = static_cast<double>(profiled.count);
    executed += count * static_cast<double>(bpf::Run(program, profiled.call).executed);
    calls += count;
  }
  return calls == 0 ? 0 : executed / calls;
}

double MeanHot(std::span<const sock_filter> program, const CorpusPolicy& policy) {
  double executed = 0;
  double calls = 0;
  for (const auto& [number, count] : Resolve(policy.policy, *policy.target).counts) {
    if (bpf::IsCacheable(program, number, policy.target->audit_arch)) continue;
    const auto times = static_cast<double>(count);
    executed +=
        times * static_cast<double>(bpf::Run(program, CallOn(policy.target->audit_arch, number)).executed);
    calls += times;
  }
  return calls == 0 ? 0 : executed / calls;
}

std::string OneDigit(double figure) {
  if (figure == 0) return "";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", figure);
  return text.data();
}

void PrintFigures(const std::string& name, const std::string& compiler, const Figures& figures) {
  std::printf("%-40s %-24s %12zu %10.1f %11zu %10zu %10s", name.c_str(), compiler.c_str(),
              figures.instructions, figures.mean_path, figures.worst_path, figures.cacheable,
              OneDigit(figures.mean_hot).c_str());
  if (figures.mean_checked > 0) std::printf(" %13.2f", figures.mean_checked);
  std::printf("\n");
}

}  // namespace

Figures FiguresOf(std::span<const sock_filter> program, const CorpusPolicy& policy) {
  const std::uint32_t arch = policy.target->audit_arch;
  const std::vector<std::size_t> paths = Paths(program, arch);
  return {program.size(),
          Mean(paths),
          *std::max_element(paths.begin(), paths.end()),
          bpf::CacheableNumbers(program, arch, kNumbers).size(),
          MeanChecked(program, policy.profile),
          MeanHot(program, policy)};
}

std::vector<ComparedPolicy> CompareWithReferences(const std::vector<CorpusPolicy>& policies) {
  std::vector<ComparedPolicy> compared;
  for (const CorpusPolicy& policy : policies) {
    ComparedPolicy& one = compared.emplace_back();
    one.name = policy.name;
    one.has_profile = !policy.policy.counts().empty();
    one.ours = FiguresOf(Compile(Resolve(policy.policy, *policy.target)), policy);
    for (const Reference& reference : policy.references)
      one.references.push_back({reference.compiler, FiguresOf(reference.program, policy)});
    if (const auto kafel = FiguresOfKafel(policy.name)) one.references.push_back({"kafel", *kafel});
  }
  return compared;
}

std::vector<GroupRatios> RatiosByGroup(const std::vector<ComparedPolicy>& policies) {
  struct Ratios {
    std::vector<double> instructions;
    std::vector<double> mean_path;
    std::vector<double> worst_path;
  };
  std::map<std::string, Ratios> by_group;
  for (const ComparedPolicy& policy : policies)
    for (const auto& [compiler, theirs] : policy.references) {
      Ratios& ratios = by_group[GroupOf(policy.name, compiler)];
      const auto ratio = [](std::size_t a, std::size_t b) {
        return static_cast<double>(a) / static_cast<double>(b);
      };
      ratios.instructions.push_back(ratio(policy.ours.instructions, theirs.instructions));
      ratios.mean_path.push_back(policy.ours.mean_path / theirs.mean_path);
      ratios.worst_path.push_back(ratio(policy.ours.worst_path, theirs.worst_path));
    }
  std::vector<GroupRatios> groups;
  for (const auto& [group, ratios] : by_group)
    groups.push_back({group, ratios.instructions.size(), GeometricMean(ratios.instructions),
                      GeometricMean(ratios.mean_path), GeometricMean(ratios.worst_path)});
  return groups;
}

std::string GroupOf(const std::string& policy, const std::string& compiler) {
  return policy.substr(0, policy.find('/')) + " by " + compiler;
}

double GeometricMean(const std::vector<double>& numbers) {
  double sum = 0;
  for (const double number : numbers) sum += std::log(number);
  return std::exp(sum / static_cast<double>(numbers.size()));
}

void PrintTable(const std::vector<ComparedPolicy>& policies) {
  std::printf("%-40s %-24s %12s %10s %11s %10s %10s %13s\n", "policy", "compiler", "instructions",
              "mean path", "worst path", "cacheable", "mean hot", "mean checked");
  for (const ComparedPolicy& policy : policies) {
    PrintFigures(policy.name, "ours", policy.ours);
    for (const auto& [compiler, figures] : policy.references) PrintFigures("", compiler, figures);
  }
  std::printf("\n%-52s %12s %12s %10s %11s\n", "ours / theirs, geometric means", "policies", "instructions",
              "mean path", "worst path");
  for (const GroupRatios& group : RatiosByGroup(policies))
    std::printf("%-52s %12zu %12.3f %10.3f %11.3f\n", group.group.c_str(), group.policies, group.instructions,
                group.mean_path, group.worst_path);
}

}  // namespace precompiledseccomp::testing
