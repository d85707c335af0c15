// SPDX-License-Identifier: Apache-2.0
//
// A supervisor that opens files for a sandboxed worker: those that it agrees to, and no others.
//
//   worker                                   supervisor
//   installs, with a listener                takes the listener, by pidfd_getfd
//   open("/tmp/...")  -- the kernel -->      reads the path from the worker's memory; asks whether the call
//   is
//                                            still being made; opens the file itself
//   has a descriptor  <-- the kernel --      puts it into the worker, as the result of the call
//
// Whatever the worker writes over the path meanwhile, what was opened is what was looked at. A supervisor
// that let the kernel go on with the call (SECCOMP_USER_NOTIF_FLAG_CONTINUE) could not say so.

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <precompiledseccomp/install.h>

#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "notify_filters.h"

namespace {

// ---- The worker. Its filter allows it nothing but what it calls here.

void Report(int report, const char* text) {
  if (write(report, text, std::strlen(text)) < 0) _exit(1);
}

[[noreturn]] void Work(const char* permitted, int report) {
  const auto installed =
      precompiledseccomp::Install(notify::Asking{.report = report}.Render(), {.new_listener = true});
  const int listener = installed.ok() ? installed.listener() : -1;
  if (write(report, &listener, sizeof listener) < 0 || listener < 0) _exit(1);

  std::array<char, 64> content{};
  const int file = open(permitted, O_RDONLY | O_CLOEXEC);
  Report(report,
         file >= 0 && read(file, content.data(), content.size() - 1) > 0 ? content.data() : "refused\n");
  close(file);
  const int other = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
  Report(report, other < 0 && errno == EACCES ? "refused\n" : "opened\n");
  _exit(0);
}

// ---- The supervisor.

class Supervisor {
 public:
  Supervisor(int listener, std::string permitted) : listener_(listener), permitted_(std::move(permitted)) {
    // The kernel's structures may be larger than those that this was compiled with.
    seccomp_notif_sizes sizes{};
    syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes);
    request_.resize(std::max<std::size_t>(sizes.seccomp_notif, sizeof(seccomp_notif)));
    response_.resize(std::max<std::size_t>(sizes.seccomp_notif_resp, sizeof(seccomp_notif_resp)));
  }

  // Until the worker has ended.
  void Serve() {
    for (;;) {
      pollfd ready = {.fd = listener_, .events = POLLIN, .revents = 0};
      if (poll(&ready, 1, -1) < 0 && errno == EINTR) continue;
      if ((ready.revents & POLLIN) == 0) return;
      ServeOne();
    }
  }

 private:
  void ServeOne() {
    std::fill(request_.begin(), request_.end(), std::byte{0});  // the kernel wants it so
    if (ioctl(listener_, SECCOMP_IOCTL_NOTIF_RECV, request_.data()) != 0) return;
    seccomp_notif request{};
    std::memcpy(&request, request_.data(), sizeof request);
    const std::optional<std::string> path = PathOf(request);
    if (!path || *path != permitted_) return Refuse(request.id, EACCES);
    const int file = open(path->c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return Refuse(request.id, errno);
    // The worker's call returns the number that the file has there (Linux 5.14).
    seccomp_notif_addfd added{};
    added.id = request.id;
    added.flags = SECCOMP_ADDFD_FLAG_SEND;
    added.srcfd = static_cast<std::uint32_t>(file);
    added.newfd_flags = O_CLOEXEC;
    if (ioctl(listener_, SECCOMP_IOCTL_NOTIF_ADDFD, &added) < 0) Refuse(request.id, errno);
    close(file);
  }

  // What the path points to. Nothing if the call is no longer being made: its number may be another process'.
  std::optional<std::string> PathOf(const seccomp_notif& request) const {
    const bool has_directory = request.data.nr == SYS_openat;
    const std::uint64_t address = request.data.args[has_directory ? 1 : 0];
    const std::string name = "/proc/" + std::to_string(request.pid) + "/mem";
    const int memory = open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (memory < 0) return std::nullopt;
    std::array<char, 256> text{};
    const ssize_t size = pread(memory, text.data(), text.size() - 1, static_cast<off_t>(address));
    close(memory);
    std::uint64_t id = request.id;
    if (size <= 0 || ioctl(listener_, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) != 0) return std::nullopt;
    return std::string(text.data());
  }

  void Refuse(std::uint64_t id, int error) {
    seccomp_notif_resp response{};
    response.id = id;
    response.error = -error;
    std::fill(response_.begin(), response_.end(), std::byte{0});
    std::memcpy(response_.data(), &response, sizeof response);
    // Fails if the worker was killed meanwhile.
    static_cast<void>(ioctl(listener_, SECCOMP_IOCTL_NOTIF_SEND, response_.data()));
  }

  int listener_;
  std::string permitted_;
  std::vector<std::byte> request_;
  std::vector<std::byte> response_;
};

// The worker's descriptor, here (Linux 5.6).
int TakeDescriptor(pid_t worker, int descriptor) {
  const auto process = static_cast<int>(syscall(SYS_pidfd_open, worker, 0));
  if (process < 0) return -1;
  const auto taken = static_cast<int>(syscall(SYS_pidfd_getfd, process, descriptor, 0));
  close(process);
  return taken;
}

std::string ReadAll(int descriptor) {
  std::string all;
  std::array<char, 256> part{};
  for (ssize_t size = 0; (size = read(descriptor, part.data(), part.size())) > 0;)
    all.append(part.data(), static_cast<std::size_t>(size));
  return all;
}

}  // namespace

int main() {
  char permitted[] = "/tmp/precompiledseccomp-example-XXXXXX";
  const int file = mkstemp(permitted);
  int report[2];
  if (file < 0 || write(file, "permitted\n", 10) != 10 || pipe2(report, O_CLOEXEC) != 0) {
    std::perror("notify");
    return EXIT_FAILURE;
  }
  close(file);
  const pid_t worker = fork();
  if (worker == 0) Work(permitted, report[1]);
  close(report[1]);
  int number = -1;
  const bool is_told = read(report[0], &number, sizeof number) == sizeof number && number >= 0;
  const int listener = is_told ? TakeDescriptor(worker, number) : -1;
  if (listener >= 0) Supervisor(listener, permitted).Serve();
  const std::string told = ReadAll(report[0]);
  int status = 0;
  waitpid(worker, &status, 0);
  unlink(permitted);
  std::printf("the file that the supervisor agrees to, and another one:\n%s", told.c_str());
  return told == "permitted\nrefused\n" && status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
