// SPDX-License-Identifier: Apache-2.0
//
// What is found in real policies, and why it is right.
//
//   - upper-half-ignored
//     container: lists of families with holes, which families above 2^32 fall into. gvisor: writev of no
//     vectors is refused, and 2^32 of them are as many.
//   - one-libc-only
//     Requests of ioctl with the highest bit set, which musl passes with a sign; personality of -1.
//   - no-such-argument
//     A sixth argument of mremap, which has five.
//   - sibling-allowed
//     crosvm lets threads be made by clone, and whatever is asked for by clone3; it refuses open and socket,
//     and has io_uring.
//   - missing-companion
//     What libc needs. gvisor is written in Go and calls no libc: it would accept this.
//
// The others are nowhere.
#include <map>
#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/evaluate.h>

#include "corpus/corpus.h"
#include "inspect/findings.h"

namespace precompiledseccomp::testing {
namespace {

// The names of the findings, sorted, of each policy in which there are some.
const std::map<std::string, std::string> kFound = {
    {"container/container_default", "one-libc-only upper-half-ignored"},
    {"crosvm/9p_device", "one-libc-only sibling-allowed"},
    {"crosvm/balloon_device", "one-libc-only sibling-allowed sibling-allowed"},
    {"crosvm/battery", "one-libc-only sibling-allowed sibling-allowed"},
    {"crosvm/block_device", "one-libc-only sibling-allowed sibling-allowed"},
    {"crosvm/block_device_vhost_user", "one-libc-only sibling-allowed sibling-allowed"},
    {"crosvm/common_device", "one-libc-only sibling-allowed"},
    {"crosvm/fs_device", "one-libc-only sibling-allowed sibling-allowed"},
    {"crosvm/fw_cfg_device", "one-libc-only sibling-allowed sibling-allowed"},
    {"crosvm/gpu_common", "missing-companion"},
    {"crosvm/gpu_device", "sibling-allowed sibling-allowed"},
    {"crosvm/input_device", "sibling-allowed sibling-allowed"},
    {"crosvm/iommu_device", "one-libc-only sibling-allowed sibling-allowed"},
    {"crosvm/net_device", "one-libc-only sibling-allowed sibling-allowed"},
    {"crosvm/null_audio_device", "one-libc-only sibling-allowed sibling-allowed"},
    {"crosvm/pmem_device", "one-libc-only sibling-allowed sibling-allowed"},
    {"crosvm/pvclock_device", "one-libc-only sibling-allowed sibling-allowed"},
    {"crosvm/rng_device", "one-libc-only sibling-allowed sibling-allowed"},
    {"crosvm/scsi", "sibling-allowed"},
    {"crosvm/serial_device", "one-libc-only sibling-allowed sibling-allowed"},
    {"crosvm/snd_cras_device", "one-libc-only sibling-allowed sibling-allowed"},
    {"crosvm/snd_null_device", "one-libc-only sibling-allowed sibling-allowed"},
    {"crosvm/vhost_net_device", "one-libc-only sibling-allowed sibling-allowed"},
    {"crosvm/vhost_user", "one-libc-only"},
    {"crosvm/vhost_vsock", "one-libc-only"},
    {"crosvm/vhost_vsock_device", "one-libc-only sibling-allowed sibling-allowed"},
    {"crosvm/vios_audio_device", "one-libc-only sibling-allowed sibling-allowed"},
    {"crosvm/vtpm_proxy_device", "one-libc-only sibling-allowed sibling-allowed"},
    {"firecracker/firecracker_api", "missing-companion"},
    {"firecracker/firecracker_vcpu", "missing-companion"},
    {"firecracker/firecracker_vmm", "missing-companion sibling-allowed"},
    {"gvisor/example_program1", "missing-companion"},
    {"gvisor/example_program2", "missing-companion"},
    {"gvisor/gofer", "missing-companion"},
    {"gvisor/gofer_directfs", "missing-companion"},
    {"gvisor/sentry_kvm", "missing-companion one-libc-only upper-half-ignored"},
    {"gvisor/sentry_kvm_directfs", "missing-companion one-libc-only upper-half-ignored"},
    {"gvisor/sentry_systrap", "missing-companion one-libc-only upper-half-ignored"},
    {"gvisor/sentry_systrap_directfs", "missing-companion one-libc-only upper-half-ignored"},
    {"gvisor/sentry_systrap_max", "missing-companion no-such-argument one-libc-only one-libc-only"},
    {"gvisor/sentry_systrap_nvproxy_hostinet", "missing-companion no-such-argument one-libc-only"},
    {"gvisor/systrap_stub", "missing-companion"},
    {"gvisor/systrap_sysmsg", "missing-companion"},
};

std::string NamesOf(const std::vector<inspect::Finding>& findings) {
  std::multiset<std::string> names;
  for (const inspect::Finding& finding : findings) names.insert(std::string(finding.name));
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

BOOST_AUTO_TEST_SUITE(CorpusFindingsTest)

BOOST_AUTO_TEST_CASE(RealPoliciesAreRightlyToldOrSilent) {
  for (const CorpusPolicy& policy : Corpus()) BOOST_TEST_CONTEXT(policy.name) {
      const auto expected = kFound.find(policy.name);
      const auto findings = inspect::FindingsOf(Resolve(policy.policy, *policy.target), {});
      BOOST_TEST(NamesOf(findings) == (expected == kFound.end() ? "" : expected->second));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
