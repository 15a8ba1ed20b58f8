from pathlib import Path

import pytest

from assistant.planning.brief import load_brief

BRIEFS = Path(__file__).parents[1] / "data" / "briefs"


@pytest.fixture(scope="session", params=["mountain", "bus", "industry"])
def brief(request):
    """One of three towns of our own invention."""
    return load_brief(BRIEFS / f"{request.param}.toml")


@pytest.fixture(scope="session")
def starter(home):
    """An assistant over the starter corpus; shared, read only."""
    from assistant.assistant import Assistant
    from assistant.settings import Settings

    opened = Assistant.open(settings=Settings())
    yield opened
    opened.close()
