"""The field reference and the streams, laid out as pages."""
