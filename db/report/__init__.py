"""The report: one file that shows a whole ledger, opens from disk and asks nothing of any network."""

from db.report.page import LIVE, render

__all__ = ["LIVE", "render"]
