"""Async handlers by noun: they know URLs and forms, and nothing else."""
