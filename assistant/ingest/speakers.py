"""Who speaks in minutes: the mark of a turn, and the role that a printed name stands for."""

import re

SPEAKER = re.compile(
    r"^[○〇◯◎](?P<label>[^\s　。、「」:：]{1,24}?[）)]?)(?:[\s　]{1,4}|[:：]\s*)(?=\S)"
)
_ROLES = (
    *("座長代理", "部会長代理", "会長代理", "副座長", "副会長", "副委員長", "副主査"),
    *("座長", "部会長", "委員長", "会長", "主査"),
    *("専門委員", "構成員", "委員", "オブザーバー", "事務局"),
)
_HONORIFICS = ("様", "氏", "先生", "さん")
_OFFICIAL = re.compile(r"(?:補佐|課長|室長|参事官|審議官|局長|部長|係長|次長|企画官|調整官)$")
_SECRETARIAT = re.compile(r"事務局を(?:務|つと)め")


def speaker_role(label: str, turn_text: str) -> str | None:
    """The role of a speaker from the printed label, or from what the speaker says.

    Returns None for a label that names no role.
    """
    if label.startswith("事務局"):
        return "事務局"
    outside = re.sub(r"[（(].*?[）)]$", "", label)
    for role in _ROLES:
        if outside.endswith(role):
            return role
    if _SECRETARIAT.search(turn_text):
        return "事務局"
    inside = re.search(r"[（(](.*?)[）)]$", label)
    if outside.endswith(_HONORIFICS) or (inside and _OFFICIAL.search(inside[1])):
        return "発表者"
    return "事務局" if _OFFICIAL.search(label) else None


def is_turn(text: str) -> bool:
    """Whether a line begins a speaker's turn: 「○山田座長　…」."""
    match = SPEAKER.match(text)
    return match is not None and not _looks_like_bullet(match["label"])


def _looks_like_bullet(label: str) -> bool:
    """「○地域の課題は 」 begins a bullet, no turn; 「○山の内構成員」 is one: it ends in a role."""
    outside = re.sub(r"[（(].*", "", label)
    titled = outside.endswith((*_ROLES, *_HONORIFICS)) or _OFFICIAL.search(outside)
    return not titled and bool(re.search(r"[をはがにへのでと]", outside))
