"""Page templates: the same article in the markup of different site programs."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from html import escape

from benchmarks.spamgen.model import Block, Draft, Piece

_FURNITURE = {
    "en": ("Home", "News", "About us", "Contact", "Related stories", "Share this article", "Sign up for our newsletter", "Posted by", "Comments"),
    "de": ("Startseite", "Nachrichten", "Über uns", "Kontakt", "Mehr zum Thema", "Artikel teilen", "Newsletter abonnieren", "Von", "Kommentare"),
    "fr": ("Accueil", "Actualités", "À propos", "Contact", "À lire aussi", "Partager", "Recevoir la lettre", "Par", "Commentaires"),
    "es": ("Inicio", "Noticias", "Quiénes somos", "Contacto", "Te puede interesar", "Compartir", "Suscríbete al boletín", "Por", "Comentarios"),
    "pt": ("Início", "Notícias", "Sobre nós", "Contato", "Leia também", "Compartilhar", "Assine a newsletter", "Por", "Comentários"),
    "ru": ("Главная", "Новости", "О нас", "Контакты", "Читайте также", "Поделиться", "Подписаться на рассылку", "Автор", "Комментарии"),
    "zh-Hans": ("首页", "新闻", "关于我们", "联系", "相关文章", "分享", "订阅", "作者", "评论"),
    "ja": ("ホーム", "ニュース", "会社概要", "お問い合わせ", "関連記事", "シェア", "メルマガ登録", "著者", "コメント"),
    "id": ("Beranda", "Berita", "Tentang kami", "Kontak", "Baca juga", "Bagikan", "Langganan", "Oleh", "Komentar"),
}  # fmt: skip
_TEASERS = {
    "en": (
        "Council approves bridge repairs",
        "Ten trails for a long weekend",
        "What the new rail timetable means",
    ),
    "de": (
        "Stadtrat beschließt Brückensanierung",
        "Zehn Wanderungen fürs Wochenende",
        "Was der neue Fahrplan bringt",
    ),
    "fr": (
        "Le pont sera réparé au printemps",
        "Dix balades pour le week-end",
        "Ce que change le nouvel horaire",
    ),
    "es": (
        "El puente se reparará en primavera",
        "Diez rutas para el fin de semana",
        "Qué cambia con el nuevo horario",
    ),
    "pt": ("A ponte será reparada na primavera", "Dez trilhas para o feriado", "O que muda no novo horário"),
    "ru": ("Мост отремонтируют весной", "Десять маршрутов на выходные", "Что изменит новое расписание"),
    "zh-Hans": ("大桥春季维修", "周末十条步道", "新时刻表有何变化"),
    "ja": ("橋の補修は春に", "週末に歩きたい十の道", "新ダイヤで変わること"),
    "id": ("Jembatan diperbaiki musim semi", "Sepuluh jalur akhir pekan", "Apa arti jadwal kereta baru"),
}
_SITES = (
    "Harbour Times",
    "Northfield Review",
    "The Lantern",
    "Cedar Valley Post",
    "Brightwater Journal",
    "Kestrel Weekly",
    "Old Mill Gazette",
    "Plain Ledger",
)


def anchor(piece: Piece) -> str:
    """Write one piece as HTML."""
    if piece.markup is not None:
        return piece.markup
    told = escape(piece.text, quote=False)
    return f'<a href="{escape(piece.href)}">{told}</a>' if piece.href else told


def inner(block: Block) -> str:
    """Write a block's pieces as HTML."""
    return "".join(anchor(piece) for piece in block.pieces)


def body(blocks: list[Block], *, paragraph: str = "<p>%s</p>", plain_tables: bool = False) -> str:
    """Write the article's blocks: items and rows next to each other become one list or table."""
    out: list[str] = []
    open_kind = ""
    closing = {"li": "</ul>", "ol": "</ol>", "row": "</table>", "": ""}
    for block in blocks:
        if block.kind != open_kind and open_kind:
            out.append(closing[open_kind])
            open_kind = ""
        if block.kind in ("li", "ol", "row") and not open_kind:
            out.append({"li": "<ul>", "ol": "<ol>", "row": "<table>"}[block.kind])
            open_kind = block.kind
            first_row = True
        else:
            first_row = False
        if block.wrap is not None:
            out.append(block.wrap.replace("%s", inner(block)))
        elif block.kind == "row":
            cell = "th" if first_row and not plain_tables else "td"
            out.append(
                "<tr>"
                + "".join(f"<{cell}>{escape(told, quote=False)}</{cell}>" for told in block.cells)
                + "</tr>"
            )
        elif block.kind in ("li", "ol"):
            out.append(f"<li>{inner(block)}</li>")
        elif block.kind == "details":
            out.append(f"<details><summary>{escape(block.summary)}</summary><p>{inner(block)}</p></details>")
        elif block.kind == "quote":
            out.append(f"<blockquote><p>{inner(block)}</p></blockquote>")
        elif block.kind == "pre":
            out.append(f"<pre><code>{inner(block)}</code></pre>")
        elif block.kind in ("h2", "h3"):
            out.append(f"<{block.kind}>{inner(block)}</{block.kind}>")
        else:
            out.append(paragraph.replace("%s", inner(block)))
    out.append(closing[open_kind])
    return "\n".join(filter(None, out))


def _words(draft: Draft) -> tuple[tuple[str, ...], tuple[str, ...]]:
    language = draft.article.language
    return _FURNITURE.get(language, _FURNITURE["en"]), _TEASERS.get(language, _TEASERS["en"])


def _around(draft: Draft, place: str) -> str:
    return "\n".join(draft.around.get(place, ()))


def _head(draft: Draft, site: str, *, ld: bool = True, extra: str = "") -> str:
    article = draft.article
    lang = {"zh-Hans": "zh-CN", "zh-Hant": "zh-TW"}.get(article.language, article.language)
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": draft.title_in("ld"),
        "datePublished": article.date,
        "author": {"@type": "Person", "name": article.author},
        "publisher": {"@type": "Organization", "name": site},
    }
    told = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    styles = "<style>\n" + "\n".join(draft.styles) + "\n</style>" if draft.styles else ""
    return "\n".join(filter(None, (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">',
        f"<title>{escape(draft.title_in('title'))} - {escape(site)}</title>",
        f'<meta property="og:title" content="{escape(draft.title_in("og"))}">',
        f'<meta property="og:site_name" content="{escape(site)}"><meta property="og:type" content="article">',
        f'<script type="application/ld+json">{told}</script>' if ld else "",
        f'<link rel="canonical" href="https://news.example.org/{draft.slug}">' if draft.slug else "",
        styles, extra, "</head>",
    )))  # fmt: skip


def _heading(draft: Draft) -> str:
    return draft.heading or escape(draft.title_in("h1"))


def _links(labels: tuple[str, ...]) -> str:
    return "".join(
        f'<li><a href="/s/{number}">{escape(label)}</a></li>' for number, label in enumerate(labels)
    )


def semantic(draft: Draft, site: str) -> str:
    f, t = _words(draft)
    a = draft.article
    return f"""{_head(draft, site)}
<body>{_around(draft, "top")}
<a class="skip-link" href="#main">{f[0]}</a>
<header><nav><ul>{_links(f[:4])}</ul></nav></header>
<main id="main"><article>
<header><h1>{_heading(draft)}</h1>
<p class="byline">{f[7]} <span rel="author">{escape(a.author)}</span> · <time datetime="{a.date}">{a.date}</time></p></header>
{body(draft.blocks)}
</article>
{_around(draft, "comments")}
</main>
<aside><h2>{f[4]}</h2><ul>{_links(t)}</ul>{_around(draft, "sidebar")}</aside>
<footer><p>© 2025 {escape(site)}</p>{_around(draft, "footer")}</footer>
{_around(draft, "end")}</body></html>
"""


def wordpress(draft: Draft, site: str) -> str:
    f, t = _words(draft)
    a = draft.article
    return f"""{_head(draft, site, extra='<meta name="generator" content="WordPress 6.4.2">')}
<body class="post-template-default single single-post postid-4411">{_around(draft, "top")}
<div id="page" class="site"><header id="masthead" class="site-header"><p class="site-title"><a href="/">{escape(site)}</a></p>
<nav class="main-navigation"><ul id="primary-menu" class="menu">{_links(f[:4])}</ul></nav></header>
<div id="content" class="site-content"><main class="site-main">
<article class="post-4411 post type-post status-publish hentry">
<header class="entry-header"><h1 class="entry-title">{_heading(draft)}</h1>
<div class="entry-meta"><span class="posted-on"><time class="entry-date published" datetime="{a.date}T08:10:00+00:00">{a.date}</time></span> <span class="byline">{f[7]} <span class="author vcard">{escape(a.author)}</span></span></div></header>
<div class="entry-content">
{body(draft.blocks, paragraph='<p class="wp-block-paragraph">%s</p>')}
</div>
<div class="sharedaddy"><h3>{f[5]}</h3><ul>{_links(("Facebook", "X", "LinkedIn"))}</ul></div>
</article>
<div id="comments" class="comments-area"><h2 class="comments-title">{f[8]}</h2>{_around(draft, "comments")}</div>
</main></div>
<aside id="secondary" class="widget-area"><section class="widget"><h2 class="widget-title">{f[4]}</h2><ul>{_links(t)}</ul></section>{_around(draft, "sidebar")}</aside>
<footer id="colophon" class="site-footer"><div class="site-info">{escape(site)} © 2025</div>{_around(draft, "footer")}</footer></div>
{_around(draft, "end")}</body></html>
"""


def joomla(draft: Draft, site: str) -> str:
    f, t = _words(draft)
    a = draft.article
    return f"""{_head(draft, site, ld=False, extra='<meta name="generator" content="Joomla! - Open Source Content Management">')}
<body class="site com-content view-article">{_around(draft, "top")}
<div class="body-innerwrapper"><section id="sp-menu"><ul class="sp-megamenu-parent">{_links(f[:4])}</ul></section>
<div id="sp-left" class="col-sm-3"><div class="sp-module"><h3 class="sp-module-title">{f[4]}</h3><ul class="mostread">{_links(t)}</ul></div>{_around(draft, "sidebar")}</div>
<div id="sp-component" class="col-sm-9"><ol class="breadcrumb"><li><a href="/">{f[0]}</a></li><li class="active">{escape(a.title)}</li></ol>
<article class="item item-page" itemscope itemtype="http://schema.org/Article">
<div class="entry-header"><h2 itemprop="name">{_heading(draft)}</h2>
<dl class="article-info"><dd class="createdby" itemprop="author">{f[7]} <span itemprop="name">{escape(a.author)}</span></dd><dd class="published"><time datetime="{a.date}" itemprop="datePublished">{a.date}</time></dd></dl></div>
<div itemprop="articleBody">
{body(draft.blocks)}
</div></article>
{_around(draft, "comments")}</div>
<footer id="sp-footer"><span class="sp-copyright">© {escape(site)}</span>{_around(draft, "footer")}</footer></div>
{_around(draft, "end")}</body></html>
"""


def tables(draft: Draft, site: str) -> str:
    f, t = _words(draft)
    a = draft.article
    return f"""{_head(draft, site, ld=False)}
<body bgcolor="#ffffff" text="#000000">{_around(draft, "top")}
<table width="780" border="0" cellpadding="4" align="center"><tr><td colspan="2" bgcolor="#dddddd"><b>{escape(site)}</b></td></tr>
<tr><td width="160" valign="top"><font size="2">{"<br>".join(f'<a href="/{n}.htm">{escape(label)}</a>' for n, label in enumerate(f[:4]))}</font>{_around(draft, "sidebar")}</td>
<td valign="top"><h1>{_heading(draft)}</h1>
<p><i>{f[7]} {escape(a.author)}, {a.date}</i></p>
{body(draft.blocks, plain_tables=True)}
{_around(draft, "comments")}</td></tr>
<tr><td colspan="2" align="center"><font size="1">{" | ".join(f'<a href="/t{n}.htm">{escape(label)}</a>' for n, label in enumerate(t))}</font>{_around(draft, "footer")}</td></tr></table>
{_around(draft, "end")}</body></html>
"""


def soup(draft: Draft, site: str) -> str:
    f, t = _words(draft)
    a = draft.article
    return f"""{_head(draft, site)}
<body>{_around(draft, "top")}<div class="l-wrap"><div class="hd"><div class="logo">{escape(site)}</div><div class="menu">{"".join(f'<a class="mi" href="/{n}">{escape(label)}</a>' for n, label in enumerate(f[:4]))}</div></div>
<div class="main-col"><div class="art"><div class="art-hl"><h1>{_heading(draft)}</h1></div><div class="art-info"><span class="author">{escape(a.author)}</span> <span class="date">{a.date}</span></div>
<div class="art-body">
{body(draft.blocks)}
</div></div>
<div class="discussion">{_around(draft, "comments")}</div></div>
<div class="side-col"><div class="box-title">{f[4]}</div>{"".join(f'<div class="teaser"><a href="/x{n}">{escape(label)}</a></div>' for n, label in enumerate(t))}{_around(draft, "sidebar")}</div>
<div class="ft">{escape(site)}{_around(draft, "footer")}</div></div>
<div class="cookie-banner"><p>We use cookies to improve your visit.</p><button>OK</button></div>
{_around(draft, "end")}</body></html>
"""


def amp(draft: Draft, site: str) -> str:
    f, t = _words(draft)
    a = draft.article
    page = _head(
        draft,
        site,
        extra='<script async src="https://cdn.ampproject.org/v0.js"></script><meta name="viewport" content="width=device-width">',
    )
    return f"""{page.replace("<html ", "<html amp ", 1).replace("<style>", "<style amp-custom>", 1)}
<body>{_around(draft, "top")}<amp-sidebar id="sb" layout="nodisplay"><ul>{_links(f[:4])}</ul></amp-sidebar>
<article class="amp-wp-article"><header class="amp-wp-article-header"><h1 class="amp-wp-title">{_heading(draft)}</h1>
<div class="amp-wp-meta amp-wp-byline">{escape(a.author)}</div><div class="amp-wp-meta amp-wp-posted-on"><time datetime="{a.date}">{a.date}</time></div></header>
<div class="amp-wp-article-content">
{body(draft.blocks)}
</div>
<footer class="amp-wp-article-footer"><div class="amp-wp-meta">{f[4]}: {" ".join(f'<a href="/{n}/amp">{escape(label)}</a>' for n, label in enumerate(t))}</div></footer></article>
{_around(draft, "comments")}{_around(draft, "sidebar")}
<footer class="amp-wp-footer"><p>{escape(site)}</p>{_around(draft, "footer")}</footer>
{_around(draft, "end")}</body></html>
"""


def letter(draft: Draft, site: str) -> str:
    f, t = _words(draft)
    a = draft.article
    return f"""{_head(draft, site)}
<body>{_around(draft, "top")}<div id="main" class="main typography"><div class="topbar"><a href="/">{escape(site)}</a><button>{f[6]}</button></div>
<div class="single-post"><article class="newsletter-post post"><div class="post-header"><h1 class="post-title published">{_heading(draft)}</h1>
<div class="byline-wrapper"><a href="/@author">{escape(a.author)}</a><div class="meta">{a.date}</div></div></div>
<div class="available-content"><div dir="auto" class="body markup">
{body(draft.blocks)}
</div></div></article></div>
<div class="subscription-widget"><p>{f[6]}</p><input type="email"></div>
<div class="comments-section">{_around(draft, "comments")}</div>
<div class="recommend">{"".join(f'<a href="/p/{n}">{escape(label)}</a>' for n, label in enumerate(t))}{_around(draft, "sidebar")}</div>
<div class="footer">{escape(site)}{_around(draft, "footer")}</div></div>
{_around(draft, "end")}</body></html>
"""


def forum(draft: Draft, site: str) -> str:
    f, t = _words(draft)
    a = draft.article
    return f"""{_head(draft, site, ld=False)}
<body id="phpbb">{_around(draft, "top")}<div id="wrap"><div id="page-header"><ul class="linklist">{_links(f[:4])}</ul></div>
<div id="page-body"><h1 class="topic-title">{_heading(draft)}</h1>
<div id="p1" class="post firstpost"><dl class="postprofile"><dt>{escape(a.author)}</dt></dl><div class="postbody"><p class="author"><time datetime="{a.date}">{a.date}</time></p>
<div class="content">
{body(draft.blocks)}
</div></div></div>
{_around(draft, "comments")}</div>
<div class="similar"><h3>{f[4]}</h3><ul>{_links(t)}</ul>{_around(draft, "sidebar")}</div>
<div id="page-footer">{escape(site)}{_around(draft, "footer")}</div></div>
{_around(draft, "end")}</body></html>
"""


def blog(draft: Draft, site: str) -> str:
    f, t = _words(draft)
    a = draft.article
    return f"""{_head(draft, site, ld=False, extra="<meta content='blogger' name='generator'>")}
<body>{_around(draft, "top")}<div class="content-outer"><div class="header-outer"><div class="titlewrapper">{escape(site)}</div></div>
<div class="main section" id="main"><div class="widget Blog"><div class="date-outer"><h2 class="date-header"><span>{a.date}</span></h2>
<div class="post hentry"><h3 class="post-title entry-title">{_heading(draft)}</h3>
<div class="post-body entry-content" id="post-body-77">
{body(draft.blocks)}
</div>
<div class="post-footer"><span class="post-author vcard">{f[7]} <span class="fn">{escape(a.author)}</span></span></div></div>
<div class="comments" id="comments"><h4>{f[8]}</h4>{_around(draft, "comments")}</div></div></div></div>
<div class="sidebar section"><h2>{f[4]}</h2><ul>{_links(t)}</ul>{_around(draft, "sidebar")}</div>
<div class="footer-outer">{_around(draft, "footer")}</div></div>
{_around(draft, "end")}</body></html>
"""


def breaks(draft: Draft, site: str) -> str:
    """An old hand-made page: lines broken by <br>, no paragraphs."""
    f, t = _words(draft)
    a = draft.article
    return f"""{_head(draft, site, ld=False)}
<BODY>{_around(draft, "top")}<CENTER><B>{escape(site)}</B> | {" | ".join(f'<A HREF="/{n}.html">{escape(label)}</A>' for n, label in enumerate(f[:4]))}</CENTER><HR>
<H1>{_heading(draft)}</H1>
<DIV CLASS="story">
{body(draft.blocks, paragraph="%s<BR><BR>")}
</DIV>
<HR>{_around(draft, "comments")}
<P><FONT SIZE=1>{f[7]} {escape(a.author)}. {escape(site)} 2025. {" | ".join(f'<A HREF="/t{n}.html">{escape(label)}</A>' for n, label in enumerate(t))}</FONT></P>{_around(draft, "sidebar")}{_around(draft, "footer")}
{_around(draft, "end")}</BODY></HTML>
"""


def hashed(draft: Draft, site: str) -> str:
    """A page built by a script bundler: class names that say nothing, everything on one line."""
    f, t = _words(draft)
    a = draft.article
    page = f"""{_head(draft, site)}
<body>{_around(draft, "top")}<div id="__next"><div class="css-1q2w3e"><div class="css-9xk2l">{"".join(f'<a class="css-a1" href="/{n}">{escape(label)}</a>' for n, label in enumerate(f[:4]))}</div></div>
<main class="css-77aa0"><section class="css-0p1"><h1 class="css-h7">{_heading(draft)}</h1><div class="css-by"><span class="css-s1">{escape(a.author)}</span><time datetime="{a.date}">{a.date}</time></div></section>
<section class="css-b0dy" data-testid="article-body">{body(draft.blocks, paragraph='<p class="css-p0">%s</p>')}</section></main>
{_around(draft, "comments")}<aside class="css-r4">{"".join(f'<a class="css-c4rd" href="/x{n}"><h3>{escape(label)}</h3></a>' for n, label in enumerate(t))}{_around(draft, "sidebar")}</aside>
<footer class="css-f00">{escape(site)}{_around(draft, "footer")}</footer></div><script id="__NEXT_DATA__" type="application/json">{{"page":"/a"}}</script>
{_around(draft, "end")}</body></html>
"""
    held = [
        part if part.startswith("<pre") else part.replace("\n", "")
        for part in re.split(r"(<pre>.*?</pre>)", page, flags=re.S)
    ]
    return "".join(held)


def text(draft: Draft, site: str) -> str:
    """A page without markup: the title, then blocks separated by blank lines."""
    del site
    told = ["".join(run for _, run in block.runs()) for block in draft.blocks]
    return "\n\n".join([draft.title_in("h1"), *told]) + "\n"


TEMPLATES: dict[str, Callable[[Draft, str], str]] = {
    "semantic": semantic, "wordpress": wordpress, "joomla": joomla, "tables": tables, "soup": soup,
    "amp": amp, "letter": letter, "forum": forum, "blog": blog, "breaks": breaks, "hashed": hashed, "text": text,
}  # fmt: skip


def write(draft: Draft, template: str, rng: random.Random) -> str:
    """Write a page in the named template."""
    return TEMPLATES[template](draft, rng.choice(_SITES))
