// SPDX-License-Identifier: Apache-2.0
//
// Compilers and generators with a bug each, of the kinds that other filter compilers shipped with: what tells
// that they are wrong?
//
//   passes/     bugs in the steps of the compiler. The prover refutes some program of each (passes_test.cc).
//   variables/  bugs that make a template depend on the placeholders of its variables, or wrong for some of
//               their values. What catches which is the table in variables_test.cc.
//   writing/    bugs between the definition and the compiler, and between the compiler and the generated
//   text.
//               What catches which is the table in writing_test.cc.
//
// A bug is a patch of one source, which says on top what is wrong. Building applies it to a copy; where it no
// longer applies, that step fails, and its output is named after the bug: write the patch anew, for what the
// source is now. No file of the product knows of any of this.

#define BOOST_TEST_MODULE seeded_bugs
#define BOOST_TEST_NO_MAIN
#include <boost/test/unit_test.hpp>

#include <map>
#include <string>
#include <vector>

#include "seeded_bugs/compiler.h"

namespace precompiledseccomp::testing {
namespace {

std::vector<SeededBug> bugs_in_passes;
std::vector<SeededBug> bugs_with_variables;
std::vector<BugInWriting> bugs_in_writing;

}  // namespace

const std::vector<SeededBug>& BugsInPasses() {
  return bugs_in_passes;
}

const std::vector<SeededBug>& BugsWithVariables() {
  return bugs_with_variables;
}

const std::vector<BugInWriting>& BugsInWriting() {
  return bugs_in_writing;
}

}  // namespace precompiledseccomp::testing

// test_seeded_bugs [Boost.Test's options] -- --passes MODULE... --variables MODULE... --writing MODULE...
int main(int argc, char** argv) {
  using namespace precompiledseccomp::testing;
  std::map<std::string, std::vector<std::string>> modules;
  std::string kind;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--passes" || argument == "--variables" || argument == "--writing")
      kind = argument;
    else if (!kind.empty())
      modules[kind].push_back(argument);
  }
  bugs_in_passes = LoadBugs(modules["--passes"]);
  bugs_with_variables = LoadBugs(modules["--variables"]);
  bugs_in_writing = LoadBugsInWriting(modules["--writing"]);
  return boost::unit_test::unit_test_main(&init_unit_test, argc, argv);
}
