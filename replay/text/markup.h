// Markup: makes text from a user or a file fit for XML and Markdown. Nothing of it becomes an
// element, an attribute, an entity, a link or a heading.
#pragma once

#include <string>
#include <string_view>

namespace reprise {

/// `text` as the content of an XML element. What XML 1.0 does not allow (control characters, bytes
/// that are not UTF-8, the noncharacters U+FFFE and U+FFFF) appears as \x1b and the like.
std::string xml_text(std::string_view text);

/// `text` as the value of an XML attribute in double quotes. Newlines and tabs become references,
/// which a reader does not turn into spaces.
std::string xml_attribute(std::string_view text);

/// `path` as a URI reference, `file://` before it if it is absolute. All but letters, digits and
/// /._-~ appear as %3A and the like.
std::string uri_of_path(std::string_view path);

/// `text` as one line of GitHub's Markdown, also in a table. What it quotes in backticks is code.
std::string markdown_text(std::string_view text);

/// `lines` as a block of code, which nothing in them ends.
std::string markdown_block(std::string_view lines);

}  // namespace reprise
