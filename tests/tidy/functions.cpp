#include "tests/tidy/functions.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <utility>

namespace reprise::tests {
namespace {

// What a brace opens. Functions are looked for in scopes only.
enum class Block { scope, function, other };

bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

// Whether a head such as `template <class T> struct Box final` is that of a type or a namespace.
bool is_scope(std::string_view head) {
  if (head.starts_with("template <")) {
    std::size_t at = head.find('<');
    int depth = 0;
    do {
      depth += head[at] == '<' ? 1 : head[at] == '>' ? -1 : 0;
    } while (++at < head.size() && depth > 0);
    head.remove_prefix(std::min(head.find_first_not_of(' ', at), head.size()));
  }
  constexpr std::array<std::string_view, 7> words{"namespace", "class",  "struct",          "enum",
                                                  "union",     "extern", "inline namespace"};
  return std::ranges::any_of(words, [&](std::string_view word) {
    return head.starts_with(word) && (head.size() == word.size() || !is_word(head[word.size()]));
  });
}

class Finder {
 public:
  std::vector<FunctionLines> run(const SourceText& source) && {
    bool is_directive = false;
    for (line_ = 0; line_ < source.code.size(); ++line_) {
      const std::string& code = source.code[line_];
      const std::size_t begin = code.find_first_not_of(' ');
      is_directive = is_directive || (begin != std::string::npos && code[begin] == '#');
      if (is_directive) {
        is_directive = code.ends_with('\\');
        continue;
      }
      for (const char c : code) take(c);
      take(' ');  // the end of the line
    }
    return std::move(found_);
  }

 private:
  void take(char c) {
    if (c == '{') return open();
    if (c == '}') return close();
    if (!is_in_scope()) return;
    if (c == ';') return head_.clear();
    if (head_.empty() && is_blank(c)) return;
    if (head_.empty()) head_line_ = line_;
    head_ += c;
    if (head_ == "public:" || head_ == "private:" || head_ == "protected:") head_.clear();
  }

  bool is_in_scope() const { return blocks_.empty() || blocks_.back() == Block::scope; }

  void open() {
    const Block block = is_in_scope() ? block_of(head_) : Block::other;
    if (block == Block::function) begin_ = head_line_;
    // An initializer is a part of the head around it.
    if (block == Block::scope) head_.clear();
    blocks_.push_back(block);
  }

  void close() {
    if (blocks_.empty()) return;
    if (blocks_.back() == Block::function) found_.push_back({begin_, line_});
    if (blocks_.back() != Block::other) head_.clear();
    blocks_.pop_back();
  }

  static Block block_of(std::string_view head) {
    if (head.empty() || !is_blank(head.back())) return Block::other;  // `Pool pool{`
    while (is_blank(head.back())) head.remove_suffix(1);
    // `extern "C"` may stand behind a macro that has no semicolon.
    if (is_scope(head) || head.ends_with("extern")) return Block::scope;
    if (head.ends_with('=')) return Block::other;
    return head.find('(') != std::string_view::npos ? Block::function : Block::other;
  }

  std::vector<FunctionLines> found_;
  std::vector<Block> blocks_;
  std::string head_;  // what stands before the next brace of a scope
  std::size_t head_line_ = 0;
  std::size_t line_ = 0;
  std::size_t begin_ = 0;  // of the function whose block is open
};

}  // namespace

std::vector<FunctionLines> functions_of(const SourceText& source) { return Finder().run(source); }

}  // namespace reprise::tests
