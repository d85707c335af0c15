// SPDX-License-Identifier: Apache-2.0
//
// dump: listings, bytes and C.
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <linux/filter.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/disassembler.h"
#include "people/people.h"
#include "support/errors.h"

namespace precompiledseccomp::gen {
namespace {

const Words kValues = {"--set", "fd1=3", "--set", "fd2=4"};

// Of a machine with the byte order of this one.
std::vector<sock_filter> InstructionsFrom(const std::string& bytes) {
  std::vector<sock_filter> instructions(bytes.size() / sizeof(sock_filter));
  std::memcpy(instructions.data(), bytes.data(), instructions.size() * sizeof(sock_filter));
  return instructions;
}

BOOST_AUTO_TEST_SUITE(dump)

BOOST_AUTO_TEST_CASE(AListingHasTheNamesOfCallsAndOfVariablesThatAreNotSet) {
  const Outcome outcome = Ask({"dump", ModuleSource("good:worker"), "--arch", "x86_64", "--set", "fd1=300"});
  BOOST_TEST(outcome.status == 0);
  BOOST_TEST(outcome.err == "");
  BOOST_TEST(outcome.out.starts_with("worker (x86_64, "));
  testing::CheckContains(outcome.out, {"jeq $fd2 ", "jeq #0x12c ", "; openat\n", "ret errno 13\n"});
  BOOST_TEST(outcome.out.find("$fd1") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(BytesAreWhatTheListingSays) {
  for (const char* const arch : {"x86_64", "aarch64"}) {
    const Words options = Words{"--arch", arch} + kValues;
    const Outcome bytes = Ask(Words{"dump", "--raw", ModuleSource("classic:write-to-fd2")} + options);
    BOOST_TEST(bytes.status == 0);
    BOOST_TEST(bytes.err == "");
    const std::string listing = Ask(Words{"dump", ModuleSource("classic:write-to-fd2")} + options).out;
    std::string without_names;
    for (std::size_t begin = listing.find('\n') + 1, end = 0; begin < listing.size(); begin = end + 1) {
      end = listing.find('\n', begin);
      const std::string line = listing.substr(begin, end - begin);
      without_names += line.substr(0, line.find("  ; ")) + "\n";
    }
    BOOST_TEST(bpf::Disassemble(InstructionsFrom(bytes.out)) == without_names);
  }
}

BOOST_AUTO_TEST_CASE(BytesCanBeReadAgain) {
  const TemporaryFolder folder;
  const Words dump = Words{"dump", "--raw"} + kValues;
  BOOST_TEST(Ask(dump + Words{ModuleSource("good:worker"), "--output", folder / "a"}).out == "");
  BOOST_TEST(Ask({"dump", "--raw", "raw:" + folder / "a", "--output=" + folder / "b"}).status == 0);
  BOOST_TEST(ReadFile(folder / "a") == ReadFile(folder / "b"));
  BOOST_TEST(!ReadFile(folder / "a").empty());
}

BOOST_AUTO_TEST_CASE(InitializersAreWhatTheBytesAre) {
  const TemporaryFolder folder;
  const std::string module = ModuleSource("classic:write-to-fd1");
  BOOST_TEST(Ask(Words{"dump", "--c", module, "--output", folder / "filter.inc"} + kValues).status == 0);
  testing::CheckContains(ReadFile(folder / "filter.inc"), {"ld nr */\n", "; exit_group */\n"});
  WriteFile(folder / "print.c",
            "#include <stdio.h>\n#include <linux/filter.h>\n"
            "static const struct sock_filter filter[] = {\n#include \"filter.inc\"\n};\n"
            "int main(void) { return fwrite(filter, sizeof filter, 1, stdout) != 1; }\n");
  const Outcome compiled =
      Run({"cc", "-Wall", "-Wextra", "-pedantic", "-Werror", "-o", folder / "print", folder / "print.c"});
  BOOST_TEST(compiled.status == 0, compiled.err);
  BOOST_TEST(Run({folder / "print"}).out == Ask(Words{"dump", "--raw", module} + kValues).out);
}

BOOST_AUTO_TEST_CASE(WhatIsHandedOnHasAllItsValues) {
  for (const char* const option : {"--raw", "--c"}) {
    CheckIsError(
        Ask({"dump", option, ModuleSource("good:only-at"), "--set", "size=1"}),
        {"the variables \"address\" of " + ModuleSource("good:only-at") + " have no values", "--set"});
    CheckIsError(Ask({"dump", option, ModuleSource("classic:write-to-fd1")}), {"\"fd1\", \"fd2\""});
  }
}

BOOST_AUTO_TEST_CASE(BytesAreNotForATerminal) {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  BOOST_REQUIRE(terminal >= 0);
  BOOST_REQUIRE(grantpt(terminal) == 0);
  BOOST_REQUIRE(unlockpt(terminal) == 0);
  const std::string to_terminal = std::string(" > ") + ptsname(terminal);
  const std::string source = ModuleSource("good:everything");
  CheckIsError(AskInShell("dump --raw " + source + to_terminal), {"not for a terminal; give --output"});
  BOOST_TEST(AskInShell("dump --raw --output /dev/null " + source + to_terminal).status == 0);
  BOOST_TEST(AskInShell("dump " + source + to_terminal).status == 0);
  close(terminal);
}

BOOST_AUTO_TEST_CASE(OneFormIsWritten) {
  CheckIsError(Ask({"dump", ModuleSource("good:everything"), "--raw", "--c"}),
               {"--raw and --c do not go together"});
}

BOOST_AUTO_TEST_CASE(WhatCannotBeWrittenIsAnError) {
  const std::string source = ModuleSource("good:everything");
  CheckIsError(AskInShell("dump " + source + " > /dev/full"),
               {"cannot write to standard output: No space left"});
  CheckIsError(AskInShell("dump " + source + " --output /dev/full"),
               {"cannot write \"/dev/full\": No space left"});
  CheckIsError(AskInShell("dump " + source + " >&-"),
               {"cannot write to standard output: Bad file descriptor"});
  CheckIsError(Ask({"dump", source, "--output", "/nowhere/file"}),
               {"cannot write \"/nowhere/file", "No such file"});
  const Outcome closed_pipe =
      Run({"bash", "-c", "'" PEOPLE "' dump " + source + " | true; exit ${PIPESTATUS[0]}"});
  BOOST_TEST((closed_pipe.status == 2 || closed_pipe.status == 0));  // `true` may be the slower one
  if (closed_pipe.status == 2)
    testing::CheckContains(closed_pipe.err, {"cannot write to standard output: Broken pipe"});
}

BOOST_AUTO_TEST_CASE(AFileIsReplacedOnlyBySomethingWhole) {
  const TemporaryFolder folder;
  WriteFile(folder / "filter", "before");
  CheckIsError(Ask({"dump", "--raw", ModuleSource("good:worker"), "--output", folder / "filter"}), {"fd1"});
  BOOST_TEST(ReadFile(folder / "filter") == "before");
  BOOST_TEST(folder.Files().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
