"""Sentences that ask or suppose instead of stating, by their form.

Committee papers put findings, proposals and conjectures side by side; the ending tells them apart.
"""

import re

# 「〜ではないか」 supposes in the form of a question; 「〜と考えられる」 is an inference.
_SUPPOSES = re.compile(
    r"ではない(?:だろう|でしょう)?か|のではない|ではなかろうか|と(?:考えら|思わ|推測さ|推察さ|想定さ)れ(?:る|ます|た|ました|、|。|$)|"
    r"可能性が(?:ある|あり|考えられ|高い)|かもしれ(?:ない|ません)|ようにも(?:思|見)|(?:て|で)は(?:どう|いかが)(?:か|でしょうか)"
)
_ASKS = re.compile(
    r"(?:べき|の|れば良い|ればよい|られる|できる|何|ある|ない|必要|適切|妥当)か[。？?]?$"
)
_REPORTS = re.compile(r"(?:[いえきしっりれ]た|事例がある|見られ(?:る|ない)|散見される|つつある)$")
_FULL_STOP = "。！？!?」』）) \n"


def supposes(sentence: str) -> bool:
    """Whether a sentence is a conjecture: 「〜ではないか」, 「〜と考えられる」, 「〜可能性がある」.

    Emphatic questions that only confirm (「〜ではないかな」 in speech) count too.
    """
    return bool(_SUPPOSES.search(sentence))


def reports(sentence: str) -> bool:
    """Whether a sentence tells what was or is seen: 「踏み切れない事例がある」, 「中心であった」.

    Such a sentence proposes nothing, also where proposals stand around it.
    """
    return not supposes(sentence) and bool(_REPORTS.search(sentence.rstrip(_FULL_STOP)))


def asks(sentence: str) -> bool:
    """Whether a sentence is a question for discussion: 「どのように整備すべきか。」."""
    return not supposes(sentence) and bool(_ASKS.search(sentence.rstrip(_FULL_STOP)))
