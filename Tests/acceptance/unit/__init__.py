"""Tests of the acceptance tests' own parts: they need no binary."""
