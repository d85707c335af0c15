// SPDX-License-Identifier: Apache-2.0
//
// An application with stubs in place of the good programs: it compiles as it would with the real ones, but
// nothing is found, and nothing is rendered, which installing says.
#include "f.h"

int main() {
  static_assert(filters::kPrecompilationDisabledAtBuildTime);
  const bool nothing = filters::ListPrecompiled().empty() && filters::GetPrecompiled("worker") == nullptr &&
                       filters::Worker{.fd1 = 1, .fd2 = 2}.Render().instructions().empty() &&
                       filters::OnlyAt{.address = 1, .size = 2}.Render().instructions().empty() &&
                       filters::Everything{}.Render().instructions().empty();
  const std::string_view message =
      "program \"worker\": it was generated with --stub, and has no instructions";
  const auto result = precompiledseccomp::Install(filters::Worker{.fd1 = 1, .fd2 = 2}.Render());
  return nothing && !result.ok() && result.message() == message ? 0 : 1;
}
