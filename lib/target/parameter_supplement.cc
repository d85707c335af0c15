// SPDX-License-Identifier: Apache-2.0
//
// What the declarations of one kernel do not tell. Each row says where in the kernel's sources it comes from.

#include "target/parameter_tables.h"

namespace precompiledseccomp {
namespace {

constexpr ParametersOfCall kDeclared[] = {
#include "target/parameter_table.inc"
};

// Obsolete calls, whose numbers do nothing but fail, are in none of the tables.
constexpr ParametersOfCall kFurther[] = {
    // CONFIG_MODULES: kernel/module/main.c.
    {"delete_module", "ptr name_user, u32 flags"},
    {"finit_module", "s32 fd, ptr uargs, s32 flags"},
    {"init_module", "ptr umod, u64 len, ptr uargs"},
    // CONFIG_KEXEC, CONFIG_KEXEC_FILE: kernel/kexec.c, kernel/kexec_file.c.
    {"kexec_file_load", "s32 kernel_fd, s32 initrd_fd, u64 cmdline_len, ptr cmdline_ptr, u64 flags"},
    {"kexec_load", "u64 entry, u64 nr_segments, ptr segments, u64 flags"},
    // CONFIG_X86_USER_SHADOW_STACK, CONFIG_ARM64_GCS: arch/x86/kernel/shstk.c, arch/arm64/mm/gcs.c.
    {"map_shadow_stack", "u64 addr, u64 size, u32 flags"},
    // 32-bit x86 has them (arch/x86/kernel/tls.c). x86-64 has the numbers, which fail with ENOSYS.
    {"get_thread_area", "ptr u_info"},
    {"set_thread_area", "ptr u_info"},
    // Linux before 5.12 may have it: fs/dcookies.c.
    {"lookup_dcookie", "u64 cookie64, ptr buf, u64 len"},
    // CONFIG_USELIB: fs/exec.c.
    {"uselib", "ptr library"},
};

constexpr ParametersOnTarget kOnTargets[] = {
    // CONFIG_CLONE_BACKWARDS exchanges the last two: kernel/fork.c, arch/arm64/Kconfig.
    {"aarch64", "clone", "u64 clone_flags, u64 newsp, ptr parent_tidptr, u64 tls, ptr child_tidptr"},
    // fadvise64 is the kernel's fadvise64_64, whose length is a loff_t: scripts/syscall.tbl, mm/fadvise.c.
    {"aarch64", "fadvise64", "s32 fd, s64 offset, s64 len, s32 advice"},
};

// A parameter that is taken for wider than it is lets a caller get by a rule that refuses values; one that is
// taken for narrower, by a rule that allows them. So a row stands here only where the sources are plain: the
// value is made narrower before anything looks at it.
constexpr EffectiveClass kEffective[] = {
    // kernel/fork.c, SYSCALL_DEFINE5(clone): lower_32_bits(clone_flags). Flags above these are for clone3.
    // Linux
    // before 5.7 took all 64 bits; 5.5 and 5.6, unless patched, know one flag there, which resets the child's
    // signal handlers (CLONE_CLEAR_SIGHAND).
    {"clone", "clone_flags", "u32"},
    // mm/mempolicy.c, kernel_mbind(): `int lmode = mode`. Linux before 5.15 refused what is above.
    {"mbind", "mode", "s32"},
    // mm/mmap.c, ksys_mmap_pgoff(): fget(fd), which takes an unsigned int. Not `flags`: in do_mmap(),
    // MAP_SHARED_VALIDATE refuses unknown ones in all 64 bits. Not `prot`: do_mmap() compares it with
    // PROT_EXEC.
    {"mmap", "fd", "s32"},
    // fs/read_write.c: fdget() and fdget_pos() take an unsigned int. lib/iov_iter.c, import_iovec(): so is
    // the
    // number of vectors. On a 64-bit architecture pos_l is the whole offset, and pos_h is ignored.
    {"preadv", "fd", "u32"},
    {"preadv", "vlen", "u32"},
    {"preadv2", "fd", "u32"},
    {"preadv2", "vlen", "u32"},
    {"pwritev", "fd", "u32"},
    {"pwritev", "vlen", "u32"},
    {"pwritev2", "fd", "u32"},
    {"pwritev2", "vlen", "u32"},
    {"readv", "fd", "u32"},
    {"readv", "vlen", "u32"},
    {"writev", "fd", "u32"},
    {"writev", "vlen", "u32"},
    // import_iovec() again: mm/process_vm_access.c, for the caller's own vectors, mm/madvise.c, fs/splice.c.
    {"process_madvise", "vlen", "u32"},
    {"process_vm_readv", "liovcnt", "u32"},
    {"process_vm_writev", "liovcnt", "u32"},
    {"vmsplice", "nr_segs", "u32"},
    // kernel/ptrace.c: find_get_task_by_vpid(pid), which takes a pid_t. `request` is a long throughout.
    {"ptrace", "pid", "s32"},
};

}  // namespace

std::span<const ParametersOfCall> DeclaredParameters() {
  return kDeclared;
}

std::span<const ParametersOfCall> FurtherParameters() {
  return kFurther;
}

std::span<const ParametersOnTarget> ParametersOnTargets() {
  return kOnTargets;
}

std::span<const EffectiveClass> EffectiveClasses() {
  return kEffective;
}

}  // namespace precompiledseccomp
