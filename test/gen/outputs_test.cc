// SPDX-License-Identifier: Apache-2.0
//
// Outputs: the same ones wherever, however often and however busily they are made, and written only if they
// change.
#include <iterator>
#include <set>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "run.h"

namespace precompiledseccomp::gen {
namespace {

namespace fs = std::filesystem;

const Words kBothArchitectures = {"--arch", "x86_64", "--arch", "aarch64"};

struct Generated {
  std::string source;
  std::string header;
  std::string stats;
  std::string err;
};

// What the generator writes, run by `runner` (nothing, or a command that runs what follows).
Generated Generate(const std::string& module, const Words& runner = {}, const Environment& environment = {},
                   const fs::path& run_in = ".") {
  const TemporaryFolder folder;
  const Outcome outcome = Run(runner + Words{GENERATOR, "--module", ModuleFile(module)} + kBothArchitectures +
                                  SourcesIn(folder) + Words{"--stats", folder / "stats.json"},
                              environment, run_in);
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  BOOST_TEST(outcome.out == "");
  return {ReadFile(folder / "f.cc"), ReadFile(folder / "f.h"), ReadFile(folder / "stats.json"), outcome.err};
}

void CheckSame(const Generated& left, const Generated& right) {
  BOOST_TEST(left.source == right.source);
  BOOST_TEST(left.header == right.header);
  BOOST_TEST(left.stats == right.stats);
}

// A time that no file written now has.
fs::file_time_type MakeOld(const std::string& path) {
  fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(1));
  return fs::last_write_time(path);
}

BOOST_AUTO_TEST_SUITE(outputs)

BOOST_AUTO_TEST_CASE(TheSameModuleGivesTheSameOutputsEverywhere) {
  const Generated expected = Generate("good");
  BOOST_TEST(expected.err == "");
  CheckSame(Generate("good"), expected);
  CheckSame(Generate("good", {}, {}, "/"), expected);
  CheckSame(Generate("good", {}, {{"LC_ALL", "de_DE.UTF-8"}, {"LANG", "de_DE.UTF-8"}, {"TZ", "Asia/Tokyo"}}),
            expected);
}

BOOST_AUTO_TEST_CASE(TheNumberOfJobsMakesNoDifference) {
  const Words arguments = {"--stats", "/dev/stdout"};
  const Outcome usual = RunGenerator("many", arguments);
  BOOST_TEST(usual.status == 0, usual.err);
  for (const char* const jobs : {"1", "3", "1024"}) {
    const Outcome outcome = RunGenerator("many", arguments + Words{"--jobs", jobs});
    BOOST_TEST(outcome.status == 0, outcome.err);
    BOOST_TEST((outcome.out == usual.out), "with " << jobs << " jobs");
  }
}

BOOST_AUTO_TEST_CASE(TheNumberOfCoresMakesNoDifference) {
  if (!Exists("taskset")) {
    BOOST_TEST_MESSAGE("skipped: needs taskset");
    return;
  }
  CheckSame(Generate("many", {"taskset", "-c", "0"}), Generate("many"));
}

// It changes the locale and the working directory, prints, and would crash at its end.
BOOST_AUTO_TEST_CASE(AModuleThatMeddlesWithItsProcessGivesTheSameOutputs) {
  const Generated hostile = Generate("hostile");
  CheckSame(hostile, Generate("good"));
  BOOST_TEST(hostile.err == "printed with printf\nprinted with cout\nprinted at the end, and not flushed\n");
}

// What stands behind "inline namespace" in a text.
std::string ContentNameIn(const std::string& text) {
  const std::string before = "\ninline namespace ";
  const std::size_t begin = text.find(before);
  if (begin == std::string::npos) return "";
  return text.substr(begin + before.size(), text.find(' ', begin + before.size()) - begin - before.size());
}

// Also for what the header does not show otherwise, the table.
BOOST_AUTO_TEST_CASE(HeaderAndSourceNameTheirContent) {
  std::set<std::string> names;
  const Words other_content[] = {
      {"--namespace", "filters", "--arch", "x86_64"},
      {"--namespace", "filters", "--arch", "aarch64"},
      {"--namespace", "filters", "--stub"},
      {"--namespace", "a::b", "--arch", "x86_64"},
      {"--namespace", "filters", "--arch", "x86_64", "--prove=off"},
  };
  for (const Words& arguments : other_content) {
    const TemporaryFolder folder;
    const Outcome outcome =
        RunGenerator("good", Words{"--source", folder / "f.cc", "--header", folder / "f.h"} + arguments);
    BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
    const std::string name = ContentNameIn(ReadFile(folder / "f.h"));
    BOOST_TEST(name.starts_with("content_"), name);
    BOOST_TEST(name == ContentNameIn(ReadFile(folder / "f.cc")));
    names.insert(name);
  }
  BOOST_TEST(names.size() == std::size(other_content));
}

BOOST_AUTO_TEST_CASE(OutputsThatDoNotChangeAreNotWritten) {
  const TemporaryFolder folder;
  const Words arguments =
      SourcesIn(folder) + Words{"--stats", folder / "stats.json", "--depfile", folder / "f.d"};
  BOOST_REQUIRE(RunGenerator("good", arguments).status == 0);
  std::map<std::string, fs::file_time_type> times;
  for (const char* const name : {"f.cc", "f.h", "stats.json", "f.d"})
    times[folder / name] = MakeOld(folder / name);

  BOOST_REQUIRE(RunGenerator("good", arguments).status == 0);
  for (const auto& [file, time] : times) BOOST_TEST((fs::last_write_time(file) == time), file);

  BOOST_REQUIRE(RunGenerator("good", arguments + kBothArchitectures).status == 0);
  for (const char* const name : {"f.cc", "f.h"})
    BOOST_TEST((fs::last_write_time(folder / name) != times[folder / name]), name);
  BOOST_TEST((fs::last_write_time(folder / "f.d") == times[folder / "f.d"]));
  BOOST_TEST(folder.Files() == (Words{"f.cc", "f.d", "f.h", "stats.json"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ALinkToAnOutputStaysALink) {
  const TemporaryFolder folder;
  WriteFile(folder / "real.h", "old");
  fs::create_symlink("real.h", folder / "f.h");
  BOOST_REQUIRE(RunGenerator("good", SourcesIn(folder)).status == 0);
  BOOST_TEST(fs::is_symlink(folder / "f.h"));
  BOOST_TEST(ReadFile(folder / "real.h").starts_with("// Made by precompiledseccomp-gen"));
}

BOOST_AUTO_TEST_CASE(NewFilesHaveTheUsualPermissions) {
  const TemporaryFolder folder;
  WriteFile(folder / "usual", "");
  BOOST_REQUIRE(RunGenerator("good", SourcesIn(folder)).status == 0);
  BOOST_TEST((fs::status(folder / "f.cc").permissions() == fs::status(folder / "usual").permissions()));
}

BOOST_AUTO_TEST_CASE(AFileThatIsReplacedKeepsItsModeAndItsOwner) {
  const TemporaryFolder folder;
  WriteFile(folder / "f.h", "old");
  fs::permissions(folder / "f.h", fs::perms(0640));
  const bool is_root = chown((folder / "f.h").c_str(), 4711, 4712) == 0;
  BOOST_REQUIRE(RunGenerator("good", SourcesIn(folder)).status == 0);
  struct stat status = {};
  BOOST_REQUIRE(stat((folder / "f.h").c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 07777) == 0640U);
  if (is_root) BOOST_TEST((status.st_uid == 4711 && status.st_gid == 4712));
}

// Of a file that nobody can replace, while it exists.
class Immutable {
 public:
  explicit Immutable(const std::string& path) : descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    int flags = 0;
    works_ = ioctl(descriptor_, FS_IOC_GETFLAGS, &flags) == 0 && Set(flags | FS_IMMUTABLE_FL);
  }
  Immutable(const Immutable&) = delete;
  Immutable& operator=(const Immutable&) = delete;
  ~Immutable() {
    int flags = 0;
    if (works_ && ioctl(descriptor_, FS_IOC_GETFLAGS, &flags) == 0) Set(flags & ~FS_IMMUTABLE_FL);
    close(descriptor_);
  }
  [[nodiscard]] bool works() const { return works_; }

 private:
  bool Set(int flags) const { return ioctl(descriptor_, FS_IOC_SETFLAGS, &flags) == 0; }

  int descriptor_;
  bool works_ = false;
};

BOOST_AUTO_TEST_CASE(OnAnErrorNothingHasChanged) {
  const TemporaryFolder folder;
  for (const char* const name : {"f.cc", "f.h"}) WriteFile(folder / name, "old");
  const Immutable header(folder / "f.h");
  if (!header.works()) {
    BOOST_TEST_MESSAGE("skipped: needs root, and a file system whose files can be immutable");
    return;
  }
  const Outcome outcome = RunGenerator("good", SourcesIn(folder) + Words{"--stats", folder / "stats.json"});
  BOOST_TEST(outcome.status == 1);
  BOOST_TEST(outcome.err.find("cannot write \"" + (folder / "f.h") + "\"") != std::string::npos, outcome.err);
  BOOST_TEST(ReadFile(folder / "f.cc") == "old");
  BOOST_TEST(ReadFile(folder / "f.h") == "old");
  BOOST_TEST(folder.Files() == (Words{"f.cc", "f.h"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(AFileThatMayNotGrowSoLargeLeavesNothingBehind) {
  const TemporaryFolder folder;
  const Outcome outcome = Run(
      Words{"bash", "-c", "ulimit -f 1 && exec \"$0\" \"$@\"", GENERATOR, "--module", ModuleFile("good")} +
      SourcesIn(folder));
  BOOST_TEST(outcome.status == 1);
  BOOST_TEST(outcome.err.find("File too large") != std::string::npos, outcome.err);
  BOOST_TEST(folder.Files().empty());
}

BOOST_AUTO_TEST_CASE(OutputsThatALinkMakesOneAreRefused) {
  const TemporaryFolder folder;
  WriteFile(folder / "f.cc", "old");
  fs::create_symlink("f.cc", folder / "f.h");
  const Outcome outcome = RunGenerator("good", SourcesIn(folder));
  BOOST_TEST(outcome.status == 2);
  BOOST_TEST(outcome.err.find("--source and --header are the same file") != std::string::npos, outcome.err);
  BOOST_TEST(ReadFile(folder / "f.cc") == "old");
}

BOOST_AUTO_TEST_CASE(StatisticsCanGoToStandardOutput) {
  const Outcome outcome = RunGenerator("good", {"--stats", "/dev/stdout"});
  BOOST_TEST(outcome.status == 0);
  BOOST_TEST(outcome.out.starts_with("{\"format\": 1, \"generator\": \"precompiledseccomp-gen"), outcome.out);
}

BOOST_AUTO_TEST_CASE(TheDepfileNamesAllOutputsAndTheModule) {
  const TemporaryFolder folder;
  BOOST_REQUIRE(RunGenerator("good", SourcesIn(folder) +
                                         Words{"--stats", folder / "s.json", "--depfile", folder / "f.d"})
                    .status == 0);
  BOOST_TEST(ReadFile(folder / "f.d") == folder / "f.cc" + " " + (folder / "f.h") + " " +
                                             (folder / "s.json") + ": \\\n  " + ModuleFile("good") + "\n");
}

// Meson does not relink a module whose library changes only inside.
BOOST_AUTO_TEST_CASE(TheDepfileNamesTheLibrariesOfTheModule) {
  const TemporaryFolder folder;
  BOOST_REQUIRE(RunGenerator("with_library", SourcesIn(folder) + Words{"--depfile", folder / "f.d"}).status ==
                0);
  const std::string depfile = ReadFile(folder / "f.d");
  BOOST_TEST(depfile.find("libpart_of_module.so") != std::string::npos, depfile);
}

BOOST_AUTO_TEST_CASE(TheSourceIncludesTheHeaderByWhereItIs) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "src");
  fs::create_directory(folder / "include");
  const Outcome outcome = RunGenerator(
      "good", {"--source", folder / "src/f.cc", "--header", "include/f.h", "--namespace", "filters"}, {},
      folder.path());
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  const std::string source = ReadFile(folder / "src/f.cc");
  BOOST_TEST(source.find("#include \"../include/f.h\"\n") != std::string::npos, source.substr(0, 200));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
