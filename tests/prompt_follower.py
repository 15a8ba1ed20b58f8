"""A model for tests that does what its prompt says, and forgets what the prompt no longer says.

It copies the sentence of the passages that shares most pairs of letters with the question. Three
rules of the answer prompt hold it back: without them it cites nothing, writes from memory, or
writes of a proposal as decided.
"""

import json
import random
import re
from contextlib import contextmanager

from answering.openai_server import Reply, serve

RULES = {
    "citation": "記述ごとに、根拠(evidence)を1つ以上付ける。",
    "memory": "自分の知識、推測、一般論、助言は書かない。",
    "status": "「案」の資料に書かれたことは決定として書かない。",
}
_PASSAGE = re.compile(r"<資料 \w+ 番号=(\d+) ([^>]*)>\n(.*?)\n</資料", re.DOTALL)
_QUESTION = re.compile(r"<質問 \w+>\n(.*?)\n</質問", re.DOTALL)


@contextmanager
def serve_follower(seed=0, carelessness=0.0):
    """Serve it; with some carelessness it takes the second-best sentence."""
    chance = random.Random(seed)
    with serve() as server:
        server.next_reply = lambda: Reply(_reply(server.prompt(), chance, carelessness))
        yield server


def _reply(prompt, chance, carelessness):
    question = _QUESTION.findall(prompt)[-1]
    sentences = [
        (int(number), head, sentence)
        for number, head, text in _PASSAGE.findall(prompt)
        for sentence in re.findall(r"[^。\n]{12,}。", text)
    ]
    ranked = sorted(sentences, key=lambda found: -_shared(question, found[2]))
    careless = len(ranked) > 1 and chance.random() < carelessness
    statements = [_statement(prompt, *ranked[careless])] if ranked else []
    return json.dumps({"statements": statements}, ensure_ascii=False)


def _statement(prompt, number, head, sentence):
    evidence = [{"passage": number, "quote": sentence}]
    if RULES["memory"] not in prompt:
        sentence = "全国の自治体の約70％がすでに導入し、費用は平均で2億円です。"
        return {"text": sentence, "evidence": [{"passage": number, "quote": sentence}]}
    if RULES["status"] not in prompt and "段階=案" in head:
        sentence = sentence.rstrip("。") + "ことが正式に決定しました。"
    return {"text": sentence, "evidence": evidence if RULES["citation"] in prompt else []}


def _shared(question, sentence):
    return len(_pairs(question) & _pairs(sentence)) / len(_pairs(sentence)) ** 0.5


def _pairs(text):
    return {text[place : place + 2] for place in range(len(text) - 1)}
