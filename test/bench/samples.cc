// SPDX-License-Identifier: Apache-2.0

#include "bench/samples.h"

#include <algorithm>
#include <ctime>
#include <new>
#include <stdexcept>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace precompiledseccomp::testing {
namespace {

// Memory shared with children, so that they can report whatever their filter allows.
class SharedSample {
 public:
  SharedSample() {
    void* memory = mmap(nullptr, sizeof(Sample), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error("no shared memory");
    sample_ = new (memory) Sample;
  }
  ~SharedSample() { munmap(sample_, sizeof(Sample)); }
  SharedSample(const SharedSample&) = delete;
  SharedSample& operator=(const SharedSample&) = delete;

  Sample& operator*() { return *sample_; }

 private:
  Sample* sample_;
};

Sample MeasureInChild(const Contender& contender, SharedSample& shared) {
  *shared = {-1, -1};
  const pid_t child = fork();
  if (child == -1) throw std::runtime_error("cannot fork");
  if (child == 0) {
    *shared = contender.measure();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  const Sample sample = *shared;
  if (status != 0 || sample.prepare < 0 || sample.install < 0)
    throw std::runtime_error(contender.name + " failed");
  return sample;
}

template <typename Duration>
double Median(const std::vector<Sample>& samples, const Duration& duration) {
  std::vector<double> durations;
  for (const Sample& sample : samples) durations.push_back(duration(sample));
  const auto middle = durations.begin() + static_cast<std::ptrdiff_t>(durations.size() / 2);
  std::nth_element(durations.begin(), middle, durations.end());
  return *middle;
}

}  // namespace

std::vector<Result> Measure(const std::vector<Contender>& contenders, std::size_t samples) {
  SharedSample shared;
  std::vector<std::vector<Sample>> taken(contenders.size());
  for (std::size_t round = 0; round < samples; ++round)
    for (std::size_t i = 0; i < contenders.size(); ++i)
      taken[i].push_back(MeasureInChild(contenders[i], shared));

  std::vector<Result> results;
  for (const std::vector<Sample>& of_contender : taken)
    results.push_back({Median(of_contender, [](const Sample& s) { return s.prepare; }),
                       Median(of_contender, [](const Sample& s) { return s.install; }),
                       Median(of_contender, [](const Sample& s) { return s.prepare + s.install; })});
  return results;
}

double Now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

}  // namespace precompiledseccomp::testing
