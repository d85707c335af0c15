// SPDX-License-Identifier: Apache-2.0
//
// Typed rendering, and what must not compile.
#include <cstring>
#include <type_traits>

#include <boost/test/unit_test.hpp>

#include "embedded_programs.h"

namespace precompiledseccomp {
namespace {

using embedded::Idle;
using embedded::Kinds;
using embedded::Wide;
using embedded::Worker;

// Templates, so that what does not compile is `false` and not an error.
template <typename T, typename Fd1, typename Fd2>
concept Complete = requires(Fd1 fd1, Fd2 fd2) {
  T{.fd1 = fd1, .fd2 = fd2};
};
template <typename T>
concept CanOmitTheSecond = requires {
  T{.fd1 = 1};
};
template <typename T>
concept CanOmitTheFirst = requires {
  T{.fd2 = 1};
};
template <typename T>
concept CanOmitAll = requires {
  T{};
};
template <typename T>
concept CanMisspell = requires {
  T{.fd1 = 1, .fd3 = 2};
};

template <typename T>
concept CanBeFilledByPlace = requires {
  T{1, 2};
};
template <typename T>
concept CanBeFilledByPlaceAfterAnEmptyOne = requires {
  T{{}, 1, 2};
};

enum class Scoped { kValue };

static_assert(Complete<Worker, int, int>);
static_assert(Complete<Worker, unsigned, std::uint32_t>);
static_assert(Complete<Worker, short, unsigned char>);
static_assert(!Complete<Worker, long long, int>);
static_assert(!Complete<Worker, int, std::uint64_t>);
static_assert(!Complete<Worker, int, bool>);
static_assert(!Complete<Worker, int, char>);
static_assert(!Complete<Worker, int, wchar_t>);
static_assert(!Complete<Worker, int, char8_t>);
static_assert(!Complete<Worker, int, char16_t>);
static_assert(!Complete<Worker, int, char32_t>);
static_assert(Complete<Worker, std::int8_t, std::uint8_t>);
static_assert(!Complete<Worker, double, int>);
static_assert(!Complete<Worker, int, const char*>);
static_assert(!Complete<Worker, int, Scoped>);
static_assert(!CanOmitTheFirst<Worker>);
static_assert(!CanOmitTheSecond<Worker>);
static_assert(!CanOmitAll<Worker>);
static_assert(!CanMisspell<Worker>);
static_assert(CanOmitAll<Idle>);
static_assert(!CanBeFilledByPlace<Worker>);
static_assert(!CanBeFilledByPlaceAfterAnEmptyOne<Worker>);

// Whether a result is tested for success or for an error is to be read, not guessed.
static_assert(!std::is_constructible_v<bool, RenderResult>);
static_assert(!std::is_constructible_v<bool, RenderedFilter<7>>);
static_assert(!std::is_constructible_v<bool, RenderedSpan>);

static_assert(!std::is_default_constructible_v<Uint32Variable>);
static_assert(!std::is_default_constructible_v<Uint64Variable>);
static_assert(std::is_convertible_v<std::uint64_t, Uint64Variable>);
static_assert(std::is_convertible_v<int, Uint64Variable>);
static_assert(!std::is_convertible_v<bool, Uint64Variable>);
static_assert(!std::is_convertible_v<void*, Uint64Variable>);

static_assert(std::is_constructible_v<VariableValue, const char*, int>);
static_assert(std::is_constructible_v<VariableValue, std::string_view, std::uint64_t>);
static_assert(!std::is_constructible_v<VariableValue, const char*, bool>);
static_assert(!std::is_constructible_v<VariableValue, const char*, char>);
static_assert(!std::is_constructible_v<VariableValue, std::string_view, char>);
static_assert(!std::is_constructible_v<VariableValue, const char*, char16_t>);
static_assert(!std::is_convertible_v<char, Uint64Variable>);
static_assert(!std::is_constructible_v<VariableValue, const char*, double>);
static_assert(!std::is_constructible_v<VariableValue, const char*, const char*>);

static_assert(!std::is_copy_constructible_v<Program>);
static_assert(!std::is_copy_assignable_v<Program>);
static_assert(!std::is_copy_constructible_v<VariableRecord>);
static_assert(!std::is_default_constructible_v<Program>);

static_assert(Uint32Variable(-1).value() == 0xffffffff);
static_assert(Uint64Variable(-1).value() == 0xffffffffffffffff);
static_assert(Uint64Variable(0xffffffffU).value() == 0xffffffff);

// Not only has it no instructions: whoever looks at its memory finds none that allow anything.
template <std::size_t Instructions>
void CheckRefused(const RenderedFilter<Instructions>& rendered) {
  BOOST_TEST(!rendered.ok());
  BOOST_TEST(rendered.instructions().empty());
  const auto* memory = rendered.instructions().data();
  for (std::size_t i = 0; i < Instructions; ++i)
    BOOST_TEST((memory[i].code == (BPF_RET | BPF_K) && memory[i].k == 0));
}

template <std::size_t Instructions>
void CheckEqual(const RenderedFilter<Instructions>& got, const Filter& expected) {
  BOOST_TEST(got.ok());
  BOOST_REQUIRE(got.instructions().size() == expected.size());
  BOOST_TEST(std::memcmp(got.instructions().data(), expected.instructions().data(),
                         expected.instructions().size_bytes()) == 0);
}

BOOST_AUTO_TEST_SUITE(typed)

BOOST_AUTO_TEST_CASE(ATypedRenderingEqualsTheOneByName) {
  Filter by_name;
  BOOST_TEST(embedded::GetPrecompiled("worker")->Render({{"fd1", 5}, {"fd2", -1}}, by_name).ok());
  CheckEqual(Worker{.fd1 = 5, .fd2 = -1}.Render(), by_name);
  BOOST_TEST(embedded::GetPrecompiled("wide")->Render({{"address", -2}, {"unused", 0}}, by_name).ok());
  CheckEqual(Wide{.address = -2, .unused = 0}.Render(), by_name);
  BOOST_TEST(embedded::GetPrecompiled("idle")->Render({}, by_name).ok());
  CheckEqual(Idle{}.Render(), by_name);
}

BOOST_AUTO_TEST_CASE(ATypedRenderingIsAsLargeAsTheProgram) {
  constexpr std::size_t kBesides = sizeof(RenderedFilter<1>) - sizeof(sock_filter);
  static_assert(sizeof(Worker{.fd1 = 1, .fd2 = 2}.Render()) == kBesides + 7 * sizeof(sock_filter));
  static_assert(kBesides < 300);
}

BOOST_AUTO_TEST_CASE(AFilterOfAnotherSizeOrOtherValuesIsNotRendered) {
  const Program& worker = *embedded::GetPrecompiled("worker");
  CheckRefused(RenderedFilter<7>(worker));
  CheckRefused(RenderedFilter<7>(worker, {1}));
  CheckRefused(RenderedFilter<7>(worker, {1, 2, 3}));
  CheckRefused(RenderedFilter<6>(worker, {1, 2}));
  CheckRefused(RenderedFilter<8>(worker, {1, 2}));
  BOOST_TEST((RenderedFilter<7>(worker, {1, 2}).ok()));
}

BOOST_AUTO_TEST_CASE(AnErrorOfATypedRenderingNamesTheVariable) {
  const auto rendered = Kinds{.fd = 3, .pid = 0, .code = 1, .data = 2}.Render();
  CheckRefused(rendered);
  BOOST_TEST((rendered.result().code() == RenderErrorCode::kNotAProcess));
  BOOST_TEST(
      rendered.message() ==
      "program \"kinds\": variable \"pid\" is a process id, its value is not positive: did fork fail?");
}

BOOST_AUTO_TEST_CASE(ACopyIsWhatWasCopied) {
  const auto rendered = Worker{.fd1 = 5, .fd2 = 6}.Render();
  auto copy = Worker{.fd1 = 7, .fd2 = 8}.Render();
  copy = rendered;
  BOOST_TEST(copy.instructions().data() != rendered.instructions().data());
  BOOST_TEST(copy.instructions()[3].k == 5U);

  const auto failed = Kinds{.fd = -1, .pid = 1, .code = 1, .data = 2}.Render();
  const auto failed_copy = failed;
  BOOST_TEST(failed_copy.message() == failed.message());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
