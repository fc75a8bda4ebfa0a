"""The connectors that ship with sync. Each imports `engine.sdk` and nothing else of the engine."""
