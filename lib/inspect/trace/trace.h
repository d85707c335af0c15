// SPDX-License-Identifier: Apache-2.0
//
// The door of this folder: lines of a trace go in; out come the calls that were made, counted.
//
//   TraceReader reader(target, looked_at, {});
//   for (std::string line; std::getline(in, line);) reader.TakeLine(line);
//   const Trace trace = reader.Finish();
//
// A trace is what strace writes (strace_line.h), records of the kernel's audit in any log (audit_record.h),
// lines of the runtime's reporter (reporter_line.h), and tables of counts (call_counts.h); or several of them
// in one file. No line is passed over in silence: what cannot be read is told of.
//
// Calls are those of the processes that run under a filter: where the trace shows one being installed, what
// a process did before it does not count, nor what others did that have none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <precompiledseccomp/target.h>

#include "inspect/call_tally.h"

namespace precompiledseccomp::inspect {

struct TraceOptions {
  // All calls count, from the first line on, whatever was installed when.
  bool from_start = false;
  // Calls count behind the first line that contains this, whatever was installed when; empty: not so.
  std::string marker;
};

struct UnreadLine {
  std::size_t number = 0;  // from 1
  std::string text;        // at most kMostOfText bytes of it
  std::string why;         // empty: it is no line of a trace
};

struct Trace {
  static constexpr std::size_t kMostUnread = 20;
  static constexpr std::size_t kMostOfText = 200;

  std::vector<TalliedCall> calls;  // in the order of their first lines
  std::uint64_t made = 0;          // how many these are
  bool only_refused = false;       // calls that are allowed were not looked at
  // Calls that do not count: of processes before they had a filter, or before the marker; and of those that
  // have none while others have.
  std::uint64_t before_filter = 0;
  std::uint64_t without_filter = 0;
  std::uint64_t lines = 0;
  // Of a log, about other things.
  std::uint64_t other_messages = 0;
  // The first kMostUnread of them, and how many there are.
  std::vector<UnreadLine> unread;
  std::uint64_t unread_lines = 0;
  // Where the kernel says that it left records out.
  std::vector<std::size_t> lost_records;
};

class TraceReader {
 public:
  // `looked_at` tells calls apart; it must outlive this.
  TraceReader(const Target& target, const LookedAt& looked_at, TraceOptions options);
  ~TraceReader();
  TraceReader(const TraceReader&) = delete;
  TraceReader& operator=(const TraceReader&) = delete;

  // Without a line feed.
  void TakeLine(std::string_view line);
  // Throws Error if there is no line with the marker.
  Trace Finish();

 private:
  class Lines;
  std::unique_ptr<Lines> lines_;
};

// Several traces as one; which of them a line is of is lost.
Trace Joined(const std::vector<Trace>& traces, const LookedAt& looked_at);

// Reads a whole file. Throws Error for one that cannot be read; "-" is standard input.
Trace ReadTraceFile(const std::string& file, TraceReader& reader);

}  // namespace precompiledseccomp::inspect
