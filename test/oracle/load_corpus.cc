// SPDX-License-Identifier: Apache-2.0

#include "oracle/load_corpus.h"

#include <string>

#include "corpus/corpus.h"

namespace precompiledseccomp::testing {
namespace {

// CORPUS_FOLDER is where the corpus is, as Meson was told, or empty.
struct LoadedCorpus {
  LoadedCorpus() {
    const std::string folder = CORPUS_FOLDER;
    if (!folder.empty()) LoadCorpus(folder);
  }
};
BOOST_TEST_GLOBAL_FIXTURE(LoadedCorpus);

}  // namespace

boost::test_tools::assertion_result ThereIsACorpus(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result result(!Corpus().empty());
  result.message() << "there is no corpus; configure with -Dcorpus=FOLDER";
  return result;
}

}  // namespace precompiledseccomp::testing
