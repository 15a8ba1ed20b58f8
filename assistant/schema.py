"""The records under one name, for scripts; the assistant itself takes them from `records`."""

from assistant.records.answers import *  # noqa: F403
from assistant.records.documents import *  # noqa: F403
from assistant.records.plans import *  # noqa: F403
from assistant.records.reports import *  # noqa: F403
from assistant.records.text import *  # noqa: F403
