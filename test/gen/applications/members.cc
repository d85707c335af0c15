// SPDX-License-Identifier: Apache-2.0
//
// Classes of a user, seen from other libraries or not, with members of our types: no compiler warns.
#include <optional>
#include <vector>

#include "f.h"

namespace user {

namespace pcs = precompiledseccomp;

struct Sandbox {
  pcs::Filter filter;
  pcs::InstallOptions options;
  std::optional<pcs::InstallResult> result;
  pcs::RenderResult error;
  pcs::VariableValue value;
  std::vector<pcs::VariableValue> values;
  const pcs::Program* program;
  filters::Worker worker;
  filters::OnlyAt only_at;
  filters::Everything everything;
  decltype(filters::Worker{.fd1 = 1, .fd2 = 2}.Render()) rendered;
};

class [[gnu::visibility("default")]] Exported {
 public:
  Exported(pcs::InstallResult result, filters::Worker worker);
  virtual ~Exported();

 private:
  pcs::Filter filter_;
  pcs::InstallOptions options_;
  pcs::InstallResult result_;
  pcs::RenderResult error_;
  filters::Worker worker_;
};

Exported::Exported(pcs::InstallResult result, filters::Worker worker) : result_(result), worker_(worker) {
  if (result_.ok()) result_ = pcs::Install(worker_.Render(), options_);
}

Exported::~Exported() = default;

Sandbox Make() {
  return {.filter = {},
          .options = {.tsync = true},
          .result = {},
          .error = {},
          .value = {"fd1", 1},
          .values = {},
          .program = nullptr,
          .worker = {.fd1 = 1, .fd2 = 2},
          .only_at = {.address = 1, .size = 2},
          .everything = {},
          .rendered = filters::Worker{.fd1 = 1, .fd2 = 2}.Render()};
}

}  // namespace user
