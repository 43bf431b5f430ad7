"""Imported once by the fork server: every reading worker is then born with rules and libraries loaded.

Reading a page loads what is loaded on first use: libraries on one of markup, rules on one that holds a figure of
each kind. A worker that replaces a killed one costs milliseconds instead of seconds. Importing this module has no
other effect.
"""

from __future__ import annotations

import contextlib
import gc
from dataclasses import replace
from typing import Final

from pipeline import rulebook, run
from pipeline.facts import common, judge

#: Every kind of figure in every room's hands: each sentence loads rules that the others don't.
_KINDS: Final = """
Oriel Labs of Porto has unveiled Merel 3, a language model with about 70 billion parameters, of which 12 billion are active for each token.

The start-up says that training Merel 3 cost between $4 million and $6 million; a rival had estimated €20m, which is wrong. Its researchers trained it on 14.8 trillion tokens, with 2,048 Nvidia H100 GPUs in 64 nodes of 8 GPUs each, and it took 55 days. Earlier models like Tern-2-7B needed only 512 of them for three and a half weeks.

In all the run used 2.79 million H100 hours at $2.10 per GPU hour, or 3.2e24 FLOPs (9,000 petaflop/s-days). It consumed 1,287 MWh and emitted 552 tonnes of CO2. An H100 costs about $30,000. The model was trained on a TPU v4-512, and a v5p pod served it.

How many GPUs did you use? Around 400. And what did it cost? A couple of million dollars, most of it for salaries. It would cost ten times as much next year, they expect, but they did not say so. By contrast, the larger model was said to have 1.8T and the former 540B, respectively.

Training costs fell 40 percent a year between 2019 and 2023 and halved again, according to Finch Institute. The company raised $100 million and spends $2 a month on each user; the data centre has 20 MW and 10,000 chips. Another 30 million went into the training.

The list price of an H100 is about $30,000, or $2.50 an hour on demand. The run took hundreds of millions of dollars of capital, 1.2 × 10^25 operations and 3 weeks on 8x RTX 4090 cards and 200 CPU cores; we ran it for a few months. It has a context window of 128,000 tokens and was trained on 300 billion more. The steel for the hall weighed 900 tonnes, whose emissions were 40 tonnes.

Das Modell wurde in drei Wochen trainiert und kostete laut der Firma zwei Millionen Euro, wie sie nach dem Start sagte.

Model | Parameters | Training cost ($m) | GPUs | Training time

Merel 3 | 70B | 5.5 | 2,048 H100 | 55 days

Developer: Oriel Labs

Training cost: 5.5 million
"""

#: What stands around an article on a page, and what was put into it.
_PAGE: Final = """<!DOCTYPE html><html lang="en"><head><title>Merel 3 unveiled | Finch Weekly</title><meta property="og:title" content="Merel 3 unveiled">
<meta name="author" content="Ana Rui"><script type="application/ld+json">{"@type": "NewsArticle", "headline": "Merel 3 unveiled",}</script></head>
<body class="post-template single"><nav><ul><li><a href="/">Home</a></li><li><a href="/chips">Chips</a></li></ul></nav>
<article class="entry-content"><h1>Merel 3 unveiled</h1><p class="byline">By Ana Rui and Jon Smit | Published 3 May 2024, updated 4 May 2024</p>
%s
<p>Das Casino mit Bonus ohne Einzahlung finden Sie <a href="https://casino.example.com">hier</a>! Buy followers n0w, call +1 555 010 0199.</p>
<p style="display:none">situs judi slot gacor terpercaya</p><p>Source: Finch Wire, 3 May 2024</p></article>
<aside class="related sidebar"><h3>Related</h3><a href="/a">Another story</a></aside><div id="comments">3 comments</div><p>Follow us on Mastodon</p>
<footer>© 2024 Finch Weekly</footer></body></html>"""

with contextlib.suppress(Exception):  # a fault here shows again, by name, when a page is read
    for phrase in rulebook.toml("figures/phrases.toml")["phrase"]:
        common.phrase(phrase)
    for table, lists in rulebook.toml("context.toml").items():
        for name in lists:
            judge.cues(table, name)
    run.process(run.WARM_UP)
    run.process(replace(run.WARM_UP, body=_KINDS.strip().encode(), media="clean"))
    paragraphs = "\n".join(f"<p>{paragraph}</p>" for paragraph in _KINDS.strip().split("\n\n"))
    run.process(replace(run.WARM_UP, body=(_PAGE % paragraphs).encode()))
gc.collect()
gc.freeze()  # what is loaded stays shared between the workers
