// SPDX-License-Identifier: Apache-2.0
#define BOOST_TEST_MODULE corpus
#define BOOST_TEST_NO_MAIN
#include <boost/test/unit_test.hpp>

#include <iostream>

#include "corpus/corpus.h"

// test_corpus [Boost.Test's options] -- FOLDER
int main(int argc, char** argv) {
  constexpr int kSkipped = 77;  // for Meson
  const std::string folder = argv[argc - 1];
  if (folder.empty()) {
    std::cout << "skipped: there is no corpus; configure with -Dcorpus=FOLDER\n";
    return kSkipped;
  }
  precompiledseccomp::testing::LoadCorpus(folder);
  return boost::unit_test::unit_test_main(&init_unit_test, argc, argv);
}
