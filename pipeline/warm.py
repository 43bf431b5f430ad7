"""Imported once by the fork server: every reading worker is then born with rules and libraries loaded.

Reading one small page loads what is loaded on first use; a worker that replaces a killed one costs
milliseconds instead of seconds. Importing this module has no other effect.
"""

from __future__ import annotations

import contextlib
import gc

from pipeline import run

with contextlib.suppress(Exception):  # a fault here shows again, by name, when a page is read
    run.process(run.WARM_UP)
gc.collect()
gc.freeze()  # what is loaded stays shared between the workers
