// SPDX-License-Identifier: Apache-2.0
//
// Program definitions in, instructions with holes for the variables out.
//
// A definition is called with the names of its variables, and more than once, as it must answer with the same
// policy each time. The policy is then compiled for several sets of placeholders, numbers that the compiler
// is told to be opaque. Two compilations give the offsets at which each variable stands, and instructions
// that a proof can be made of: for all values of the variables at once (verify/verify.h).
//
// Without a proof, further compilations must equal the first with the numbers written in. Their placeholders
// lie below, between and above the policy's own constants, in ascending, descending and mixed order, with bit
// 31 set and clear, equal to each other and equal to constants that are compared with what the variable is
// compared with. A compiler that looks at them is caught here; a definition cannot look at what it is not
// given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <linux/filter.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

namespace precompiledseccomp {

struct PrecompiledVariable {
  std::string name;
  int bits = 32;
  Variable::Kind kind = Variable::Kind::kInteger;
  // Indexes of the instructions whose operand (`k`) is the low half, and the high half, of the value.
  // Ascending. Both are empty when the variable was legitimately optimised away; the high ones always are for
  // a 32-bit variable.
  std::vector<std::uint32_t> low_offsets;
  std::vector<std::uint32_t> high_offsets;
  // Of these offsets, those at which the highest bit of the 32 is written turned around: for signed
  // comparisons.
  std::vector<std::uint32_t> flipped_offsets = {};
};

// A rule that lost calls, as the target does not have them: those of IfAvailable().
struct RuleWithLeftOutCalls {
  std::vector<std::string> calls;
  std::string action;    // "errno 1"
  std::size_t rule = 0;  // its place among all rules of the policy
  SourceLocation where;
  // Whether it refuses its calls, and behind it some that no rule names may run: by a rule for any call, or
  // as the default or the unknown action says. What is left out of such a rule is not refused.
  bool refuses_what_is_allowed = false;
};

// A rule for any call whose condition the filter has to be run for, so that the kernel answers no call from
// its bitmap that gets to it.
struct RuleThatChecksAnyCall {
  std::size_t rule = 0;  // its place among all rules of the policy
  SourceLocation where;
};

// What has come of Policy::CallsPerRun().
struct ForShortLife {
  std::uint64_t calls_per_run = 0;
  std::vector<sock_filter> otherwise;  // the instructions that there would be without it; none if too many
};

struct PrecompiledProgram {
  std::string name;
  Target target;
  std::vector<sock_filter> instructions;       // 0 stands where a variable's value is to be written
  std::vector<PrecompiledVariable> variables;  // in the order of the definition
  std::vector<UsedSyscall> used_syscalls;
  // The policy's own, as in ResolvedPolicy: call number and how often it is made; most frequent first.
  std::vector<std::pair<std::uint32_t, std::uint64_t>> counts;
  InstallNeeds install = {};
  std::vector<RuleWithLeftOutCalls> left_out = {};
  std::vector<RuleThatChecksAnyCall> checks_any_call = {};
  std::vector<Acceptance> accepted = {};  // Policy::Accept()
  std::optional<ForShortLife> short_life = {};
};

// What one definition answers for one target, and what follows for the variables: all that compiling it
// needs.
struct DefinitionAnswers {
  std::string name;
  Target target;
  std::vector<Variable> variables;  // of the kinds that they are declared as or used as
  Policy policy;
  std::vector<std::vector<std::uint64_t>> rounds;  // the numbers for the variables to compile it for
  Proof proof = Proof::kRequired;
  InstallNeeds install = {};
};

// Throws Error for a name that is not usable: program names are 1 to 200 characters of letters, digits and `_
// - . / : +`, beginning with a letter; variable names are C++ identifiers that are no keywords; names are not
// repeated. For a whole module also when two programs have one name.
void CheckNames(const std::vector<ProgramDefinition>& definitions);

// Calls the definition three times, compares the answers, and gives what is compiled. Not safe to call for
// one module from several threads, unless its author says so. Throws Error, with the program's name: what the
// definition throws, and for answers that differ, for variables that the policy does not use, and for those
// that it uses undeclared,
// or as something else than they are declared as.
DefinitionAnswers AskDefinition(const ProgramDefinition& definition, const Target& target);

// Compiles for all rounds, and compares. Depends on its argument only, so any number of threads may run it.
// Throws Error, with the program's name and both sides of a difference.
PrecompiledProgram PrecompileAnswers(const DefinitionAnswers& answers);

// Asks, and compiles for all rounds.
PrecompiledProgram Precompile(const ProgramDefinition& definition, const Target& target);

// The instructions with the values (one for each variable, in order) written in. Throws Error for values that
// the variables cannot have.
std::vector<sock_filter> Render(const PrecompiledProgram& program, const std::vector<std::uint64_t>& values);

// Whether CompileNow() proves what it compiles.
enum class ProveNow : std::uint8_t { kYes, kNo };

// Compiles a definition for these values: for programs that link this library and compile at run time, as
// with tables written by `--stub`. The instructions are those of a rendering of the precompiled program, and
// proved to do what the policy says with these values, within the default limits of verify/limits.h.
//
// Throws Error, with the program's name: for a mistake in the definition; for a filter that is wrong, with a
// call that shows it; and for one that is too large to tell, unless the definition has
// Proof::kUnlessTooLarge.
std::vector<sock_filter> CompileNow(const ProgramDefinition& definition,
                                    const std::vector<std::uint64_t>& values,
                                    const Target& target = NativeTarget(), ProveNow prove = ProveNow::kYes);

}  // namespace precompiledseccomp
