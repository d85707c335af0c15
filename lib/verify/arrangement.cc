// SPDX-License-Identifier: Apache-2.0
//
// At each place of the line, a diagram has a node for everything that the things before it can have to say to
// those behind it. Below, four lines of an "or", and what they look at:
//
//     a && c      a ---- c
//     b && e        b ------- e
//     c && d             c - d
//                      ^ here: whether the first is still possible, and whether the second is
//
// That is two to the power of how many of them have begun and not ended; or, if that is less, of how many
// bits the things have that they began with. The estimate is the sum of it over all places.
//
// To make it small, the things are first drawn together: each to the middle of those that it stands with, and
// so on (that is the idea of FORCE, by Aloul, Markov and Sakallah). Then each is moved to the best place for
// it, until no move makes the estimate less (as in sifting, by Rudell, which does so with the diagram
// itself). As this ends in a line that is better than its neighbours only, it is tried from several
// beginnings.
//
// With integers only, and without a clock: the same line is found everywhere.

#include "verify/arrangement.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

namespace precompiledseccomp::verify {
namespace {

using Line = std::vector<std::size_t>;

constexpr int kMostBits = 40;  // counts as many, so that the sum does not overflow
constexpr int kBeginnings = 12;
constexpr int kRoundsOfDrawing = 30;
// Some half a second: of 60 things that stand together 60 times, several beginnings can be tried.
constexpr std::uint64_t kMostWork = 200'000'000;

// One question, of which the things are numbered anew.
struct Part {
  struct Row {
    std::vector<std::size_t> things;
    int bits = 0;  // for one of `times` ways to say whether it is still possible
  };
  std::vector<std::size_t> things;  // their own numbers, ascending
  std::vector<Row> rows;
  std::vector<std::vector<std::size_t>> rows_of;  // of each thing

  explicit Part(const Question& question) {
    for (const Together& together : question)
      things.insert(things.end(), together.things.begin(), together.things.end());
    std::sort(things.begin(), things.end());
    things.erase(std::unique(things.begin(), things.end()), things.end());
    rows_of.resize(things.size());
    for (const Together& together : question) {
      if (together.things.size() < 2) continue;
      Row& row = rows.emplace_back();
      row.bits = static_cast<int>(std::bit_width(together.times));
      for (const std::size_t thing : together.things) {
        const auto place = std::lower_bound(things.begin(), things.end(), thing);
        row.things.push_back(static_cast<std::size_t>(place - things.begin()));
        rows_of[row.things.back()].push_back(rows.size() - 1);
      }
    }
  }
};

// Estimates for lines that differ little.
class Estimator {
 public:
  Estimator(const std::vector<int>& bits, const std::vector<Question>& questions)
      : bits_(bits),
        parts_(questions.begin(), questions.end()),
        places_(bits.size()),
        parts_of_(bits.size()) {
    for (std::size_t part = 0; part < parts_.size(); ++part)
      for (const std::size_t thing : parts_[part].things) parts_of_[thing].push_back(part);
  }

  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  [[nodiscard]] std::uint64_t work() const { return work_; }

  // Of all parts, or of those that a thing is in. As the things stand now.
  std::uint64_t OfAll() {
    std::uint64_t sum = 0;
    for (const Part& part : parts_) sum += Of(part);
    return sum;
  }
  std::uint64_t OfPartsOf(std::size_t thing) {
    std::uint64_t sum = 0;
    for (const std::size_t part : parts_of_[thing]) sum += Of(parts_[part]);
    return sum;
  }
  bool AreInOnePart(std::size_t left, std::size_t right) {
    auto part = parts_of_[left].begin();
    for (const std::size_t other : parts_of_[right]) {
      while (part != parts_of_[left].end() && *part < other) ++part;
      if (part == parts_of_[left].end()) return false;
      if (*part == other) return true;
      ++work_;
    }
    return false;
  }

  void Place(const Line& line) {
    for (std::size_t place = 0; place < line.size(); ++place) places_[line[place]] = place;
  }
  void Exchange(std::size_t left, std::size_t right) { std::swap(places_[left], places_[right]); }
  [[nodiscard]] std::size_t PlaceOf(std::size_t thing) const { return places_[thing]; }
  void AddWork(std::size_t work) { work_ += work; }

 private:
  std::uint64_t Of(const Part& part) {
    order_.resize(part.things.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::sort(order_.begin(), order_.end(), [&](std::size_t left, std::size_t right) {
      return places_[part.things[left]] < places_[part.things[right]];
    });
    met_.assign(part.rows.size(), 0);
    open_.assign(part.things.size(), 0);
    std::uint64_t sum = 0;
    int bits_of_rows = 0;
    int bits_of_things = 0;
    for (const std::size_t thing : order_) {
      for (const std::size_t index : part.rows_of[thing]) {
        const Part::Row& row = part.rows[index];
        if (++met_[index] == 1) bits_of_rows += row.bits;
        if (met_[index] < row.things.size()) {
          if (open_[thing]++ == 0) bits_of_things += bits_[part.things[thing]];
          continue;
        }
        // The row ends here; for it, the others need not be known any more.
        bits_of_rows -= row.bits;
        for (const std::size_t other : row.things)
          if (other != thing && --open_[other] == 0) bits_of_things -= bits_[part.things[other]];
        work_ += row.things.size();
      }
      work_ += part.rows_of[thing].size() + std::bit_width(order_.size());
      sum += std::uint64_t{1} << std::min({bits_of_rows, bits_of_things, kMostBits});
    }
    return sum;
  }

  const std::vector<int>& bits_;
  std::vector<Part> parts_;
  std::vector<std::size_t> places_;                 // of each thing
  std::vector<std::vector<std::size_t>> parts_of_;  // of each thing
  std::uint64_t work_ = 0;
  // Of the part that is estimated:
  std::vector<std::size_t> order_;  // its things, from the first in the line to the last
  std::vector<std::size_t> met_;    // of each row, how many of its things
  std::vector<std::size_t> open_;   // of each thing, how many rows that have not ended
};

void DrawTogether(Line& line, Estimator& estimator) {
  constexpr std::uint64_t kParts = 1024;  // of the distance between two places
  for (int round = 0; round < kRoundsOfDrawing; ++round) {
    estimator.Place(line);
    std::vector<std::uint64_t> sums(line.size(), 0);  // of the middles of each thing's rows
    std::vector<std::uint64_t> rows(line.size(), 0);
    for (const Part& part : estimator.parts())
      for (const Part::Row& row : part.rows) {
        std::uint64_t sum = 0;
        for (const std::size_t thing : row.things) sum += estimator.PlaceOf(part.things[thing]);
        for (const std::size_t thing : row.things) {
          sums[part.things[thing]] += kParts * sum / row.things.size();
          ++rows[part.things[thing]];
        }
        estimator.AddWork(2 * row.things.size());
      }
    const auto middle = [&](std::size_t thing) {
      return rows[thing] == 0 ? kParts * estimator.PlaceOf(thing) : sums[thing] / rows[thing];
    };
    std::stable_sort(line.begin(), line.end(),
                     [&](std::size_t left, std::size_t right) { return middle(left) < middle(right); });
  }
}

// Moves a thing to where the estimate is least, if that is less than it is. Returns the estimate.
std::uint64_t MoveToItsBestPlace(std::size_t thing, Line& line, std::uint64_t estimate,
                                 Estimator& estimator) {
  estimator.Place(line);
  const std::uint64_t others = estimate - estimator.OfPartsOf(thing);
  const std::size_t place = estimator.PlaceOf(thing);
  std::size_t best_place = place;
  const auto try_next = [&](std::size_t neighbour, std::size_t next_place) {
    estimator.Exchange(thing, neighbour);
    if (!estimator.AreInOnePart(thing, neighbour)) return;  // as good as where it was
    const std::uint64_t tried = others + estimator.OfPartsOf(thing);
    if (tried >= estimate) return;
    estimate = tried;
    best_place = next_place;
  };
  for (std::size_t next = place; next-- > 0;) try_next(line[next], next);
  estimator.Place(line);
  for (std::size_t next = place + 1; next < line.size(); ++next) try_next(line[next], next);
  const auto at = [&](std::size_t index) { return line.begin() + static_cast<std::ptrdiff_t>(index); };
  if (best_place < place)
    std::rotate(at(best_place), at(place), at(place + 1));
  else
    std::rotate(at(place), at(place + 1), at(best_place + 1));
  return estimate;
}

Arrangement Improved(Line line, Estimator& estimator) {
  estimator.Place(line);
  std::uint64_t estimate = estimator.OfAll();
  std::uint64_t before = 0;
  do {
    before = estimate;
    for (std::size_t thing = 0; thing < line.size() && estimator.work() < kMostWork; ++thing)
      estimate = MoveToItsBestPlace(thing, line, estimate, estimator);
  } while (estimate < before && estimator.work() < kMostWork);
  return {std::move(line), estimate};
}

// The things in some other order; `state` says which, and then another.
Line Shuffled(Line line, std::uint64_t& state) {
  for (std::size_t i = line.size(); i-- > 1;) {
    state = state * 6364136223846793005U + 1442695040888963407U;  // Knuth's MMIX
    std::swap(line[i], line[(state >> 33) % (i + 1)]);
  }
  return line;
}

Line AsGiven(std::size_t things) {
  Line line(things);
  std::iota(line.begin(), line.end(), std::size_t{0});
  return line;
}

}  // namespace

std::uint64_t EstimateAsGiven(const std::vector<int>& bits, const std::vector<Question>& questions) {
  Estimator estimator(bits, questions);
  estimator.Place(AsGiven(bits.size()));
  return estimator.OfAll();
}

Arrangement Arrange(const std::vector<int>& bits, const std::vector<Question>& questions) {
  Estimator estimator(bits, questions);
  const Line given = AsGiven(bits.size());
  estimator.Place(given);
  Arrangement best = {given, estimator.OfAll()};
  std::uint64_t state = 1;
  for (int i = 0; i < kBeginnings && estimator.work() < kMostWork; ++i) {
    Line line = i == 0 ? given : Shuffled(given, state);
    DrawTogether(line, estimator);
    Arrangement improved = Improved(std::move(line), estimator);
    if (improved.estimate < best.estimate) best = std::move(improved);
  }
  return best;
}

}  // namespace precompiledseccomp::verify
