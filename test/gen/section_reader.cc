// SPDX-License-Identifier: Apache-2.0

#include "section_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <stdexcept>

#include <precompiledseccomp/table_format.h>

namespace precompiledseccomp::gen {
namespace {

// One table, by places in it.
class TableBytes {
 public:
  explicit TableBytes(std::string_view bytes) : bytes_(bytes) {}

  template <typename Record>
  [[nodiscard]] Record At(std::size_t place) const {
    if (place > bytes_.size() || sizeof(Record) > bytes_.size() - place)
      throw std::runtime_error("a record is outside of its table");
    Record record;
    std::memcpy(&record, bytes_.data() + place, sizeof record);
    return record;
  }

  // The places of a part's elements, as seen from the record at `place`.
  template <typename Element>
  [[nodiscard]] std::vector<std::size_t> PlacesOf(std::size_t place,
                                                  const precompiledseccomp_table_part& part) const {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < part.count; ++i)
      places.push_back(place + static_cast<std::size_t>(std::ptrdiff_t{part.distance}) + i * sizeof(Element));
    return places;
  }

  template <typename Element>
  [[nodiscard]] std::vector<Element> ElementsOf(std::size_t place,
                                                const precompiledseccomp_table_part& part) const {
    std::vector<Element> elements;
    for (const std::size_t element : PlacesOf<Element>(place, part)) elements.push_back(At<Element>(element));
    return elements;
  }

  [[nodiscard]] std::string NameOf(std::size_t place, const precompiledseccomp_table_part& part) const {
    const std::vector<char> name = ElementsOf<char>(place, part);
    return {name.begin(), name.end()};
  }

 private:
  std::string_view bytes_;
};

PrecompiledVariable VariableAt(const TableBytes& table, std::size_t place) {
  const auto record = table.At<precompiledseccomp_table_variable>(place);
  PrecompiledVariable variable;
  variable.name = table.NameOf(place, record.name);
  variable.bits = record.bits;
  variable.kind = static_cast<Variable::Kind>(record.kind);  // the same numbers
  for (const auto& [instruction, form] :
       table.ElementsOf<precompiledseccomp_table_place>(place, record.places)) {
    const bool is_high_half = (form & PRECOMPILEDSECCOMP_FORM_HIGH_HALF) != 0;
    (is_high_half ? variable.high_offsets : variable.low_offsets).push_back(instruction);
    if ((form & PRECOMPILEDSECCOMP_FORM_FLIPPED) != 0) variable.flipped_offsets.push_back(instruction);
  }
  std::sort(variable.flipped_offsets.begin(), variable.flipped_offsets.end());
  return variable;
}

SectionProgram ProgramAt(const TableBytes& table, std::size_t place) {
  const auto record = table.At<precompiledseccomp_table_program>(place);
  SectionProgram read;
  read.program.name = table.NameOf(place, record.name);
  read.program.instructions = table.ElementsOf<sock_filter>(place, record.instructions);
  for (const std::size_t variable :
       table.PlacesOf<precompiledseccomp_table_variable>(place, record.variables))
    read.program.variables.push_back(VariableAt(table, variable));
  read.audit_arch = table.ElementsOf<precompiledseccomp_table_abi>(place, record.abis).at(0).audit_arch;
  read.install_options = record.install_options;
  return read;
}

}  // namespace

std::vector<SectionProgram> ReadSection(std::string_view section) {
  constexpr std::size_t kAlignment = 8;
  std::vector<SectionProgram> programs;
  while (section.size() >= sizeof(precompiledseccomp_table_header)) {
    if (section.front() == '\0') {
      section.remove_prefix(kAlignment);
      continue;
    }
    const auto header = TableBytes(section).At<precompiledseccomp_table_header>(0);
    if (std::memcmp(header.magic, PRECOMPILEDSECCOMP_TABLE_MAGIC, sizeof header.magic) != 0 ||
        header.format_major != PRECOMPILEDSECCOMP_FORMAT_MAJOR || header.size > section.size())
      throw std::runtime_error("what is there is no table");
    const TableBytes table(section.substr(0, header.size));
    for (const std::size_t program : table.PlacesOf<precompiledseccomp_table_program>(0, header.programs))
      programs.push_back(ProgramAt(table, program));
    const std::size_t next = (header.size + kAlignment - 1) / kAlignment * kAlignment;
    section.remove_prefix(std::min(next, section.size()));
  }
  return programs;
}

}  // namespace precompiledseccomp::gen
