"""Furniture inside an article's own part of the page, without class names that would tell: only place and shape do."""

from __future__ import annotations

import datetime as dt

import pytest

from pipeline.clean import clean
from schemas.records import Article, Page

_PARAGRAPHS = [
    "The orchard co-operative said on Thursday that its new press had cost 410,000 euros, a fifth more than it had planned in the spring.",
    "Its members had voted for the purchase in March, after the old machine broke down for the third time in a single year.",
    "“Nobody wanted to hear that screw turning again,” said Edda Orrin, who has pressed apples in the valley since she was nine. “It sounded like a ship going down.”",
    "Most of the money came from a loan that runs for twelve years; the rest had been saved from two good harvests and the sale of a barn.",
    "The new machine empties forty crates in an hour, which is twice what the old one managed on its best day, and it needs one pair of hands.",
    "A neighbour who makes cider on a smaller scale called the price fair, and the noise considerably less so.",
    "The first bottles are expected before Christmas, and nobody at the meeting wanted to say what they will sell for.",
]


def _text(*, top: str = "", mid: str = "", end: str = "", after: str = "") -> str:
    parts = [f"<p>{text}</p>" for text in _PARAGRAPHS]
    page = f"""<html lang="en"><head><title>A press for the orchard | Valley News</title></head><body>
<div><a href="/">Home</a> <a href="/n">News</a> <a href="/s">Sport</a></div><div><h1>A press for the orchard</h1>
<div>By Ines Valderrama</div><div>October 17, 2024</div>{top}<div>{"".join(parts[:3])}{mid}{"".join(parts[3:])}{end}</div>
{after}</div><div><a href="/about">About</a> <a href="/terms">Terms</a></div></body></html>"""
    found = clean(Page("x", "x.html", page.encode(), "html", dt.datetime(2026, 11, 23, tzinfo=dt.UTC)))
    assert isinstance(found, Article), found
    assert (found.title, found.author) == ("A press for the orchard", "Ines Valderrama")
    return found.text


_FURNITURE: list[dict[str, str]] = [
    {"mid": '<div class="x9"><span>“It sounded like a ship going down.”</span></div>'},
    {"mid": "<blockquote>It sounded like a ship going down<cite>Edda Orrin, presser</cite></blockquote>"},
    {
        "mid": '<table align="left" width="150"><tr><td><b>Nobody wanted to hear that old screw turning again</b></td></tr></table>'
    },
    {"mid": "<aside><p>“Nobody wanted to hear that screw turning”</p><p>Edda Orrin</p></aside>"},
    {
        "mid": "<figure><blockquote><p>It sounded like a ship going down.</p></blockquote><figcaption>Edda Orrin</figcaption></figure>"
    },
    {
        "mid": '<center><img src="a.jpg"><br><font size="1">The old press in its last year of service. Picture by a cousin</font></center>'
    },
    {
        "mid": '<p style="text-align:center"><img src="a.jpg"/><br/><em>The old press in its last year of service</em></p>'
    },
    {
        "mid": '<table width="200" align="right"><tr><td><img src="a.jpg"></td></tr><tr><td>The old press in its last year of service.</td></tr></table>'
    },
    {
        "mid": '<p><img src="a.jpg" alt="press"></p><p><small>The old press in its last year of service</small></p>'
    },
    {
        "mid": '<div class="k2"><img src="a.jpg" alt=""><div class="k3">The old press in its last year of service. Ines Valderrama / Valley News</div></div>'
    },
    {"mid": '<dl><dt><img src="a.jpg"></dt><dd>The old press in its last year of service</dd></dl>'},
    {
        "end": '<p><a href="#top">Back to top</a> | <a href="/f">More by this writer</a> | <a href="/g">Sign our guestbook</a></p>'
    },
    {
        "end": '<div>[<a href="/">Home</a>] [<a href="/p">Printable version</a>] [<a href="/m">Mail a friend</a>]</div>'
    },
    {"end": "<p>(责任编辑:小刘)</p>"},
    {"end": "<p>Redaktion: Karla Meinhold</p>"},
    {"end": "<p>(Rédaction : Paul Girard, édité par Anne Leroux)</p>"},
    {"end": "<p>(Reporting by Karl Orso in Milan; Editing by Ann Dale)</p>"},
    {"end": "<p>(編集・佐藤)</p>"},
    {"end": "<p>Редактор: Анна Петрова</p>"},
    {"end": "<p>[편집: 김민수]</p>"},
    {"end": "<p>Edición: Marta Ruiz</p>"},
    {
        "end": "<p>For further information: Hamish Doucet, Investor Relations, 902-555-0142, ir@palisade.example.com</p>"
    },
    {
        "end": "<p><b>Media Contact</b></p><p>Hamish Doucet</p><p>press@palisade.example.com</p><p>+1 902-555-0142</p>"
    },
    {
        "end": "<h4>Pressekontakt</h4><p>Jana Brandt, Leiterin Kommunikation<br>Tel.: 030 5550142<br>presse@beispiel.example</p>"
    },
    {"end": "<p>Contact presse : Luc Mercier – luc.mercier@exemple.example – 01 55 55 01 42</p>"},
    {"end": "<p>Contacto de prensa:<br>Ana Ruiz<br>prensa@ejemplo.example</p>"},
    {"end": "<p>本件に関するお問い合わせ先<br>広報部 電話:03-5555-0142</p>"},
    {"end": "<p>###</p>"},
    {"end": "<p>- Ends -</p>"},
    {"end": "<p>-30-</p>"},
    {"end": "<p>© 2024 Valley News. May not be reproduced without permission.</p>"},
    {"end": "<p>This article was created with the help of AI and reviewed by an editor.</p>"},
    {"end": "<p>Do you have a story for us? Write to tips@valley.example.</p>"},
    {"end": "<p>A version of this article appeared in print on October 18, 2024, on page A4.</p>"},
    {
        "after": "<h3>3 comments</h3><div><b>Rolf</b> 18 Oct 2024</div><div>I knew that machine, and it deserved worse than this.</div><div><b>Nan</b> 19 Oct 2024</div><div>Twelve years is a long time to owe anybody money for a juicer.</div>"
    },
    {
        "after": '<div><h2>What readers say</h2><div><strong>Rolf Tannert</strong><span>2 days ago</span><p>I knew that machine, and it deserved worse than this.</p><a href="#">Reply</a></div><div><strong>Nan</strong><span>1 day ago</span><p>Twelve years is a long time to owe anybody money for a juicer.</p><a href="#">Reply</a></div></div>'
    },
    {
        "after": '<div><div>Rolf Tannert · 2 days ago</div><p>I knew that machine, and it deserved worse than this.</p><a href="#">Reply</a></div><div><div>Nan · 1 day ago</div><p>Twelve years is a long time to owe anybody money for a juicer.</p><a href="#">Reply</a></div>'
    },
    {
        "after": "<h3>Leserkommentare (2)</h3><p><b>Rolf</b> am 18.10.2024 um 9:12</p><p>Die Maschine kannte ich noch, sie hat Schlimmeres verdient als das hier.</p><p><b>Nan</b> am 19.10.2024 um 10:05</p><p>Zwölf Jahre sind eine lange Zeit für einen Entsafter.</p>"
    },
    {
        "after": "<hr><b>Guestbook</b><br><br>Rolf wrote: I knew that machine, and it deserved worse than this.<br><br>Nan wrote: Twelve years is a long time to owe anybody money for a juicer."
    },
    {"end": "<p><em>Ines Valderrama writes about food and farms for Valley News.</em></p>"},
    {
        "after": "<div><h4>Ines Valderrama</h4><p>Ines covers the valley. She owns two trees and no press.</p></div>"
    },
    {
        "after": '<div><img src="me.jpg"><b>About the author</b><p>Ines covers the valley. She owns two trees and no press.</p></div>'
    },
    {
        "after": "<div><h3>Über die Autorin</h3><p>Ines berichtet aus dem Tal. Sie besitzt zwei Bäume und keine Presse.</p></div>"
    },
    {
        "after": "<div><h2>Written by Ines Valderrama</h2><span>812 Followers</span><p>Club secretary. I count things.</p></div>"
    },
    {
        "after": '<h2>More like this</h2><ul><li><a href="/1">Frost takes a third of the plums</a></li><li><a href="/2">A cellar with a view</a></li></ul>'
    },
    {
        "after": '<div><div><a href="/1">Frost takes a third of the plums</a></div><div>12 May</div></div><div><div><a href="/2">A cellar with a view of the river</a></div><div>3 May</div></div>'
    },
    {
        "end": '<p>« <a href="/1">Frost takes a third of the plums</a> | <a href="/2">A cellar with a view</a> »</p>'
    },
    {
        "end": '<div><p><strong>Valley News is free to read because readers like you pay for it. Chip in from 2 euros a month.</strong></p><a href="/give">Give now</a></div>'
    },
    {"end": '<p>Share this: <a href="#">Facebook</a> <a href="#">X</a> <a href="#">Mail</a></p>'},
    {"end": '<p>Tags: <a href="/t/1">orchard</a>, <a href="/t/2">press</a></p>'},
    {"end": '<p>Filed in <a href="/t/1">Farms</a> · <a href="/c">Leave a comment</a></p>'},
    {"end": '<p>Posted in <a href="/t/1">Farms</a> by Ines at 9:14 PM</p>'},
    {"end": '<div>posted by Ines on 17 Oct @ 21:14 - <a href="/c">4 comments</a></div>'},
    {
        "after": "<center><font size=1>You are visitor no. 48213 since 1 May 1999. Page updated: 02/09/2021</font></center>"
    },
    {"end": "<div>Rate this article: ★★★★☆ (12 votes, average: 4.2 out of 5)</div>"},
    {"end": '<div>Was this article helpful? <a href="#">Yes</a> <a href="#">No</a></div>'},
    {"end": '<p><a href="/r">Order a reprint of this article</a> or <a href="/l">license it</a></p>'},
    {"end": "<p>Get the Valley News app for iOS and Android</p>"},
    {
        "top": "<div>4 min read</div><div>Listen to this story</div><div>Audio generated by a computer voice</div>"
    },
    {"top": "<div><p>1.4K</p><p>23</p><span>Listen</span><span>Share</span></div>"},
    {
        "top": "<div><h4>At a glance</h4><ul><li>New press cost 410,000 euros</li><li>Loan runs twelve years</li></ul><p>This summary was written by AI and checked by an editor.</p></div>"
    },
    {
        "top": "<div><b>Das Wichtigste in Kürze</b><ul><li>Die neue Presse kostete 410.000 Euro</li><li>Der Kredit läuft zwölf Jahre</li></ul><small>Diese Zusammenfassung wurde von einer KI erstellt.</small></div>"
    },
    {"top": "<div>1,893 views</div><div>12 comments</div><div>A A A</div>"},
    {"top": "<div>Updated 3:14 p.m. EDT Oct. 18, 2024</div>"},
    {
        "top": '<div><a href="/">Home</a> &gt; <a href="/n">News</a> &gt; <a href="/f">Farms</a> &gt; A press for the orchard</div>'
    },
    {"top": '<ul><li><a href="#a">The loan</a></li><li><a href="#b">The noise</a></li></ul>'},
    {
        "mid": "<div><b>The Valley Letter</b><p>One short mail about farms, every Friday morning.</p><form><input type=email><button>Go</button></form></div>"
    },
    {
        "mid": '<div><h3>Thinking of a press of your own?</h3><p>Our free guide has twenty pages on screws.</p><a href="/guide">Get the guide</a></div>'
    },
    {
        "mid": "<div>- Advertisement -</div><div>SCROLL TO CONTINUE WITH CONTENT</div><div>Article continues after this advertisement</div>"
    },
    {
        "mid": "<div>Publicidade</div><div>La suite après cette publicité</div><div>Werbung – weiterlesen nach der Anzeige</div><div>Sigue leyendo abajo</div>"
    },
    {"mid": '<p><strong>READ MORE: <a href="/1">Frost takes a third of the plums</a></strong></p>'},
    {
        "mid": '<p>Lees ook: <a href="/1">Vorst neemt een derde van de pruimen</a></p><p>LIRE AUSSI &gt; <a href="/2">Le gel prend un tiers des prunes</a></p><p>▶ <a href="/3">관련기사: 서리가 자두를</a></p>'
    },
    {
        "mid": "<div><p>Would you buy a bottle?</p><label><input type=radio>Yes</label><label><input type=radio>No</label><button>Vote</button></div>"
    },
    {"end": "<h2>References</h2>"},
    {"end": "<p>#orchard #press</p>"},
    {"end": "<p><a>Orchards</a>, <a>Presses</a></p><p>Ines Valderrama owns two trees and no press.</p>"},
    {"end": "<p>Links:<br>[1] https://x.example/1</p><p>[2] https://x.example/2</p>"},
    {
        "mid": "<p>Recommended editorial content</p><p>With your consent, an external video is loaded here.</p>"
    },
]


@pytest.mark.parametrize("parts", _FURNITURE, ids=lambda parts: next(iter(parts.values()))[:40])
def test_furniture_goes_and_every_paragraph_stays(parts: dict[str, str]) -> None:
    assert _text(**parts) == "\n\n".join(_PARAGRAPHS)


_TEXT: list[tuple[dict[str, str], str]] = [
    (
        {
            "mid": '<blockquote class="pull"><p>We had to carry the thing up the hill on our backs, twice.</p></blockquote>'
        },
        "carry the thing up the hill",
    ),
    (
        {
            "mid": '<p><img src="a.jpg" align="left">The valley has pressed apples since 1871, when the first screw came up the river on a barge and stayed.</p>'
        },
        "came up the river on a barge",
    ),
    ({"mid": "<div>17.40 GMT</div><h3>Later that day</h3>"}, "Later that day"),
    (
        {"mid": '<div><time datetime="2024-10-17T14:12">2:12 pm EST</time></div><h3>Later that day</h3>'},
        "Later that day",
    ),
    (
        {
            "mid": '<p>The barn had stood for ninety years.<a href="#fn2">2</a> It went in a morning.<sup><a href="#fn3">[3]</a></sup></p>'
        },
        "ninety years. It went in a morning.",
    ),
    (
        {
            "mid": '<p>It draws 10<sup>3</sup> litres, about 410,000 euros<sup><a href="#n1">1</a></sup> in all, they say, and no more.</p>'
        },
        "103 litres",
    ),
    (
        {
            "mid": "<p>All of it is in <a href='#t2'>Table 2</a>, and the rest in Figure <a href='#f1'>1</a> below.</p>"
        },
        "in Figure 1 below.",
    ),
    (
        {"mid": "<blockquote>A press is a promise that a valley makes itself every autumn.</blockquote>"},
        "every autumn.",
    ),
    ({"mid": "<h3>“It sounded like a ship going down”</h3>"}, "“It sounded like a ship going down”"),
    ({"mid": "<p>“Never again.”</p>"}, "“Never again.”"),
    (
        {
            "mid": "<p><em>None of the members would say so in public, and all of them did in private.</em></p>"
        },
        "did in private.",
    ),
    (
        {
            "mid": "<h3>The noise</h3><p>It starts at six, and nobody in the lane has slept past it since the spring.</p>"
        },
        "The noise\n\nIt starts",
    ),
    ({"end": "<p>(She has not used it since.)</p>"}, "(She has not used it since.)"),
    ({"end": "<ul><li>Forty crates an hour</li><li>One pair of hands</li></ul>"}, "One pair of hands"),
    ({"end": "<p>What it cost in the end: 410,000 euros</p>"}, "410,000 euros"),
    ({"end": "<p>The hall opens at 9:30 every morning from October on.</p>"}, "opens at 9:30"),
    ({"end": "<pre>press --crates 40</pre>"}, "press --crates 40"),
    (
        {
            "end": "<h3>Where to see it</h3><p>The press can be seen at the old mill on the first Sunday of each month.</p>"
        },
        "Where to see it",
    ),
]


@pytest.mark.parametrize(
    ("parts", "kept"), _TEXT, ids=lambda told: None if isinstance(told, dict) else told[:30]
)
def test_what_only_looks_like_furniture_stays(parts: dict[str, str], kept: str) -> None:
    text = _text(**parts)
    assert kept in text
    assert [paragraph for paragraph in _PARAGRAPHS if paragraph not in text] == []


def test_columns_of_a_layout_table_are_not_the_text() -> None:
    rows = "".join(f"{text}<br><br>" for text in _PARAGRAPHS)
    page = f"""<html><head><title>A press for the orchard</title></head><body><table><tr>
<td width=130><a href="/">Home</a><br><b>Also</b><br><a href="/1">Frost</a></td>
<td><font size=5><b>A press for the orchard</b></font><br><br>{rows}</td>
<td width=130><b>Small ads</b><br>Wanted: a barrel, up to 25 paid.<br>For sale: one ladder, buyer collects.</td>
</tr></table></body></html>"""
    found = clean(Page("x", "x.html", page.encode(), "html", dt.datetime(2026, 11, 23, tzinfo=dt.UTC)))
    assert isinstance(found, Article), found
    assert found.text == "\n\n".join(_PARAGRAPHS)


@pytest.mark.parametrize("title", ["Shares slide – as it happened", "A press: what it cost | and why"])
def test_a_headline_with_a_break_of_its_own_stays_whole(title: str) -> None:
    page = f"<title>{title} | Valley News</title><h1>{title}</h1>" + "".join(
        f"<p>{text}</p>" for text in _PARAGRAPHS
    )
    found = clean(Page("x", "x.html", page.encode(), "html", dt.datetime(2026, 11, 23, tzinfo=dt.UTC)))
    assert isinstance(found, Article), found
    assert (found.title, found.site) == (title, "Valley News")
