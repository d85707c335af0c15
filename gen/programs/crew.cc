// SPDX-License-Identifier: Apache-2.0

#include "programs/crew.h"

#include <algorithm>
#include <exception>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <precompiledseccomp/error.h>

#include "errors.h"

namespace precompiledseccomp::gen {
namespace {

class Crew {
 public:
  explicit Crew(const Jobs& jobs) : jobs_(jobs) {}

  // Throws nothing: it runs in threads.
  void Work() noexcept {
    while (std::optional<Job> job = Take()) Try(job->index, job->work);
  }

  // After all threads have ended.
  void ThrowErrors() const {
    if (errors_.empty()) return;
    std::vector<Error> errors;
    for (const auto& [index, error] : errors_) errors.push_back(error);
    throw Errors(errors);
  }

 private:
  struct Job {
    std::size_t index = 0;
    std::function<void()> work;
  };

  std::optional<Job> Take() noexcept {
    const std::lock_guard lock(taking_);
    while (next_ < jobs_.count && !IsEnough()) {
      Job job{next_++, {}};
      Try(job.index, [&] { job.work = jobs_.take(job.index); });
      if (job.work) return job;
    }
    return std::nullopt;
  }

  void Try(std::size_t index, const std::function<void()>& work) noexcept {
    try {
      work();
    } catch (const Error& error) {
      Fail(index, error);
    } catch (const std::exception& exception) {
      Fail(index, Error(exception.what()));
    } catch (...) {
      Fail(index, Error("this program's job threw something that is no std::exception"));
    }
  }

  void Fail(std::size_t index, const Error& error) {
    const std::lock_guard lock(failing_);
    errors_.emplace(index, error.InProgram(jobs_.name(index)));
  }

  bool IsEnough() {
    const std::lock_guard lock(failing_);
    return errors_.size() >= Errors::kMost;
  }

  const Jobs& jobs_;
  std::mutex taking_;
  std::size_t next_ = 0;
  std::mutex failing_;
  std::map<std::size_t, Error> errors_;  // by index
};

}  // namespace

void Do(const Jobs& jobs, std::optional<std::size_t> threads) {
  Crew crew(jobs);
  std::vector<std::thread> helpers;
  const std::size_t wanted = threads.value_or(std::thread::hardware_concurrency());
  for (std::size_t count = 1; count < std::min(wanted, jobs.count); ++count) {
    try {
      helpers.emplace_back([&] { crew.Work(); });
    } catch (const std::system_error&) {
      break;  // no more threads to be had: those that are there do it
    }
  }
  crew.Work();
  for (std::thread& helper : helpers) helper.join();
  crew.ThrowErrors();
}

}  // namespace precompiledseccomp::gen
