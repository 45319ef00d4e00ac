"""Figures: what opening and sealing cost, each held against the bare thing in the same run."""
