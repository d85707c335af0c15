// SPDX-License-Identifier: Apache-2.0
//
// As many programs as the supervisor of a sandbox has configurations: 576, one for each combination of six
// options and nine platforms. An option adds rules, a platform changes a constant; some platforms are alike
// to the filter, so that 384 of the programs are distinct.

#include <array>
#include <string>
#include <vector>

#include "bench/variants.h"

namespace precompiledseccomp::testing {
namespace {

constexpr unsigned kPlatforms = 9;
constexpr unsigned kDistinctPlatforms = 6;

// ---- What each option adds.

void AddHostNetwork(Policy& policy) {
  policy.Allow("socket", Arg32(0).In({2, 10}) && Arg32(1).In({1, 2, 3}) && Arg32(2).In({0, 6, 17}));
  policy.Allow({"connect", "bind"}, Arg32(0).NonNegativeFd() && Arg32(2) <= 128);
  policy.Allow("setsockopt", Arg32(1) == 1 && Arg32(2).In({2, 6, 7, 8, 9, 13, 15, 20, 21, 29, 36}));
  policy.Allow("setsockopt", Arg32(1).In({0, 41}) && Arg32(2).In({1, 2, 8, 12, 13, 26, 49, 66, 67}));
}

void AddDirectFileAccess(Policy& policy) {
  constexpr int kNoFollow = 0x20000;
  policy.Allow("openat", Arg32(0).NonNegativeFd() && (Arg32(2) & kNoFollow) == kNoFollow);
  policy.Allow({"mkdirat", "fchmodat"}, Arg32(0).NonNegativeFd() && Arg32(2).OnlyBits(07777));
  policy.Allow("unlinkat", Arg32(0).NonNegativeFd() && Arg32(2).In({0, 0x200}));
  policy.Allow("symlinkat", Arg32(1).NonNegativeFd());
}

void AddGraphics(Policy& policy) {
  constexpr unsigned kControl = 0xc0204600;
  std::vector<Value> numbers;
  for (unsigned i = 0; i < 60; ++i) numbers.emplace_back(kControl + (i << 16) + 7 * i);
  policy.Allow("ioctl", Arg32(0).NonNegativeFd() && Arg32(1).In(numbers));
}

void AddProfiling(Policy& policy) {
  policy.Allow("perf_event_open", Arg32(3) == 0xffffffff && Arg(4) == 8);
  policy.Allow("prctl", Arg32(0).In({31, 32}));
}

void AddCoreScheduling(Policy& policy) {
  policy.Allow("prctl", Arg32(0) == 62 && Arg(1) <= 3 && Arg(3) <= 2);
}

void AddAsynchronousIo(Policy& policy) {
  policy.Allow("io_uring_setup", Arg32(0) <= 4096);
  policy.Allow("io_uring_enter", Arg32(0).NonNegativeFd() && Arg32(3).OnlyBits(3) && Arg(4) == 0);
}

using Option = void (*)(Policy& policy);
constexpr std::array<Option, 6> kOptions = {AddHostNetwork, AddDirectFileAccess, AddGraphics,
                                            AddProfiling,   AddCoreScheduling,   AddAsynchronousIo};

// ---- The programs.

Policy Variant(const ProgramDefinition& common, const Values& values, unsigned options, unsigned platform) {
  Policy policy = common.policy(values);
  RuleSet of_platform;
  of_platform.Allow("ioctl", Arg32(1) == 0xae80 + platform % kDistinctPlatforms);
  policy.Add(of_platform);
  for (unsigned i = 0; i < kOptions.size(); ++i)
    if ((options >> i & 1) != 0) kOptions[i](policy);
  return policy;
}

// "supervisor/platform-3/options-101001"
std::string Name(unsigned options, unsigned platform) {
  std::string name = "supervisor/platform-" + std::to_string(platform) + "/options-";
  for (unsigned i = 0; i < kOptions.size(); ++i) name += (options >> i & 1) != 0 ? '1' : '0';
  return name;
}

std::vector<ProgramDefinition> Variants() {
  const ProgramDefinition common = CommonOfVariants();
  std::vector<ProgramDefinition> programs;
  for (unsigned platform = 0; platform < kPlatforms; ++platform)
    for (unsigned options = 0; options < 1U << kOptions.size(); ++options)
      programs.push_back({Name(options, platform), common.variables,
                          [=](const Values& values) { return Variant(common, values, options, platform); }});
  return programs;
}

}  // namespace
}  // namespace precompiledseccomp::testing

PRECOMPILEDSECCOMP_MODULE(precompiledseccomp::testing::Variants)
