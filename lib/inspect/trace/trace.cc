// SPDX-License-Identifier: Apache-2.0

#include "inspect/trace/trace.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <system_error>
#include <utility>

#include <precompiledseccomp/error.h>

#include "inspect/line_text.h"
#include "inspect/trace/audit_record.h"
#include "inspect/trace/call_counts.h"
#include "inspect/trace/call_names.h"
#include "inspect/trace/reporter_line.h"
#include "inspect/trace/strace_line.h"
#include "inspect/trace/strace_tasks.h"

namespace precompiledseccomp::inspect {
namespace {

// "tls=0x7f10}strace: Process 1284 attached": strace's own messages break a line that goes on in the next
// one.
std::optional<std::string_view> BrokenLine(std::string_view line) {
  constexpr std::string_view kMessage = "strace: Process ";
  const std::size_t begin = line.rfind(kMessage);
  if (begin == std::string_view::npos || begin == 0 || !Trimmed(line).ends_with(" attached"))
    return std::nullopt;
  return line.substr(0, begin);
}

// Whatever stood in the file: what is shown must not be able to steer a terminal.
std::string Printable(std::string_view text) {
  std::string printable(text);
  for (char& c : printable)
    if (c < ' ' || c > '~') c = '?';
  return printable;
}

}  // namespace

class TraceReader::Lines {
 public:
  Lines(const Target& target, const LookedAt& looked_at, TraceOptions options)
      : options_(std::move(options)),
        names_(target),
        others_(looked_at),
        tasks_(names_, looked_at, !options_.from_start && options_.marker.empty(),
               [this](const std::string& why) { AddUnread(why); }) {}

  void Take(std::string_view line) {
    ++trace_.lines;
    line_ = line;
    if (!broken_.empty()) {
      std::string whole = std::exchange(broken_, std::string());
      whole += line;
      TakeWhole(whole);
    } else if (const auto broken = BrokenLine(line)) {
      broken_ = std::string(*broken);
      TakeWhole(line.substr(broken->size()));
    } else {
      TakeWhole(line);
    }
    if (options_.marker.empty() || has_marker_ || line.find(options_.marker) == std::string_view::npos)
      return;
    has_marker_ = true;
    tasks_.StartHere();
    before_marker_ = others_.count();
    others_.Clear();
  }

  Trace Finish() {
    line_ = broken_;
    if (!broken_.empty()) AddUnread("its end is missing");
    if (tables_.IsCutOff()) AddUnread("the table has no end");
    tasks_.Finish();
    if (!options_.marker.empty() && !has_marker_)
      throw Error("no line of the trace contains \"" + options_.marker + "\"");
    TaskTallies::Counted counted = tasks_.Count();
    counted.tally.Add(others_);
    trace_.calls = counted.tally.Calls();
    trace_.made = counted.tally.count();
    trace_.before_filter = counted.before_filter + before_marker_;
    trace_.without_filter = counted.without_filter;
    return std::move(trace_);
  }

 private:
  void TakeWhole(std::string_view line) {
    // It ends a table; to all others it is nothing.
    if (Trimmed(line).empty()) {
      if (tables_.Take(line) == CountTables::Line::kNoRow) AddUnread("the table above it has no end");
      return;
    }
    if (const auto strace = ReadStraceLine(line)) return tasks_.Take(*strace, trace_.lines);
    if (IsAuditRecord(line)) return TakeRecord(line);
    if (IsReporterLine(line)) return TakeReporterLine(line);
    switch (tables_.Take(line)) {
      case CountTables::Line::kPart:
        return;
      case CountTables::Line::kRow:
        return TakeCount();
      case CountTables::Line::kNoRow:
        return AddUnread("it is no row of the table above it");
      case CountTables::Line::kNone:
        break;
    }
    if (TellsOfLostRecords(line)) {
      trace_.lost_records.push_back(trace_.lines);
      return;
    }
    if (IsLineOfLog(line)) {
      if (TakeMessage(line)) return;
      ++trace_.other_messages;
      return;
    }
    AddUnread("");
  }

  // "Nov 27 20:00:00 host strace[123]: 1 getpid() = 5": what strace wrote to a log.
  bool TakeMessage(std::string_view line) {
    const std::size_t begin = line.find("]: ");
    if (begin == std::string_view::npos) return false;
    const auto strace = ReadStraceLine(line.substr(begin + 3));
    if (!strace || strace->kind == StraceLine::Kind::kAside) return false;
    tasks_.Take(*strace, trace_.lines);
    return true;
  }

  void AddOther(std::uint32_t arch, std::uint32_t number, TalliedCall call) {
    call.call.call.arch = arch;
    call.call.call.nr = static_cast<int>(number);
    call.first_line = trace_.lines;
    call.are_flags_known = false;
    others_.Add(call);
  }

  void AddNamed(const Target& abi, std::string_view name, const TalliedCall& call) {
    if (const auto number = names_.NumberOf(abi, name)) return AddOther(abi.audit_arch, *number, call);
    AddUnread(names_.WhyUnknown(abi, name));
  }

  void TakeRecord(std::string_view line) {
    const auto record = ReadAuditRecord(line);
    if (!record) return AddUnread("the record has no architecture, or no call");
    TalliedCall call;
    call.count = 1;
    call.ended = record->was_ended ? 1 : 0;
    if (record->instruction_pointer) {
      call.call.call.instruction_pointer = *record->instruction_pointer;
      call.call.known_pointer = UINT64_MAX;
    }
    const Target* const abi = AbiOf(*record);
    if (record->number && (abi != nullptr || !record->is_arch_named))
      return AddOther(abi != nullptr ? abi->audit_arch : record->arch, *record->number, call);
    if (abi == nullptr) return AddUnread("calls of its architecture have no names here");
    AddNamed(*abi, record->name, call);
  }

  const Target* AbiOf(const AuditRecord& record) const {
    if (record.is_arch_named) return names_.AbiNamed(record.arch_name);
    if (record.arch == names_.target().audit_arch) return &names_.target();
    const Target* const other = names_.AbiOfMode("32 bit");
    return other != nullptr && other->audit_arch == record.arch ? other : nullptr;
  }

  void TakeReporterLine(std::string_view line) {
    const auto read = ReadReporterLine(line);
    if (!read) return AddUnread("the reporter's line is not whole");
    TalliedCall call;
    call.count = 1;
    call.ended = 1;
    for (std::size_t i = 0; i < kArguments; ++i) call.call.SetArgument(i, read->arguments[i]);
    call.call.call.instruction_pointer = read->instruction_pointer;
    call.call.known_pointer = UINT64_MAX;
    if (read->number) return AddOther(read->arch.value_or(names_.target().audit_arch), *read->number, call);
    AddNamed(names_.target(), read->name, call);
  }

  void TakeCount() {
    const Target* const abi = tables_.mode().empty() ? &names_.target() : names_.AbiOfMode(tables_.mode());
    if (abi == nullptr) return AddUnread("this machine's architecture has no calls of that kind");
    TalliedCall call;
    call.count = tables_.row().count;
    AddNamed(*abi, tables_.row().name, call);
  }

  void AddUnread(const std::string& why) {
    ++trace_.unread_lines;
    if (trace_.unread.size() < Trace::kMostUnread)
      trace_.unread.push_back({trace_.lines, Printable(line_.substr(0, Trace::kMostOfText)), Printable(why)});
  }

  TraceOptions options_;
  CallNames names_;
  CallTally others_;  // of what has no tasks
  StraceTasks tasks_;
  CountTables tables_;
  Trace trace_;
  std::string_view line_;
  std::string broken_;
  bool has_marker_ = false;
  std::uint64_t before_marker_ = 0;
};

TraceReader::TraceReader(const Target& target, const LookedAt& looked_at, TraceOptions options)
    : lines_(std::make_unique<Lines>(target, looked_at, std::move(options))) {}

TraceReader::~TraceReader() = default;

void TraceReader::TakeLine(std::string_view line) {
  lines_->Take(line);
}

Trace TraceReader::Finish() {
  return lines_->Finish();
}

Trace Joined(const std::vector<Trace>& traces, const LookedAt& looked_at) {
  Trace joined;
  CallTally tally(looked_at);
  for (const Trace& trace : traces) {
    for (const TalliedCall& call : trace.calls) tally.Add(call);
    joined.before_filter += trace.before_filter;
    joined.without_filter += trace.without_filter;
    joined.lines += trace.lines;
    joined.other_messages += trace.other_messages;
    joined.unread_lines += trace.unread_lines;
    for (const UnreadLine& line : trace.unread)
      if (joined.unread.size() < Trace::kMostUnread) joined.unread.push_back(line);
    joined.lost_records.insert(joined.lost_records.end(), trace.lost_records.begin(),
                               trace.lost_records.end());
  }
  joined.calls = tally.Calls();
  joined.made = tally.count();
  return joined;
}

Trace ReadTraceFile(const std::string& file, TraceReader& reader) {
  constexpr std::size_t kAtOnce = 1 << 16;
  const auto fail = [&](const std::string& what) {
    throw Error(file + ": " + what + ": " + std::generic_category().message(errno));
  };
  struct Closer {
    void operator()(std::FILE* stream) const {
      if (stream != stdin) static_cast<void>(std::fclose(stream));
    }
  };
  const std::unique_ptr<std::FILE, Closer> stream(file == "-" ? stdin : std::fopen(file.c_str(), "re"));
  if (stream == nullptr) fail("cannot open it");
  std::array<char, kAtOnce> buffer;
  std::string rest;  // of a line of which the end was not read yet
  for (;;) {
    const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), stream.get());
    if (size == 0) break;
    std::string_view text(buffer.data(), size);
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
      if (rest.empty()) {
        reader.TakeLine(text.substr(0, end));
      } else {
        rest += text.substr(0, end);
        reader.TakeLine(rest);
        rest.clear();
      }
      text.remove_prefix(end + 1);
    }
    rest += text;
  }
  if (std::ferror(stream.get()) != 0) fail("cannot read it");
  if (!rest.empty()) reader.TakeLine(rest);
  return reader.Finish();
}

}  // namespace precompiledseccomp::inspect
