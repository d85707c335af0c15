// SPDX-License-Identifier: Apache-2.0
//
// Whether policies, or parts of them, are the same as they are written: constants of the same number,
// variables of the same name. Whether they are equal at run time is another question, so that authors have no
// operator for it.
#pragma once

#include <precompiledseccomp/action.h>
#include <precompiledseccomp/condition.h>
#include <precompiledseccomp/policy.h>
#include <precompiledseccomp/value.h>

namespace precompiledseccomp {

inline bool AreSame(const Word& left, const Word& right) {
  if (left.IsVariable() || right.IsVariable()) return left.variable() == right.variable();
  return left.constant() == right.constant();
}

inline bool AreSame(const Action& left, const Action& right) {
  return left.kind() == right.kind() && AreSame(left.data(), right.data());
}

inline bool AreSame(const Operand& left, const Operand& right) {
  return left.source() == right.source() && left.index() == right.index() &&
         left.parameter() == right.parameter() && left.bits() == right.bits() &&
         left.IsSigned() == right.IsSigned();
}

bool AreSame(const Condition& left, const Condition& right);

// All that they say, member by member, and so by other means than precompile/serialize.h, which is judged by
// this. Where rules stand in the author's source is no part of it.
bool AreSame(const Policy& left, const Policy& right);

}  // namespace precompiledseccomp
