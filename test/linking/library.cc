// SPDX-License-Identifier: Apache-2.0
//
// A library with filters of its own: HEADER is the generated one, LIBRARY the function that it exports.
// Exports what nobody told the compiler to hide, as most libraries do.
#include "library.h"

#include <grp.h>

#include HEADER

namespace {

namespace pcs = precompiledseccomp;

std::size_t SizeByName() {
  const pcs::Program* program = worker::GetPrecompiled("worker");
  pcs::Filter filter;
  if (program == nullptr || !program->Render({{"fd", 0}}, filter).ok()) return 0;
  return filter.size();
}

std::size_t SizeTyped() {
  return worker::Worker{.fd = 0}.Render().size();
}

int Install(int fd) {
  pcs::InstallOptions options;
  options.spec_allow = true;
  return pcs::Install(worker::Worker{.fd = fd}.Render(), options).error();
}

bool IsNotEmpty(const char* text) {
  return text[0] != '\0';
}

int UseEverything() {
  if (worker::GetPrecompiled("") != nullptr) return 1;
  const pcs::Program* program = worker::GetPrecompiled("worker");
  if (program == nullptr) return 2;
  pcs::Filter by_name;
  if (!program->Render({{"fd", 7}}, by_name).ok()) return 3;
  pcs::Filter wrong;
  if (auto rendered = program->Render({{"other", 7}}, wrong); !IsNotEmpty(rendered.message())) return 4;
  if (auto rendered = program->Render({{"fd", 1L << 40}}, wrong); !IsNotEmpty(rendered.message())) return 5;
  if (auto result = pcs::Install(wrong); result || !IsNotEmpty(result.message())) return 6;
  const auto typed = worker::Worker{.fd = 7}.Render();
  if (typed.size() != by_name.size() || by_name.empty()) return 7;
  if (auto result = pcs::Install(by_name, {.mode = pcs::Mode::kTrap}); result.error() != 0) return 8;
  pcs::InstallOptions options;
  options.spec_allow = true;
  if (!pcs::Install(typed, options).ok()) return 9;
  if (!pcs::Install(pcs::Filter(by_name), options).ok()) return 10;
  sock_filter buffer[64];
  if (!pcs::Install(program->RenderInto({{"fd", 7}}, buffer)).ok()) return 11;
  if (auto result = pcs::Install(*program); result.ok() || !IsNotEmpty(result.message())) return 12;
  return 0;
}

void CallThroughTheDynamicLinker() {
  endgrent();
}

constexpr Library kLibrary = {SizeByName, SizeTyped, Install, UseEverything, CallThroughTheDynamicLinker};

}  // namespace

extern "C" [[gnu::visibility("default")]] const Library* LIBRARY() {
  return &kLibrary;
}
