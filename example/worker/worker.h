// SPDX-License-Identifier: Apache-2.0
//
// A privilege-separated worker: the parent keeps the rights and hands data to a child that has almost none.
#pragma once

#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
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

// In the child: no work without a filter. `make_filter` gives one for the two descriptors that the worker
// gets: whatever Install() takes, or what it refuses because there is none.
template <typename MakeFilter>
[[noreturn]] void WorkUnderFilter(int input, int output, const MakeFilter& make_filter) {
  // Only now are the numbers known; rendering and installing allocate nothing.
  const auto filter = make_filter(input, output);
  if (const auto result = precompiledseccomp::Install(filter); !result.ok()) {
    std::fprintf(stderr, "cannot install the filter: %s\n", result.message());
    _exit(2);
  }
  Work(input, output);
}

// Closes what it holds. Descriptors are made close-on-exec: what the parent executes later gets none of them.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const { return fd_; }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

// Sends `text` and returns what comes back, until the worker closes its end. Both at once, for a worker whose
// answers nobody takes does not take more text either. A worker that is dead is no reason for SIGPIPE.
inline std::string Exchange(std::string_view text, Descriptor& request, const Descriptor& answer) {
  std::string answers;
  while (true) {
    if (text.empty()) request.Close();  // the end, for the worker
    pollfd ready[] = {{answer.get(), POLLIN, 0}, {request.get(), POLLOUT, 0}};
    if (poll(ready, 2, -1) < 0) {
      if (errno == EINTR) continue;
      return answers;
    }
    if (ready[1].revents != 0) {
      const ssize_t sent = send(request.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) text.remove_prefix(static_cast<std::size_t>(sent));
      if (sent < 0 && errno != EAGAIN && errno != EINTR) text = {};
    }
    if (ready[0].revents != 0) {
      char buffer[4096];
      const ssize_t size = read(answer.get(), buffer, sizeof(buffer));
      if (size == 0 || (size < 0 && errno != EINTR)) return answers;
      if (size > 0) answers.append(buffer, static_cast<std::size_t>(size));
    }
  }
}

struct Outcome {
  std::string answer;  // what the worker wrote
  int status;          // as from waitpid
  int error;           // an errno value if there was no worker, or 0
};

// Starts a worker under the filter, sends it `text`, and waits for its answer and its end.
template <typename MakeFilter>
Outcome Ask(const std::string& text, const MakeFilter& make_filter) {
  int requests[2];
  int answers[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, requests) != 0) return {"", -1, errno};
  Descriptor request(requests[0]);
  Descriptor input(requests[1]);
  if (pipe2(answers, O_CLOEXEC) != 0) return {"", -1, errno};
  Descriptor answer(answers[0]);
  Descriptor output(answers[1]);

  const pid_t child = fork();
  if (child < 0) return {"", -1, errno};
  if (child == 0) {
    request.Close();
    answer.Close();
    WorkUnderFilter(input.get(), output.get(), make_filter);
  }
  input.Close();
  output.Close();
  Outcome outcome{Exchange(text, request, answer), -1, 0};
  request.Close();
  answer.Close();
  while (waitpid(child, &outcome.status, 0) < 0)
    if (errno != EINTR) return {"", -1, errno};
  return outcome;
}

// Shows a worker at work, and one that was taken over. Returns the program's exit status.
template <typename MakeFilter>
int Demonstrate(const MakeFilter& make_filter) {
  const Outcome good = Ask("the worker turns this into capitals", make_filter);
  if (good.error != 0) {
    std::fprintf(stderr, "cannot start a worker: %s\n", std::strerror(good.error));
    return 1;
  }
  const bool worked = WIFEXITED(good.status) && WEXITSTATUS(good.status) == 0 &&
                      good.answer == "THE WORKER TURNS THIS INTO CAPITALS";
  std::printf("worker:              %s\n", worked ? good.answer.c_str() : "did not work");

  const Outcome bad = Ask(kAttack, make_filter);
  const bool killed =
      bad.error == 0 && WIFSIGNALED(bad.status) && WTERMSIG(bad.status) == SIGSYS && bad.answer.empty();
  std::printf("worker taken over:   %s\n",
              killed ? "killed by SIGSYS when it opened a file" : "was not stopped");
  return worked && killed ? 0 : 1;
}

}  // namespace worker
