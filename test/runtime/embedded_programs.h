// SPDX-License-Identifier: Apache-2.0
//
// What the generator writes for a module with five programs, made by hand: the header.
#pragma once

#include <precompiledseccomp/install.h>
#include <precompiledseccomp/interface.h>
#include <precompiledseccomp/program.h>

namespace embedded {
inline namespace content_of_five_programs {

PRECOMPILEDSECCOMP_LOCAL const precompiledseccomp::Program* GetPrecompiled(std::string_view name) noexcept;
PRECOMPILEDSECCOMP_LOCAL const precompiledseccomp::Program* GetPrecompiled(const char* name) noexcept;

// The programs, sorted by name:
//   alias   shares instructions and variables with `worker`
//   answer  getppid() fails with the error number `code`
//   idle    no variables: everything is allowed
//   wide    a 64-bit variable `address`, both halves in two places; a variable `unused` that stands nowhere
//   worker  fcntl(fd, ...) is allowed for `fd1` and `fd2`, and fails with EPERM for others
PRECOMPILEDSECCOMP_LOCAL std::span<const precompiledseccomp::Program> Programs() noexcept;

struct Worker {
  precompiledseccomp::Uint32Variable fd1;
  precompiledseccomp::Uint32Variable fd2;

  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] precompiledseccomp::Filter Render() const noexcept;
};

struct Wide {
  precompiledseccomp::Uint64Variable address;
  precompiledseccomp::Uint32Variable unused;

  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] precompiledseccomp::Filter Render() const noexcept;
};

struct Idle {
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] precompiledseccomp::Filter Render() const noexcept;
};

}  // namespace content_of_five_programs
}  // namespace embedded
