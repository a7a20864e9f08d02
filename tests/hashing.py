"""How passwords made up for tests are hashed: what the program asks for costs 30 ms on purpose, each time."""

from argon2 import PasswordHasher

from app.services import passwords

HASHER = passwords.HASHER
"""The program's own hasher. The tests of sign-in and of passwords use it."""

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Argon2id all the same, in a tenth of a millisecond, for whoever signs in to test something else."""
