"""Decide what each mapped record asks of its target. Pure: no clock, no network, no database."""
