"""Fold the many spellings of one address into the one under which it is remembered and asked for."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from pipeline.fetch.addresses import parse

#: Parameters that say where a reader came from and never which page is shown. Kept short on purpose:
#: a parameter dropped wrongly loses a page (courlan's own list drops `cid`, `uid` and `keyword`).
_TRACKING = re.compile(
    r"(?:utm_\w{1,30}|mc_[ce]id|_ga|_gl|_hs(?:enc|mi)|__hs\w{1,10}|at_(?:medium|campaign|link\w{0,10})|fbclid|gclid"
    r"|gclsrc|dclid|gbraid|wbraid|msclkid|twclid|ttclid|yclid|ysclid|igshid|igsh|mkt_tok|oly_(?:anon|enc)_id"
    r"|vero_(?:id|conv)|s_kwcid|ref_src|ref_url|cmpid|ncid|icid|smid|xtor|spm|guccounter|guce_referrer\w{0,4}"
    r"|wt_?mc|pk_\w{1,20}|mtm_\w{1,20}|amp|ampmode|outputtype)\Z",
    re.IGNORECASE,
)


def fold(url: str) -> str:
    """Return the address without fragment, tracking parameters, default port and needless escapes.

    Parameters are sorted. Raises FetchError for what is no address or is refused on sight.
    """
    parts = urlsplit(parse(url).url)
    query = parts.query
    if query:
        kept = [piece for piece in query.split("&") if piece and not _TRACKING.match(piece.partition("=")[0])]
        query = "&".join(kept)
    return str(canonicalize_url(urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))))
