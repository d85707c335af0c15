// SPDX-License-Identifier: Apache-2.0
//
// What looks for findings: a function for each. They are given all of a policy, and tell what they find, in
// any order; of what they tell of one rule, the first counts.
#pragma once

#include <functional>
#include <string>

#include <precompiledseccomp/evaluate.h>

#include "inspect/subject.h"

namespace precompiledseccomp::inspect {

// Tells of a finding: its rule, and its text.
using Tell = std::function<void(const ResolvedRule& rule, const std::string& text)>;

// encoding_findings.cc
void FindEvasionsByIgnoredBits(const Subject& subject, const Tell& tell);
void FindOneSidedEncodings(const Subject& subject, const Tell& tell);
// argument_findings.cc
void FindTestsOfNoArgument(const Subject& subject, const Tell& tell);
void FindTestsOfHalfAParameter(const Subject& subject, const Tell& tell);
void FindTestsOfPointers(const Subject& subject, const Tell& tell);
void FindNotifiedPointers(const Subject& subject, const Tell& tell);
// refusal_findings.cc
void FindDeadRefusals(const Subject& subject, const Tell& tell);
void FindOpenSiblings(const Subject& subject, const Tell& tell);
// libc_findings.cc
void FindMissingCompanions(const Subject& subject, const Tell& tell);
void FindWrongErrors(const Subject& subject, const Tell& tell);

}  // namespace precompiledseccomp::inspect
