// SPDX-License-Identifier: Apache-2.0
//
// Bytes as the choices that make programs: the sources that the generator writes of them, read back, say the
// same.

#include <exception>
#include <span>
#include <string>
#include <utility>

#include "fuzz/fail.h"
#include "fuzz/random_programs.h"
#include "read/read_back.h"
#include "write/content_name.h"
#include "write/header_text.h"
#include "write/source_text.h"

namespace precompiledseccomp::fuzz {
namespace {

void Check(testing::Random random) {
  const std::optional<RandomModule> module = MakeRandomModule(std::move(random));
  if (!module) return;
  const gen::NamelessText source =
      gen::SourceText(module->definitions, module->targets, module->name_space, module->header);
  const gen::NamelessText header = gen::HeaderText(module->definitions, module->targets, module->name_space);
  const std::string name = gen::ContentName(header, source);
  const gen::GeneratedTexts texts{header.WithName(name), source.WithName(name)};
  try {
    gen::ReadBack(texts, {module->definitions, module->targets, module->name_space, module->header});
  } catch (const std::exception& exception) {
    Fail(exception.what() + ("\n" + texts.source) + texts.header);
  }
}

}  // namespace
}  // namespace precompiledseccomp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace pcs = precompiledseccomp;
  pcs::fuzz::Check(pcs::testing::Random(std::span<const std::uint8_t>(data, size)));
  return 0;
}
