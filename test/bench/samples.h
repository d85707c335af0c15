// SPDX-License-Identifier: Apache-2.0
//
// Measures what can be done only once in a process, such as installing a filter: each sample is taken in a
// forked child.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace precompiledseccomp::testing {

// One of several ways that are measured side by side. `measure` runs in a forked child and returns what it
// measured, or nothing if it failed. Under whatever filter it leaves the child with.
template <typename Sample>
struct Contender {
  std::string key;   // for machines
  std::string name;  // for people
  std::size_t instructions = 0;
  std::function<std::optional<Sample>()> measure;
};

// Memory shared with children, so that they can report whatever their filter allows.
class SharedMemory {
 public:
  explicit SharedMemory(std::size_t size);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  [[nodiscard]] void* address() const { return address_; }

 private:
  std::size_t size_;
  void* address_;
};

// Runs `work` in a child and waits for its end, which may be a violent one: under some filters there is no
// other.
void RunInChild(const std::function<void()>& work);

template <typename Sample>
Sample MeasureInChild(const Contender<Sample>& contender) {
  static_assert(std::is_trivially_copyable_v<Sample>);
  struct Report {
    bool measured = false;
    Sample sample{};
  };
  const SharedMemory memory(sizeof(Report));
  Report* const report = new (memory.address()) Report;
  RunInChild([&] {
    const std::optional<Sample> sample = contender.measure();
    if (sample) *report = {true, *sample};
  });
  if (!report->measured) throw std::runtime_error(contender.name + " failed");
  return report->sample;
}

// Takes `rounds` samples of each contender, in turn, so that whatever else the machine does meets all alike.
// In the order of `contenders`. Throws std::runtime_error when one of them fails.
template <typename Sample>
std::vector<std::vector<Sample>> Measure(const std::vector<Contender<Sample>>& contenders,
                                         std::size_t rounds) {
  std::vector<std::vector<Sample>> taken(contenders.size());
  for (std::size_t round = 0; round < rounds; ++round)
    for (std::size_t i = 0; i < contenders.size(); ++i) taken[i].push_back(MeasureInChild(contenders[i]));
  return taken;
}

// The median of a number of each sample; of at least one sample.
template <typename Sample, typename Number>
double Median(const std::vector<Sample>& samples, const Number& number) {
  std::vector<double> numbers;
  for (const Sample& sample : samples) numbers.push_back(number(sample));
  const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
  std::nth_element(numbers.begin(), middle, numbers.end());
  return *middle;
}

double Median(const std::vector<double>& numbers);

// Microseconds of a clock that only goes forward.
double Now();

}  // namespace precompiledseccomp::testing
