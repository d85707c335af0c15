// SPDX-License-Identifier: Apache-2.0

#include "inspect/path.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "bpf/disassembler.h"
#include "bpf/instructions.h"
#include "inspect/call_text.h"
#include "inspect/constants.h"
#include "inspect/number_text.h"
#include "inspect/operations.h"
#include "precompile/template.h"
#include "target/parameters.h"

namespace precompiledseccomp::inspect {
namespace {

// What a register or a slot holds.
struct Content {
  // Nothing if it depends on a variable that is not known.
  std::optional<std::uint32_t> value = 0;
  std::string text = {};  // empty for a constant
  // The word of seccomp_data that it is as it was loaded; for names of its values.
  std::optional<std::uint32_t> word = {};
  // The parameter that it is as it was loaded, if that is no more than a word; for names, too.
  std::string parameter = {};
  // It is `text` with the highest bit turned around, so that unsigned order is that of signed numbers.
  bool is_flipped = false;
};

std::string SignedNumber(std::uint32_t bits) {
  return std::to_string(static_cast<std::int32_t>(bits));
}

const char* SignOf(unsigned operation) {
  constexpr std::pair<unsigned, const char*> kSigns[] = {
      {BPF_ADD, " + "}, {BPF_SUB, " - "}, {BPF_MUL, " * "},  {BPF_DIV, " / "},  {BPF_AND, " & "},
      {BPF_OR, " | "},  {BPF_XOR, " ^ "}, {BPF_LSH, " << "}, {BPF_RSH, " >> "},
  };
  for (const auto& [known, sign] : kSigns)
    if (known == operation) return sign;
  return " ? ";
}

const char* RelationOf(unsigned operation) {
  switch (operation) {
    case BPF_JEQ:
      return " == ";
    case BPF_JGT:
      return " > ";
    case BPF_JGE:
      return " >= ";
    default:
      return " has any bit of ";
  }
}

class Walk {
 public:
  Walk(const PrecompiledProgram& program, const seccomp_data& call, const KnownValues& known)
      : program_(program), call_(call), known_(known) {
    for (const bpf::Hole& hole : TemplateOf(program).holes) holes_.emplace(hole.index, hole);
  }

  Path Run() {
    while (!has_ended_) {
      const std::size_t index = next_++;
      path_.steps.push_back({index, {}});
      Take(program_.instructions.at(index), index);
    }
    return std::move(path_);
  }

 private:
  void Take(const sock_filter& instruction, std::size_t index) {
    switch (BPF_CLASS(instruction.code)) {
      case BPF_LD:
        a_ = Loaded(instruction, index);
        return;
      case BPF_LDX:
        x_ = Loaded(instruction, index);
        return;
      case BPF_ST:
        slots_.at(instruction.k) = a_;
        return;
      case BPF_STX:
        slots_.at(instruction.k) = x_;
        return;
      case BPF_MISC:
        (BPF_MISCOP(instruction.code) == BPF_TAX ? x_ : a_) =
            BPF_MISCOP(instruction.code) == BPF_TAX ? a_ : x_;
        return;
      case BPF_ALU:
        return Calculate(instruction, index);
      case BPF_JMP:
        return Jump(instruction, index);
      default:
        return Answer(instruction, index);
    }
  }

  // ---- Where values come from.

  [[nodiscard]] Content Loaded(const sock_filter& instruction, std::size_t index) const {
    switch (BPF_MODE(instruction.code)) {
      case BPF_ABS:
        return Word(instruction.k);
      case BPF_MEM:
        return slots_.at(instruction.k);
      case BPF_LEN:
        return {sizeof(seccomp_data)};
      default:
        return Operand(instruction, index);
    }
  }

  // The operand of an instruction: a constant, what stands for a variable, or X.
  [[nodiscard]] Content Operand(const sock_filter& instruction, std::size_t index) const {
    const auto hole = holes_.find(index);
    if (hole == holes_.end()) return {instruction.k};
    const auto number = known_.numbers().find(hole->second.variable);
    Content content{std::nullopt, "$" + hole->second.variable};
    content.is_flipped = hole->second.is_flipped;
    if (number != known_.numbers().end()) content.value = hole->second.OperandFor(number->second);
    return content;
  }
  [[nodiscard]] Content Right(const sock_filter& instruction, std::size_t index) const {
    return BPF_SRC(instruction.code) == BPF_X ? x_ : Operand(instruction, index);
  }

  [[nodiscard]] Content Word(std::uint32_t offset) const {
    Content content;
    content.word = offset;
    const bool big_endian = program_.target.big_endian;
    if (offset == bpf::kNumberOffset) {
      content.value = static_cast<std::uint32_t>(call_.nr);
      content.text = "nr";
    } else if (offset == bpf::kArchOffset) {
      content.value = call_.arch;
      content.text = "arch";
    } else {
      for (const bpf::Half half : {bpf::Half::kLow, bpf::Half::kHigh}) {
        if (offset == bpf::InstructionPointerOffset(half, big_endian))
          return HalfOf("instruction_pointer", call_.instruction_pointer, half, content);
        for (int i = 0; i < bpf::kArgumentCount; ++i)
          if (offset == bpf::ArgumentOffset(i, half, big_endian))
            return HalfOf(ParameterName(program_.target, call_, i), call_.args[i], half, content,
                          IsOneWord(i));
      }
    }
    return content;
  }

  // Of what is no more than a word, the low half has the name of the whole.
  static Content HalfOf(const std::string& name, std::uint64_t field, bpf::Half half, Content content,
                        bool is_one_word = false) {
    const bool is_low = half == bpf::Half::kLow;
    content.value = static_cast<std::uint32_t>(is_low ? field : field >> 32);
    content.text = name + (!is_low ? ".high" : is_one_word ? "" : ".low");
    if (is_low && is_one_word) content.parameter = name;
    return content;
  }

  [[nodiscard]] bool IsOneWord(int index) const {
    const auto parameters =
        ParametersOf(program_.target, SyscallName(program_.target, static_cast<std::uint32_t>(call_.nr)));
    return parameters && std::any_of(parameters->begin(), parameters->end(), [&](const Parameter& parameter) {
             return parameter.index == index && parameter.bits <= 32;
           });
  }

  // ---- What is done with them.

  void Calculate(const sock_filter& instruction, std::size_t index) {
    const unsigned operation = BPF_OP(instruction.code);
    if (operation == BPF_NEG) {
      a_ = {a_.value ? std::optional(0 - *a_.value) : std::nullopt, "-(" + Plain(a_) + ")"};
      return;
    }
    const Content right = Right(instruction, index);
    if (operation == BPF_DIV && right.value == 0U) return End(SECCOMP_RET_KILL);
    if (operation == BPF_XOR && right.value == bpf::kHighestBit && !a_.is_flipped) {
      if (a_.value) a_.value = *a_.value ^ bpf::kHighestBit;
      a_.is_flipped = true;
      return;
    }
    const bool are_known = a_.value && right.value;
    a_ = {are_known ? Calculated(operation, *a_.value, *right.value) : std::nullopt,
          InBrackets(a_) + SignOf(operation) + InBrackets(right)};
  }

  void Jump(const sock_filter& instruction, std::size_t index) {
    if (BPF_OP(instruction.code) == BPF_JA) {
      next_ += instruction.k;
      return;
    }
    const Content right = Right(instruction, index);
    const unsigned operation = BPF_OP(instruction.code);
    std::string& meaning = path_.steps.back().meaning;
    meaning = ComparisonText(operation, right);
    if (!a_.value || !right.value) {
      meaning += ": depends on what is not set";
      has_ended_ = true;
      return;
    }
    const bool is_true = IsTrue(operation, *a_.value, *right.value);
    meaning += is_true ? ": yes" : ": no";
    next_ += is_true ? instruction.jt : instruction.jf;
  }

  void Answer(const sock_filter& instruction, std::size_t index) {
    const Content answer = BPF_RVAL(instruction.code) == BPF_A ? a_ : Operand(instruction, index);
    if (answer.value) return End(*answer.value);
    path_.steps.back().meaning = Plain(answer) + ": depends on what is not set";
    has_ended_ = true;
  }

  void End(std::uint32_t answer) {
    path_.steps.back().meaning = AnswerText(answer);
    path_.answer = answer;
    has_ended_ = true;
  }

  // ---- As text.

  static std::string Plain(const Content& content) {
    if (content.text.empty()) return ShortNumber(content.value.value_or(0));
    return content.is_flipped ? content.text + " ^ 0x80000000" : content.text;
  }
  static std::string InBrackets(const Content& content) {
    const std::string text = Plain(content);
    return text.find(' ') == std::string::npos ? text : "(" + text + ")";
  }

  // What a value is called where that content is compared: "16 ioctl", "x86_64", "0x5412 TIOCSTI".
  [[nodiscard]] std::string ValueText(const Content& content, std::uint32_t value) const {
    const bool is_arch = content.word == bpf::kArchOffset;
    if (is_arch && value == program_.target.audit_arch) return std::string(program_.target.name);
    std::string name;
    if (content.word == bpf::kNumberOffset) name = SyscallName(program_.target, value);
    if (!content.parameter.empty())
      name = NameOfValue(SyscallName(program_.target, static_cast<std::uint32_t>(call_.nr)),
                         content.parameter, value);
    return ShortNumber(value) + (name.empty() || name.starts_with('#') ? "" : " " + name);
  }

  //   cmd (0x5412 TIOCSTI) == 0x5401 TCGETS      nr (16 ioctl) >= 60 exit      as int: nice (-5) > $limit (3)
  [[nodiscard]] std::string ComparisonText(unsigned operation, const Content& right) const {
    const bool is_signed = a_.is_flipped && (right.is_flipped || right.text.empty());
    const auto side = [&](const Content& content) {
      std::string value;
      if (content.value)
        value = is_signed ? SignedNumber(*content.value ^ bpf::kHighestBit) : ValueText(a_, *content.value);
      if (content.text.empty()) return value;
      return (is_signed ? content.text : Plain(content)) + (value.empty() ? "" : " (" + value + ")");
    };
    return (is_signed ? "as int: " : "") + side(a_) + RelationOf(operation) + side(right);
  }

  const PrecompiledProgram& program_;
  const seccomp_data& call_;
  const KnownValues& known_;
  std::map<std::size_t, bpf::Hole> holes_;
  std::size_t next_ = 0;
  bool has_ended_ = false;
  Content a_;
  Content x_;
  std::array<Content, BPF_MEMWORDS> slots_;
  Path path_;
};

}  // namespace

Path PathOf(const PrecompiledProgram& program, const seccomp_data& call, const KnownValues& known) {
  return Walk(program, call, known).Run();
}

std::string AnswerText(std::uint32_t answer) {
  std::string text = bpf::DescribeReturn(answer);
  if ((answer & ~SECCOMP_RET_DATA) != SECCOMP_RET_ERRNO) return text;
  const std::uint32_t number = answer & SECCOMP_RET_DATA;
  if (number == 0) return text + " (the call is not made, and returns 0)";
  const std::string_view name = ErrnoName(number);
  return name.empty() ? text : text + " (" + std::string(name) + ")";
}

}  // namespace precompiledseccomp::inspect
