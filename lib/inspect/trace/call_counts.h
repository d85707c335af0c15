// SPDX-License-Identifier: Apache-2.0
//
// Tables of how often calls were made: of `strace -c`, with any of the columns of -U, and of `perf trace -s`.
//
//   % time     seconds  usecs/call     calls    errors syscall
//   ------ ----------- ----------- --------- --------- ----------------
//   100.00    0.000514         513         1         1 getpid
//   ------ ----------- ----------- --------- --------- ----------------
//   100.00    0.000514                     1         1 total
//
//    prog (26818), 134 events, 52.8%
//
//      syscall            calls  errors  total       min       avg       max       stddev
//                                        (msec)    (msec)    (msec)    (msec)        (%)
//      --------------- --------  ------ -------- --------- --------- ---------     ------
//      mmap                  12      0     0.344     0.025     0.029     0.040      4.69%
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace precompiledseccomp::inspect {

struct CountedCall {
  std::string_view name;
  std::uint64_t count = 0;
};

// Goes through the lines of a file, and knows where a table begins and ends.
class CountTables {
 public:
  enum class Line : std::uint8_t {
    kNone,   // none of a table's: other readers look at it
    kPart,   // a head, a rule, a total
    kRow,    // `row()`
    kNoRow,  // stands where a row has to be, and is none
  };
  Line Take(std::string_view line);
  [[nodiscard]] const CountedCall& row() const { return row_; }
  // Whether a table has begun and not ended. perf's have no end.
  [[nodiscard]] bool IsCutOff() const {
    return place_ == Place::kHead || (place_ == Place::kRows && has_total_);
  }
  // "32 bit" for the calls of another ABI, as strace has a table for each; empty for the usual one.
  [[nodiscard]] std::string_view mode() const { return mode_; }

 private:
  Line TakeHead(std::string_view line);
  Line TakeRow(std::string_view line);

  enum class Place : std::uint8_t { kOutside, kHead, kRows, kTotal };
  Place place_ = Place::kOutside;
  // Columns, from 0, and how many there are.
  std::size_t columns_ = 0;
  std::optional<std::size_t> calls_;
  std::optional<std::size_t> errors_;
  std::size_t name_ = 0;
  bool has_total_ = true;
  CountedCall row_;
  std::string_view mode_;
};

}  // namespace precompiledseccomp::inspect
