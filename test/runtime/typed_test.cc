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

enum class Scoped { kValue };

static_assert(Complete<Worker, int, int>);
static_assert(Complete<Worker, unsigned, std::uint32_t>);
static_assert(Complete<Worker, short, unsigned char>);
static_assert(!Complete<Worker, long long, int>);
static_assert(!Complete<Worker, int, std::uint64_t>);
static_assert(!Complete<Worker, int, bool>);
static_assert(!Complete<Worker, double, int>);
static_assert(!Complete<Worker, int, const char*>);
static_assert(!Complete<Worker, int, Scoped>);
static_assert(!CanOmitTheFirst<Worker>);
static_assert(!CanOmitTheSecond<Worker>);
static_assert(!CanOmitAll<Worker>);
static_assert(!CanMisspell<Worker>);
static_assert(CanOmitAll<Idle>);

static_assert(!std::is_default_constructible_v<Uint32Variable>);
static_assert(!std::is_default_constructible_v<Uint64Variable>);
static_assert(std::is_convertible_v<std::uint64_t, Uint64Variable>);
static_assert(std::is_convertible_v<int, Uint64Variable>);
static_assert(!std::is_convertible_v<bool, Uint64Variable>);
static_assert(!std::is_convertible_v<void*, Uint64Variable>);

static_assert(std::is_constructible_v<VariableValue, const char*, int>);
static_assert(std::is_constructible_v<VariableValue, std::string_view, std::uint64_t>);
static_assert(!std::is_constructible_v<VariableValue, const char*, bool>);
static_assert(!std::is_constructible_v<VariableValue, const char*, double>);
static_assert(!std::is_constructible_v<VariableValue, const char*, const char*>);

static_assert(!std::is_copy_constructible_v<Program>);
static_assert(!std::is_copy_assignable_v<Program>);
static_assert(!std::is_copy_constructible_v<VariableRecord>);
static_assert(!std::is_default_constructible_v<Program>);

static_assert(Uint32Variable(-1).value() == 0xffffffff);
static_assert(Uint64Variable(-1).value() == 0xffffffffffffffff);
static_assert(Uint64Variable(0xffffffffU).value() == 0xffffffff);

void CheckEqual(const Filter& got, const Filter& expected) {
  BOOST_REQUIRE(got.size() == expected.size());
  BOOST_TEST(std::memcmp(got.instructions().data(), expected.instructions().data(),
                         expected.instructions().size_bytes()) == 0);
}

BOOST_AUTO_TEST_SUITE(typed)

BOOST_AUTO_TEST_CASE(ATypedRenderingEqualsTheOneByName) {
  Filter by_name;
  BOOST_TEST(!embedded::GetPrecompiled("worker")->Render({{"fd1", 5}, {"fd2", -1}}, by_name));
  CheckEqual(Worker{.fd1 = 5, .fd2 = -1}.Render(), by_name);
  BOOST_TEST(!embedded::GetPrecompiled("wide")->Render({{"address", -2}, {"unused", 0}}, by_name));
  CheckEqual(Wide{.address = -2, .unused = 0}.Render(), by_name);
  BOOST_TEST(!embedded::GetPrecompiled("idle")->Render({}, by_name));
  CheckEqual(Idle{}.Render(), by_name);
}

BOOST_AUTO_TEST_CASE(AnotherNumberOfValuesGivesAnEmptyFilter) {
  const Program& worker = *embedded::GetPrecompiled("worker");
  BOOST_TEST(worker.RenderInOrder().empty());
  BOOST_TEST(worker.RenderInOrder({}).empty());
  BOOST_TEST(worker.RenderInOrder({1}).empty());
  BOOST_TEST(worker.RenderInOrder({1, 2, 3}).empty());
  BOOST_TEST(!worker.RenderInOrder({1, 2}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
