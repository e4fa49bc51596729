"""New source in the dress of the file that it goes into."""

from __future__ import annotations

import io
import re
import tokenize

import libcst as cst

from vggdoctor.fixing.tree import Tree

_PLAIN_STRING = re.compile(r"""(?i)([rbu]{0,2})(["'])(.*)\2""", re.DOTALL)


class Style:
    """The habits of one file: its usual quotation mark and its indentation."""

    def __init__(self, tree: Tree) -> None:
        quotes = [string.quote for string in tree.of(cst.SimpleString)]
        self.quote = "'" if quotes.count("'") > quotes.count('"') else '"'
        self.indentation = tree.module.default_indent

    def dressed(self, source: str) -> str:
        """``source`` (indented by four spaces, any quotes) with the file's own quotes and indentation."""
        return "\n".join(self._indented(line) for line in self._quoted(source).split("\n"))

    def _indented(self, line: str) -> str:
        blank = len(line) - len(line.lstrip(" "))
        levels, rest = divmod(blank, 4)
        return self.indentation * levels + " " * rest + line[blank:]

    def _quoted(self, source: str) -> str:
        try:
            tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
        except (tokenize.TokenError, SyntaxError):  # a fragment: kept as it is
            return source
        lines = source.split("\n")
        for token in reversed(tokens):
            if token.type == tokenize.STRING and token.start[0] == token.end[0]:
                line = lines[token.start[0] - 1]
                lines[token.start[0] - 1] = line[: token.start[1]] + self._requoted(token.string) + line[token.end[1] :]
        return "\n".join(lines)

    def _requoted(self, string: str) -> str:
        match = _PLAIN_STRING.fullmatch(string)
        if match is None or string.endswith(('"""', "'''")) or re.search(r"[\"'\\]", match[3]):
            return string
        return f"{match[1]}{self.quote}{match[3]}{self.quote}"
