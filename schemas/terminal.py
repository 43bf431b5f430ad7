"""What a page says reaches a terminal harmless: one place for that escape.

Both wings print (explanations in pipeline, tables in db), so it lives where both may look.
"""

from __future__ import annotations

import re

# C0 and C1 controls but newline and tab, DEL, and the marks that reorder or hide text on a screen
# (Unicode TR 36, section 3.2: bidirectional text spoofing).
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def safe(text: str) -> str:
    """Return text with every control and invisible reordering character shown as \\uXXXX.

    Newlines and tabs stay. Escape sequences lose their ESC and so their power.
    """
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def safe_line(text: str) -> str:
    """Return safe(text) on one line: white space of any kind becomes one blank."""
    return safe(" ".join(text.split()))
