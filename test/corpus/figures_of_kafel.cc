// SPDX-License-Identifier: Apache-2.0

#include "corpus/figures_of_kafel.h"

namespace precompiledseccomp::testing {
namespace {

struct Row {
  std::string_view policy;
  Figures figures;
};

// By the code generator of google/kafel at 1af0975, each policy written in its language (calls by number, all
// arguments of eight bytes, one block of actions for each rule set), and its filters compared with the
// policies before they were counted.
constexpr Row kRows[] = {
    {"container/container_default", {106, 10.5745, 15, 297, 0.0000, 0.0000}},
    {"crosvm/9p_device", {171, 11.0426, 43, 82, 0.0000, 24.7152}},
    {"crosvm/balloon_device", {153, 10.9894, 42, 60, 0.0000, 22.1924}},
    {"crosvm/battery", {160, 11.1021, 43, 70, 0.0000, 23.1926}},
    {"crosvm/block", {42, 8.8681, 17, 13, 0.0000, 0.0000}},
    {"crosvm/block_device", {174, 11.1043, 43, 73, 0.0000, 26.3489}},
    {"crosvm/block_device_vhost_user", {194, 11.1468, 43, 75, 0.0000, 38.9749}},
    {"crosvm/common_device", {146, 10.9851, 42, 60, 0.0000, 22.1659}},
    {"crosvm/fs_device", {231, 12.1532, 48, 104, 0.0000, 46.2878}},
    {"crosvm/fw_cfg_device", {153, 10.9894, 42, 60, 0.0000, 22.1924}},
    {"crosvm/gpu_common", {249, 11.1574, 39, 87, 0.0000, 0.0000}},
    {"crosvm/gpu_device", {265, 11.1702, 39, 87, 0.0000, 0.0000}},
    {"crosvm/input_device", {146, 10.9723, 42, 62, 0.0000, 37.8809}},
    {"crosvm/iommu_device", {161, 11.0064, 42, 60, 0.0000, 28.5054}},
    {"crosvm/net", {27, 8.0128, 16, 0, 0.0000, 0.0000}},
    {"crosvm/net_device", {161, 11.0064, 42, 60, 0.0000, 25.3489}},
    {"crosvm/null_audio_device", {153, 10.9894, 42, 62, 0.0000, 22.1924}},
    {"crosvm/pmem_device", {159, 10.9638, 42, 65, 0.0000, 22.1924}},
    {"crosvm/pvclock_device", {153, 10.9894, 42, 60, 0.0000, 22.1924}},
    {"crosvm/rng_device", {153, 10.9894, 42, 61, 0.0000, 22.1924}},
    {"crosvm/scsi", {42, 8.8681, 17, 14, 0.0000, 0.0000}},
    {"crosvm/serial", {25, 7.9234, 16, 2, 0.0000, 0.0000}},
    {"crosvm/serial_device", {161, 11.0021, 42, 62, 0.0000, 22.1924}},
    {"crosvm/snd_cras_device", {170, 11.1149, 43, 66, 0.0000, 23.1924}},
    {"crosvm/snd_null_device", {168, 11.0106, 42, 64, 0.0000, 22.1924}},
    {"crosvm/vhost_net_device", {213, 11.1170, 78, 60, 0.0000, 69.5398}},
    {"crosvm/vhost_user", {34, 7.9404, 24, 2, 0.0000, 0.0000}},
    {"crosvm/vhost_vsock", {89, 8.1149, 72, 1, 0.0000, 0.0000}},
    {"crosvm/vhost_vsock_device", {223, 11.1340, 82, 61, 0.0000, 72.6963}},
    {"crosvm/vios_audio_device", {155, 10.9809, 42, 63, 0.0000, 22.1924}},
    {"crosvm/vtpm_proxy_device", {158, 10.9830, 42, 71, 0.0000, 22.1926}},
    {"firecracker/firecracker_api", {89, 9.9638, 17, 22, 0.0000, 0.0000}},
    {"firecracker/firecracker_vcpu", {111, 10.0596, 46, 20, 0.0000, 0.0000}},
    {"firecracker/firecracker_vmm", {167, 10.1574, 39, 37, 0.0000, 0.0000}},
    {"gvisor/example_program1", {20, 6.0234, 13, 0, 10.6667, 0.0000}},
    {"gvisor/example_program2", {20, 6.0234, 13, 0, 10.6667, 0.0000}},
    {"gvisor/gofer", {298, 11.2617, 29, 48, 22.8736, 0.0000}},
    {"gvisor/gofer_directfs", {250, 11.1191, 29, 38, 22.8760, 0.0000}},
    {"gvisor/sentry_kvm", {519, 12.4085, 171, 48, 58.7244, 58.1918}},
    {"gvisor/sentry_kvm_directfs", {635, 13.6234, 172, 48, 59.7244, 59.1918}},
    {"gvisor/sentry_systrap", {607, 12.4660, 131, 48, 16.0001, 15.5556}},
    {"gvisor/sentry_systrap_directfs", {721, 13.6383, 132, 48, 17.0025, 16.5556}},
    {"gvisor/sentry_systrap_max", {2758, 16.6468, 805, 60, 17.0025, 16.5556}},
    {"gvisor/sentry_systrap_nvproxy_hostinet", {2319, 15.2064, 655, 59, 16.0001, 15.5556}},
    {"gvisor/systrap_notify", {8, 5.5085, 6, 469, 0.0000, 0.0000}},
};

}  // namespace

std::optional<Figures> FiguresOfKafel(std::string_view policy) {
  for (const Row& row : kRows)
    if (row.policy == policy) return row.figures;
  return std::nullopt;
}

}  // namespace precompiledseccomp::testing
