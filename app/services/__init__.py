"""Verbs of each noun: session first, then keyword-only; no HTTP in here."""
