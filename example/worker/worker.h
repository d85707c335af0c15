// SPDX-License-Identifier: Apache-2.0
//
// A privilege-separated worker: the parent keeps the rights and hands data to a child that has almost none.
#pragma once

#include <cctype>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <precompiledseccomp/install.h>

namespace worker {

// What a text says that the worker must not do. It stands for a worker whose parser was taken over by its
// input.
inline constexpr const char kAttack[] = "open /etc/passwd";

// Turns what comes from `input` into capitals and writes it to `output`, until the input ends.
[[noreturn]] inline void Work(int input, int output) {
  char text[256];
  while (true) {
    const ssize_t size = read(input, text, sizeof(text) - 1);
    if (size <= 0) _exit(size == 0 ? 0 : 1);
    text[size] = '\0';
    if (std::strcmp(text, kAttack) == 0) (void)open("/etc/passwd", O_RDONLY);
    for (ssize_t i = 0; i < size; ++i)
      text[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[i])));
    if (write(output, text, static_cast<std::size_t>(size)) != size) _exit(1);
  }
}

// A filter for the two descriptors that the worker gets; empty if there is none.
using MakeFilter = precompiledseccomp::Filter (*)(int input, int output);

struct Outcome {
  std::string answer;  // what the worker wrote
  int status;          // as from waitpid
};

// Starts a worker under the filter, sends it `text`, and waits for its answer and its end.
inline Outcome Ask(const std::string& text, MakeFilter make_filter) {
  int sockets[2];
  int answers[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) != 0 || pipe(answers) != 0) return {"", -1};
  const pid_t child = fork();
  if (child == 0) {
    close(sockets[0]);
    close(answers[0]);
    // Only now are the numbers known; rendering and installing allocate nothing.
    const precompiledseccomp::Filter filter = make_filter(sockets[1], answers[1]);
    if (auto result = precompiledseccomp::Install(filter); !result) {
      std::fprintf(stderr, "cannot install the filter: %s\n", result.message());
      _exit(2);
    }
    Work(sockets[1], answers[1]);
  }
  close(sockets[1]);
  close(answers[1]);
  Outcome outcome{"", -1};
  if (write(sockets[0], text.data(), text.size()) == static_cast<ssize_t>(text.size())) {
    shutdown(sockets[0], SHUT_WR);
    char buffer[256];
    for (ssize_t size = 0; (size = read(answers[0], buffer, sizeof(buffer))) > 0;)
      outcome.answer.append(buffer, static_cast<std::size_t>(size));
  }
  waitpid(child, &outcome.status, 0);
  close(sockets[0]);
  close(answers[0]);
  return outcome;
}

// Shows a worker at work, and one that was taken over. Returns the program's exit status.
inline int Demonstrate(MakeFilter make_filter) {
  const Outcome good = Ask("the worker turns this into capitals", make_filter);
  const bool worked = WIFEXITED(good.status) && WEXITSTATUS(good.status) == 0 &&
                      good.answer == "THE WORKER TURNS THIS INTO CAPITALS";
  std::printf("worker:              %s\n", worked ? good.answer.c_str() : "did not work");

  const Outcome bad = Ask(kAttack, make_filter);
  const bool killed = WIFSIGNALED(bad.status) && WTERMSIG(bad.status) == SIGSYS && bad.answer.empty();
  std::printf("worker taken over:   %s\n",
              killed ? "killed by SIGSYS when it opened a file" : "was not stopped");
  return worked && killed ? 0 : 1;
}

}  // namespace worker
