"""A hook of MkDocs: the book has only docs/, so a link that leaves docs/ becomes its text."""

import posixpath
import re

LINK = re.compile(r"!?\[([^\]]*)\]\(([^)#]+)[^)]*\)")


def on_page_markdown(markdown, page, **_):
    def shown(link):
        text, target = link.groups()
        folder = posixpath.dirname(page.file.src_uri)
        leaves = posixpath.normpath(posixpath.join(folder, target)).startswith("..")
        return text if leaves else link.group(0)

    return LINK.sub(shown, markdown)
