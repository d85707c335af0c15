// SPDX-License-Identifier: Apache-2.0
#include <cerrno>

#include "good.h"

namespace {

namespace pcs = precompiledseccomp;
using pcs::Arg;
using pcs::Arg32;

// Reads from both descriptors, writes to one.
pcs::Policy Copy(const pcs::Value& destination, const pcs::Value& source) {
  pcs::Policy policy;
  policy.Allow("read", Arg32(0) == destination || Arg32(0) == source);
  policy.Allow("write", Arg32(0) == destination);
  policy.Allow({"exit_group", "rt_sigreturn", "futex"});
  policy.Errno(EACCES, "openat");
  policy.KnownUpTo("futex_waitv");
  policy.Accept("missing-companion", "no libc calls these");
  return policy;
}

pcs::Policy WriteToFirst(const pcs::Values& v) {
  return Copy(v["fd1"], v["fd2"]);
}

pcs::Policy WriteToSecond(const pcs::Values& v) {
  return Copy(v["fd2"], v["fd1"]);
}

pcs::Policy OnlyAt(const pcs::Values& v) {
  pcs::Policy policy;
  policy.Allow("munmap", Arg(0) == v.Uint64("address") && Arg(1) <= v["size"]);
  policy.Allow("exit_group");
  return policy;
}

pcs::Policy Refuse(const pcs::Values& v) {
  return pcs::Policy().Default(pcs::Action::Errno(v["code"])).Allow({"exit_group", "getpid"});
}

// The second rule set is absorbed by the first: the variable is used in the policy, but stands nowhere in the
// filter.
pcs::Policy Absorbed(const pcs::Values& v) {
  pcs::Policy policy;
  policy.Allow("read");
  policy.Add(pcs::RuleSet().Allow("read", Arg32(0) == v["fd"]));
  return policy;
}

pcs::Policy Everything(const pcs::Values&) {
  return pcs::Policy().Default(pcs::Action::Allow());
}

}  // namespace

std::vector<pcs::ProgramDefinition> GoodPrograms() {
  return {
      {"worker", {"fd1", "fd2"}, WriteToFirst},
      {"worker/second", {"fd1", "fd2"}, WriteToSecond},
      {"only-at", {pcs::Uint64("address"), "size"}, OnlyAt, pcs::Proof::kRequired, {.spec_allow = true}},
      {"refuse", {"code"}, Refuse},
      {"absorbed", {"fd"}, Absorbed},
      {"everything", {}, Everything},
      {"twin.1", {"fd1", "fd2"}, WriteToFirst},
      {"Table", {}, Everything},
  };
}
