// SPDX-License-Identifier: Apache-2.0
//
// What the generator writes for a module with seven programs, made by hand: the header.
#pragma once

#include <precompiledseccomp/install.h>
#include <precompiledseccomp/interface.h>
#include <precompiledseccomp/program.h>

namespace embedded {
inline namespace content_of_seven_programs {

PRECOMPILEDSECCOMP_LOCAL const precompiledseccomp::Program* GetPrecompiled(std::string_view name) noexcept;
PRECOMPILEDSECCOMP_LOCAL const precompiledseccomp::Program* GetPrecompiled(const char* name) noexcept;

// The programs, sorted by name:
//   alias   shares instructions and variables with `worker`; is installed with spec_allow
//   answer  getppid() fails with the error number `code`
//   flipped a 64-bit variable `limit` and a 32-bit one `low`, at places that want the highest bit flipped
//   idle    no variables: everything is allowed
//   kinds   a variable of each kind
//   wide    a 64-bit variable `address`, both halves in two places; a variable `unused` that stands nowhere
//   worker  fcntl(fd, ...) is allowed for `fd1` and `fd2`, and fails with EPERM for others
PRECOMPILEDSECCOMP_LOCAL std::span<const precompiledseccomp::Program> Programs() noexcept;

struct Worker {
  precompiledseccomp::FilledByName filled_by_name = precompiledseccomp::FilledByName::Default();
  precompiledseccomp::Uint32Variable fd1;
  precompiledseccomp::Uint32Variable fd2;

  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] precompiledseccomp::RenderedFilter<7> Render() const noexcept;
};

struct Wide {
  precompiledseccomp::FilledByName filled_by_name = precompiledseccomp::FilledByName::Default();
  precompiledseccomp::Uint64Variable address;
  precompiledseccomp::Uint32Variable unused;

  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] precompiledseccomp::RenderedFilter<5> Render() const noexcept;
};

struct Idle {
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] precompiledseccomp::RenderedFilter<1> Render() const noexcept;
};

struct Kinds {
  precompiledseccomp::FilledByName filled_by_name = precompiledseccomp::FilledByName::Default();
  precompiledseccomp::Uint32Variable fd;
  precompiledseccomp::Uint32Variable pid;
  precompiledseccomp::Uint32Variable code;
  precompiledseccomp::Uint32Variable data;

  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] precompiledseccomp::RenderedFilter<5> Render() const noexcept;
};

}  // namespace content_of_seven_programs
}  // namespace embedded
