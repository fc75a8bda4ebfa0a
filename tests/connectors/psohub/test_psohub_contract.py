"""Every promise that the sdk asks of a source, kept by PSOhub."""

from __future__ import annotations

import pytest

from connectors.psohub import connector
from connectors.psohub.streams import RESOURCES
from engine.testing.contracts import Promised, SourceContract
from tests.connectors.psohub.psohub_kit import Company


@pytest.mark.parametrize("stream", RESOURCES)
class TestStreams(SourceContract):
    @pytest.fixture
    def promised(self, company: Company, stream: str) -> Promised:
        return Promised(connector, company.open, stream)
