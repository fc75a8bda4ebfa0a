"""What an answer says and nothing can be done with."""

from __future__ import annotations


class UnreadNumber(str):
    """A number in an answer that is out of all range, or none at all (`NaN`), as it is written there.

    It fits no type: the field that has it cannot be read. All others can.
    """

    __slots__ = ()
