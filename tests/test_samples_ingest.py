"""Real documents, present only beside the project: see `samples` in conftest.py."""

from assistant.errors import ReadError
from assistant.ingest.chunk import make_chunks
from assistant.ingest.metadata import describe, prepared_pages
from assistant.ingest.readers import read_file
from assistant.ingest.structure import read_structure

TOO_SLOW = "読み取りに時間がかかりすぎたため、打ち切りました。"


def chunks_of(path):
    read = read_file(path).pages
    kind = describe(path, "d", read).document.kind
    pages = prepared_pages(read)
    markdown = any("\n## " in page.text for page in pages)
    return make_chunks("d", pages, read_structure(pages, kind, markdown=markdown))


def read_all(paths, read_sample):
    """For every file the number of its pages, or why it was refused."""
    results = {}
    for path in paths:
        try:
            results[path.name] = len(read_sample(path).pages)
        except ReadError as error:
            results[path.name] = error.message
    return results


def test_every_seed_gives_chunks(samples):
    counts = {path.name[:3]: len(chunks_of(path)) for path in (samples / "seeds").glob("*.txt")}
    assert {name for name, count in counts.items() if count} == {"000", "001", "002", "003", "004"}


def test_every_chunk_of_the_minutes_from_the_first_turn_on_has_a_speaker(samples):
    [path] = (samples / "seeds").glob("003*.txt")
    speakers = [chunk.speaker for chunk in chunks_of(path)]
    first = next(place for place, speaker in enumerate(speakers) if speaker)
    assert None not in speakers[first:]


def test_every_ministry_pdf_is_read(samples, read_sample):
    results = read_all(sorted((samples / "pdfs").glob("*.pdf")), read_sample)
    assert len(results) == 14
    assert {name: found for name, found in results.items() if not isinstance(found, int)} == {}


def test_every_awkward_pdf_is_read_or_refused_and_none_hangs(samples, read_sample):
    results = read_all(sorted((samples / "awkward_pdfs").glob("*.pdf")), read_sample)
    assert len(results) == 70
    assert TOO_SLOW not in results.values()
