// SPDX-License-Identifier: Apache-2.0

#include "corpus/figures.h"

#include "bpf/allow_cache.h"
#include "bpf/interpreter.h"

namespace precompiledseccomp::testing {
namespace {

constexpr std::uint32_t kNumbers = 470;

double MeanPath(std::span<const sock_filter> program, std::uint32_t audit_arch) {
  std::size_t executed = 0;
  for (std::uint32_t number = 0; number < kNumbers; ++number) {
    seccomp_data call{};
    call.nr = static_cast<int>(number);
    call.arch = audit_arch;
    executed += bpf::Run(program, call).executed;
  }
  return static_cast<double>(executed) / kNumbers;
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

}  // namespace

Figures FiguresOf(std::span<const sock_filter> program, const CorpusPolicy& policy) {
  const std::uint32_t arch = policy.target->audit_arch;
  return {program.size(), MeanPath(program, arch), bpf::CacheableNumbers(program, arch, kNumbers).size(),
          MeanChecked(program, policy.profile)};
}

}  // namespace precompiledseccomp::testing
