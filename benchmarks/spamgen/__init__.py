"""A generator of article pages with injected spam, and the scorer that goes with it.

    python -m benchmarks.spamgen write FOLDER [--half tune|report|all] [--seed N] [--count N]
    python -m benchmarks.spamgen score FOLDER PREDICTIONS.jsonl [--errors N] [--json]
    python -m benchmarks.spamgen run [--half ...] [--seed N] [--count N] [--errors N] [--json]

Everything is made from `data/` and one seed: the same call writes the same bytes anywhere. The word
lists here are nobody else's: the cleaner's rules neither read nor share them, and the half of the
categories and languages named "report" is for reporting only.
"""
