"""The report: one file that shows a whole ledger, opens from disk and asks nothing of any network."""

from db.report.page import render

__all__ = ["render"]
