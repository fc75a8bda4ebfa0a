"""Assertions of the shared checks show what they compared."""

import pytest

pytest.register_assert_rewrite("tests.properties.invariants")
