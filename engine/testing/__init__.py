"""The kit for tests: snapshots of mapped payloads, contract suites for connectors, a connector in memory.

What an integrator or a connector author needs to test their own part, without the network.
"""
