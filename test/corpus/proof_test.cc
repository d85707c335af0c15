// SPDX-License-Identifier: Apache-2.0
//
// Real policies are proved: as we compile them, and as other compilers did.

#include <algorithm>
#include <sstream>
#include <string>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/precompile.h>

#include "compile/compile.h"
#include "corpus/corpus.h"
#include "precompile/template.h"
#include "support/meant_by_others.h"
#include "verify/verify.h"

namespace precompiledseccomp::testing {
namespace {

ResolvedPolicy AsTheReferenceMeansIt(const CorpusPolicy& policy, const Reference& reference) {
  return AsMeantByOthers(Resolve(policy.policy, *policy.target), reference.program);
}

// Of all filters of a test.
struct Totals {
  std::size_t filters = 0;
  std::size_t instructions = 0;
  double paths = 0;

  void Add(const bpf::FilterWithHoles& filter, const verify::Verdict& verdict) {
    ++filters;
    instructions += filter.instructions.size();
    if (const auto* proved = std::get_if<verify::Proved>(&verdict))
      paths += static_cast<double>(proved->paths);
  }
  [[nodiscard]] std::string Text() const {
    std::ostringstream text;
    text << filters << " filters of " << instructions << " instructions and " << paths << " paths";
    return text.str();
  }
};

BOOST_AUTO_TEST_SUITE(ProofsOfRealPolicies)

BOOST_AUTO_TEST_CASE(WhatWeCompileIsProved) {
  Totals totals;
  for (const CorpusPolicy& policy : Corpus()) BOOST_TEST_CONTEXT(policy.name) {
      const ResolvedPolicy resolved = Resolve(policy.policy, *policy.target);
      const bpf::FilterWithHoles filter{Compile(resolved), {}};
      const verify::Verdict verdict = verify::Prove(resolved, filter);
      BOOST_TEST(Describe(verdict, *policy.target) == "proved");
      totals.Add(filter, verdict);
    }
  BOOST_TEST_MESSAGE(totals.Text());
}

BOOST_AUTO_TEST_CASE(WhatWePrecompileIsProvedForAllValues) {
  Totals totals;
  for (const CorpusPolicy& policy : Corpus()) BOOST_TEST_CONTEXT(policy.name) {
      if (policy.values.empty()) continue;
      const DefinitionAnswers answers = AskDefinition(policy.definition, *policy.target);
      const bpf::FilterWithHoles filter = TemplateOf(PrecompileAnswers(answers));
      const verify::Verdict verdict = verify::Prove(Resolve(answers.policy, answers.target), filter);
      BOOST_TEST(Describe(verdict, *policy.target) == "proved");
      totals.Add(filter, verdict);
    }
  BOOST_TEST_MESSAGE(totals.Text());
}

BOOST_AUTO_TEST_CASE(WhatOtherCompilersMadeOfThemIsProved) {
  Totals totals;
  for (const CorpusPolicy& policy : Corpus())
    for (const Reference& reference : policy.references)
      BOOST_TEST_CONTEXT(policy.name << " by " << reference.compiler) {
        const bpf::FilterWithHoles filter{reference.program, {}};
        const verify::Verdict verdict = verify::Prove(AsTheReferenceMeansIt(policy, reference), filter);
        BOOST_TEST(Describe(verdict, *policy.target) == "proved");
        totals.Add(filter, verdict);
      }
  BOOST_TEST_MESSAGE(totals.Text());
}

// An instruction of the reference changed: where it counts, the prover says so. (It checks each call that it
// shows in the interpreter and the evaluator.)
BOOST_AUTO_TEST_CASE(APlantedDifferenceIsFound) {
  for (const CorpusPolicy& policy : Corpus())
    for (const Reference& reference : policy.references)
      BOOST_TEST_CONTEXT(policy.name << " by " << reference.compiler) {
        bpf::FilterWithHoles filter{reference.program, {}};
        // The first number that is compared: all before it is about the architecture.
        const auto first =
            std::find_if(filter.instructions.begin(), filter.instructions.end(), [&](const sock_filter& i) {
              return BPF_CLASS(i.code) == BPF_JMP && BPF_OP(i.code) != BPF_JA &&
                     i.k != policy.target->audit_arch && i.k < 0x40000000;
            });
        BOOST_REQUIRE((first != filter.instructions.end()));
        std::swap(first->jt, first->jf);
        const verify::Verdict verdict = verify::Prove(AsTheReferenceMeansIt(policy, reference), filter);
        BOOST_TEST(std::holds_alternative<verify::Refuted>(verdict));
      }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
