
#include <reprise/sim/plan/identity.h>

#include <array>
#include <charconv>

namespace reprise {

namespace {

constexpr std::array<std::string_view, aspect_count> aspect_texts = {
    "flight",   "early",  "yield",    "serial", "workload", "yield-before",  "spurious",
    "refusal",  "retry",  "error",    "short",  "cancel",   "cancel-answer", "abandon",
    "contract", "breaks", "delivery", "effect", "turn",     "fire"};

}  // namespace

std::string_view to_string(Aspect aspect) { return aspect_texts[static_cast<std::size_t>(aspect)]; }

std::optional<Aspect> aspect_from(std::string_view text) {
  for (std::size_t i = 0; i < aspect_texts.size(); ++i) {
    if (aspect_texts[i] == text) return static_cast<Aspect>(i);
  }
  return std::nullopt;
}

std::string meaning_of(Aspect aspect, std::uint32_t value) {
  if (value == 0) return "calm";
  constexpr std::array<std::string_view, 4> refusals = {"", "EAGAIN", "EBUSY", "ENOMEM"};
  switch (aspect) {
    case Aspect::flight:
      return "completes at the other time: at submit in the lazy world, in flight in the sync "
             "world";
    case Aspect::early: return "takes effect before its delivery, at a point of its own";
    case Aspect::yield: return "an explicit yield after this call said Done";
    case Aspect::serial: return "the tasks run one after the other";
    case Aspect::workload: return "the workload chooses " + std::to_string(value);
    case Aspect::yield_before: return "an explicit yield before this call";
    case Aspect::spurious: return "entered again with nothing finished";
    case Aspect::refusal:
      return "refused at submit with " + std::string(refusals[value < 4 ? value : 0]);
    case Aspect::retry:
      return value == 1 ? "no effect, fails with EINTR" : "no effect, fails with EAGAIN";
    case Aspect::error:
      return value == 1   ? "fails with EIO"
             : value == 2 ? "fails with EIO, now and for these sectors ever after"
             : value == 3 ? "fails with ENOSPC"
             : value == 4 ? "fails with EDQUOT"
                          : "fails with EFBIG";
    case Aspect::short_io:
      return "moves only " + std::to_string(value) + (value == 1 ? " byte" : " bytes");
    case Aspect::cancel:
      return "what the operation waits for is cancelled" +
             (value == 1 ? "" : "; " + meaning_of(Aspect::cancel_answer, value - 1));
    case Aspect::cancel_answer:
      return value == 1   ? "the cancel comes too late"
             : value == 2 ? "the cancel comes after a part was moved"
                          : "the cancel ends it with EINTR";
    case Aspect::abandon: return "the operation is abandoned at this yield";
    case Aspect::contract:
      return "the driver sees failed completions, and aborts: machines are not entered again";
    case Aspect::breaks:
      return value == 1   ? "from here on all I/O on this file fails with EIO"
             : value == 2 ? "from here on nothing more fits into this file: ENOSPC"
                          : "from here on this file is read-only: EROFS";
    case Aspect::delivery:
    case Aspect::effect:
    case Aspect::turn:
    case Aspect::fire: break;
  }
  return std::to_string(value);
}

std::string meaning_of(Aspect aspect, std::uint32_t value, Base base) {
  if (aspect != Aspect::flight || value == 0) return meaning_of(aspect, value);
  return base == Base::sync ? "is in flight for a while" : "has finished when submit returns";
}

std::string place_text(const Names& names, const Identity& identity) {
  std::string text(names.text(identity.name));
  text += '#';
  text += std::to_string(identity.ordinal);
  return text;
}

std::string to_string(const Names& names, const Identity& identity) {
  std::string text = place_text(names, identity);
  text += '/';
  text += to_string(identity.aspect);
  return text;
}

std::optional<IdentityText> parse_identity(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view front = text.substr(0, slash);
  const std::size_t hash = front.rfind('#');
  if (hash == std::string_view::npos || hash == 0) return std::nullopt;
  IdentityText parsed;
  parsed.name = front.substr(0, hash);
  const std::optional<Aspect> aspect = aspect_from(text.substr(slash + 1));
  if (!aspect.has_value()) return std::nullopt;
  parsed.aspect = *aspect;
  const char* const end = front.data() + front.size();
  const auto [stop, error] = std::from_chars(front.data() + hash + 1, end, parsed.ordinal);
  if (error != std::errc{} || stop != end) return std::nullopt;
  if (parsed.ordinal == 0 || parsed.ordinal > Identity::ordinal_max) return std::nullopt;
  return parsed;
}

}  // namespace reprise
