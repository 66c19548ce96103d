"""The pages of `ufm verify --report`, opened in a browser as a reader opens them: from a file, without a network connection."""

import importlib.util
import re
import shutil
from html.parser import HTMLParser

import pytest
import sympy as sp

from proofs.claims import CHAPTERS, registry
from proofs.cli import main
from proofs.kernel.judge import mint
from proofs.kernel.statements import FirstTime, Holds, Increasing, Limit, MatrixIdentity, Supremum
from proofs.kernel.verdict import Evidence, Outcome, Verdict
from proofs.report import contents, mathml, page
from proofs.report.figures import Picture
from theory.symbols import R, n_majority, p
from theory.unconstrained_features import flow

FALSE, REPAIR, MEASURED = "vanilla-window-unbounded-of-any-split", "vanilla-window-unbounded", "scaled-times-equalise-under-cross-entropy"
THEORY = "unconstrained_features.html"
IDS = (FALSE, REPAIR, MEASURED, "window-bound", "vs-target-scales-the-rows")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The pages of a few claims of one theory."""
    found = tmp_path_factory.mktemp("page")
    assert main(["verify", *IDS, "--report", str(found)]) == 0
    return found


@pytest.fixture(scope="module")
def index(folder):
    return (folder / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def text(folder):
    """The page of the theory that all claims are of."""
    return (folder / THEORY).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium, driven by Playwright."""
    chromium = shutil.which("chromium")
    if chromium is None or importlib.util.find_spec("playwright") is None:
        pytest.skip("the page is looked at in a browser: install Debian's chromium, and the extra 'test'")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def opened(browser, folder):
    """A function that opens a page in a window of some width; whatever the page says on the console fails the test."""
    told, contexts = [], []

    def look(name="index.html", width=1200, scheme="light", **options):
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, **options))
        found = contexts[-1].new_page()
        found.on("console", lambda message: told.append(message.text))
        found.on("pageerror", lambda error: told.append(str(error)))
        found.on("request", lambda request: request.url.startswith("file:") or told.append(f"asked for {request.url}"))
        found.goto((folder / name).as_uri())
        return found

    yield look
    for context in contexts:
        context.close()
    assert told == []


def shown(found):
    """The ids of the claims that are to be seen, and what the page says of their number."""
    ids = found.eval_on_selector_all(".claim", "claims => claims.filter(each => each.offsetParent !== null).map(each => each.id)")
    return set(ids), found.inner_text("#count")


# -- in a browser -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["index.html", THEORY])
def test_search_works_by_keyboard_alone(opened, name):
    found = opened(name)
    for _ in range(40):
        found.keyboard.press("Tab")
        if found.evaluate("document.activeElement.id") == "query":
            break
    found.keyboard.type("equalise")
    assert shown(found) == ({MEASURED}, "1 of 5 claims are shown.")
    assert not found.is_visible("text=The window between the first and the last learned mode")  # a chapter with nothing to show
    found.keyboard.press("Control+A")
    found.keyboard.type("dT/dδ")  # as it is written, though it is typeset
    assert shown(found)[0] == {MEASURED}
    found.keyboard.press("Control+A")
    found.keyboard.press("Delete")
    assert shown(found) == (set(IDS), "5 of 5 claims are shown.")


def test_verdicts_and_theory_are_filtered_by_keyboard_alone(opened):
    found = opened()
    found.focus("input[value=PROVED]")
    found.keyboard.press("Space")
    assert shown(found)[0] == {FALSE, MEASURED}
    found.focus("input[value=REFUTED]")
    found.keyboard.press("Space")
    assert shown(found)[0] == {MEASURED}
    found.focus("#theory")
    found.keyboard.press("ArrowDown")
    assert found.input_value("#theory") == "unconstrained_features"
    assert shown(found)[0] == {MEASURED}


def test_what_is_shown_is_opened_and_closed_by_keyboard_alone(opened):
    found = opened(THEORY)
    found.fill("#query", "equalise")
    found.focus("#open")
    found.keyboard.press("Enter")
    assert found.eval_on_selector_all("details.claim[open]", "claims => claims.map(each => each.id)") == [MEASURED]
    found.focus("#close")
    found.keyboard.press("Enter")
    assert found.locator("details.claim[open]").count() == 0


def test_a_link_opens_the_claim_that_it_leads_to_even_one_that_is_filtered_out(opened):
    found = opened()
    found.click(f"article.finding a[href='{THEORY}#{REPAIR}']")
    assert found.locator("details.claim[open]").evaluate_all("claims => claims.map(each => each.id)") == [REPAIR]
    found.fill("#query", "nothing of this kind")
    assert shown(found) == (set(), "0 of 5 claims are shown.")
    found.evaluate(f"location.hash = '{FALSE}'")
    assert shown(found)[0] == set(IDS)
    assert found.locator(f"#{FALSE}[open]").count() == 1


def test_words_of_parts_and_near_misses_find_a_claim_where_only_its_sentence_stands(opened):
    (claim,) = registry.claims(["window-bound"])
    found = opened()
    found.fill("#query", claim.near_misses[0].says)
    assert "window-bound" in shown(found)[0]


def test_a_page_without_script_shows_everything_and_no_form_that_does_nothing(opened):
    assert opened(java_script_enabled=False).locator("article.claim").count() == len(IDS)
    found = opened(THEORY, java_script_enabled=False)
    assert found.locator("details.claim").count() == len(IDS)
    assert not found.is_visible("#filter")
    found.click(f"#{REPAIR} > summary")
    assert found.is_visible(f"#{REPAIR} math >> nth=0")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("name", ["index.html", THEORY])
def test_nothing_is_wider_than_the_window_and_axe_finds_nothing(opened, name, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    found = opened(name, width, scheme)
    found.eval_on_selector_all("details", "all => { for (const each of all) each.open = true; }")
    assert found.evaluate("document.documentElement.scrollWidth") <= width
    hurt = [(each["id"], each["impact"], each["nodes"][0]["html"][:200]) for each in Axe().run(found).response["violations"]]
    assert hurt == []


def test_colours_follow_the_scheme_of_the_reader(opened):
    light, dark = (opened(scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor") for scheme in ("light", "dark"))
    brightness = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (light, dark)]
    assert brightness[0] > 700 > 100 > brightness[1]


def test_it_prints_as_it_stands_without_what_only_a_screen_can_do(opened):
    found = opened(THEORY)
    found.emulate_media(media="print")
    assert not found.is_visible("#filter")
    assert not found.is_visible("nav")
    assert found.is_visible(f"#{REPAIR} > summary")
    assert found.pdf(format="A4").startswith(b"%PDF")


# -- what it says -------------------------------------------------------------------------


class Elements(HTMLParser):
    """Every start tag with its attributes, and whether what was opened was closed."""

    def __init__(self, text):
        super().__init__()
        self.found, self.open, self.crossed = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        if tag not in ("meta", "input", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if self.open.pop() != tag:
            self.crossed.append(tag)


def test_the_pages_are_well_formed_and_name_no_other_file_and_every_link_leads_somewhere(folder):
    pages = {path.name: Elements(path.read_text(encoding="utf-8")) for path in folder.iterdir()}
    assert set(pages) == {"index.html", THEORY}
    places, links = set(pages), set()
    for name, read in pages.items():
        assert (read.open, read.crossed) == ([], [])
        assert not [value for _, attributes in read.found for key, value in attributes.items() if key in ("src", "srcset") and value]
        ids = [attributes["id"] for _, attributes in read.found if "id" in attributes]
        assert len(ids) == len(set(ids))
        places |= {f"{name}#{each}" for each in ids}
        hrefs = [attributes["href"] for tag, attributes in read.found if tag == "a"]
        links |= {f"{name}{href}" if href.startswith("#") else href for href in hrefs}
    assert links <= places


def test_findings_come_first_and_are_those_of_the_rows(index):
    text, claims = index, {claim.id: claim for claim in registry.claims(IDS)}
    assert text.index(">What we found<") < text.index(">The claims<")
    finding = text[text.index('<article class="finding">') : text.index("</article>")]
    assert f"#{FALSE}" in finding
    assert f"#{REPAIR}" in finding
    assert "<b>c = 3</b>" in finding
    assert str(contents.prose(claims[FALSE].says)) in finding
    assert str(contents.prose(claims[REPAIR].says)) in finding


def test_each_claim_opens_to_its_mathematics_and_what_decided_it(text):
    for claim in registry.claims(IDS):
        own = text[text.index(f'<details class="claim" id="{claim.id}"') :]
        own = own[: own.index('<details class="claim"', 9)] if '<details class="claim"' in own[9:] else own
        assert str(contents.prose(claim.says)) in own
        assert f"ufm verify {claim.id} --fresh" in own
        for part in claim.parts(claim.said()):
            assert all(line in own for line in mathml.statement(part).lines)
        assert all(str(contents.prose(miss.says)) in own for miss in claim.near_misses)
    bound = text[text.index('id="window-bound"') :]
    assert "<mo>sup</mo>" in bound
    assert "<msqrt><mn>2</mn></msqrt><mo>−</mo><mn>1</mn>" in bound


def test_a_claim_that_coq_carries_shows_the_statement_of_the_theorem(text):
    own = text[text.index('<details class="claim" id="window-bound"') :]
    assert "windows.bound." in own
    assert re.search(r"<pre[^>]*>Definition bound_is_supremum : Prop :=\n  .*supremum_is", own, re.DOTALL)
    refuted = text[text.index(f'<details class="claim" id="{FALSE}"') :]
    assert "What is proved is the negation of this statement." in refuted[: refuted.index("</details>")]


def test_what_is_common_is_said_once(index, text):
    for once in (contents.SAID_ONCE, "Coq.Reals.ClassicalDedekindReals.sig_not_dec", "Coq 8.16", "Zhao and Thrampoulidis, arXiv"):
        assert (index + text).count(once) <= 3, once  # of which the paper is named by each claim of its own


def test_the_glossary_and_the_legend_are_on_it(index):
    text = index
    assert "<strong>Near miss</strong>" in text
    for verdict, (sign, meaning) in contents.VERDICTS.items():
        assert f'<span aria-hidden="true">{sign}</span> {verdict.replace("_", " ")}' in text
        assert meaning[2:40].replace("'", "&#39;") in text


def test_chapters_stand_in_their_order_and_none_twice(text):
    titles = [contents.title_of(f"proofs.claims.{theory}.{chapter}") for theory, chapters in CHAPTERS.items() for chapter in chapters]
    places = [place for title in titles if (place := text.find(f"<h2>{title}</h2>")) >= 0]
    assert len(places) == 3
    assert places == sorted(places)
    assert text.count('<section class="chapter">') == 3


def test_a_machine_without_a_tool_says_once_what_was_not_checked(tmp_path):
    (claim,) = registry.claims(["minority-earlier"])
    absent = Evidence(road="statistics", engine="bootstrap", outcome=Outcome.ABSENT, note="<torch> is not installed")
    rows = [_row(claim, absent), _row(claim, absent)]
    found = contents.of_ledger([claim] * 2, rows, {})
    assert [row.verdict for row in rows] == [Verdict.NOT_CHECKED] * 2
    assert found["absent"] == [{"reason": "<torch> is not installed", "claims": 2, "unjudged": ["minority-earlier"] * 2}]
    page.write(tmp_path, [claim], rows[:1], [Picture("a-figure", "A figure", "A caption", "<svg></svg>")])
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert text.count("&lt;torch&gt; is not installed") == 1  # escaped, and said once
    assert "<torch>" not in text
    assert "<svg></svg>" in text


def _row(claim, evidence):
    from proofs.kernel.judge import Finding, Findings

    found = Finding(part_id="a-part", says="it is so", evidence=evidence, rechecked=False)
    return mint(claim, Findings(vacuous=(), parts=(), runs=(found,), near_misses=(), seconds=0.0))


# -- mathematics --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (sp.sqrt(2) - 1, "<mrow><msqrt><mn>2</mn></msqrt><mo>−</mo><mn>1</mn></mrow>"),
        (sp.Integer(-2), "<mn>−2</mn>"),
        (sp.Mul(2, 1, evaluate=False), "<mrow><mn>2</mn><mo>·</mo><mn>1</mn></mrow>"),
        (2 * R, "<mrow><mn>2</mn><mo>\u2062</mo><mi>R</mi></mrow>"),
        (sp.log(R), "<mrow><mi>ln</mi><mi>R</mi></mrow>"),
        (sp.log(R + 1), "<mrow><mi>ln</mi><mrow><mo>(</mo><mrow><mi>R</mi><mo>+</mo><mn>1</mn></mrow><mo>)</mo></mrow></mrow>"),
        (p < 1, "<mrow><mi>p</mi><mo>&lt;</mo><mn>1</mn></mrow>"),
        (n_majority, "<msub><mi>n</mi><mi>maj</mi></msub>"),
    ],
)
def test_formulas_are_written_as_the_prose_writes_them(expression, expected):
    assert mathml.formula(expression) == expected


def test_every_kind_of_statement_is_shown_with_its_own_sign():
    said = {"id": "part", "says": "it is so"}
    kinds = {
        "<mo>lim</mo>": Limit(**said, expr=1 / R, variable=R, point=sp.oo, value=sp.Integer(0)),
        ", not attained": Supremum(**said, expr=1 - 1 / R, variable=R, start=sp.Integer(1), end=sp.oo, value=sp.Integer(1), attained=False),
        "increases strictly in": Increasing(**said, expr=R**2, variable=R),
        "<msup><mi>W</mi><mo>T</mo></msup>": MatrixIdentity(**said, left=flow.W.T, right=flow.W.T),
        "<mo>≥</mo>": Holds(**said, condition=R >= 1),
    }
    for sign, statement in kinds.items():
        (line,) = mathml.statement(statement).lines
        assert sign in line
    assert "<mo>=</mo>" in mathml.statement(kinds["<msup><mi>W</mi><mo>T</mo></msup>"]).lines[0]


def test_a_rigorous_run_is_shown_with_its_system_its_start_and_its_times():
    half, one = sp.Rational(1, 2), sp.Integer(1)
    said = FirstTime(id="part", says="it is so", velocity={p: -p}, start={p: one}, expr=-p, level=-half, low=half, high=one)
    system, start, reached = mathml.statement(said).lines
    assert "<mfrac><mo>d</mo>" in system
    assert "<mo>(</mo><mn>0</mn><mo>)</mo>" in start
    assert "first at" in reached
    assert reached.count("<mo>≤</mo>") == 2


def test_a_conjunction_is_a_line_a_relation_and_what_is_too_long_is_counted():
    long = sp.Eq(sp.Add(*(sp.Symbol(f"x_{k}") for k in range(mathml.MOST_SYMBOLS))), 0, evaluate=False)
    found = mathml.statement(Holds(id="part", says="it is so", condition=sp.And(R >= 1, p <= 1, long), where=(R > 0, R >= 2)))
    assert (len(found.lines), found.omitted) == (2, 1)
    assert len(found.where) == 2


def test_prose_sets_what_it_writes_below_and_above_the_line_and_escapes_the_rest():
    assert contents.prose("n_min^(−γ) < R^|1/2 − γ| of n_(j)") == (
        "n<sub>min</sub><sup>−γ</sup> &lt; R<sup>|1/2 − γ|</sup> of n<sub>j</sub>"
    )
    assert contents.prose("e^(−2(a + b)) & <b>") == "e^(−2(a + b)) &amp; &lt;b&gt;"


def test_figures_are_drawn_once_and_kept_and_none_that_is_not_vouched_for(tmp_path, monkeypatch):
    """Of two figures, one kept with a seal and one edited: the edited one is drawn again."""
    monkeypatch.setenv("UFM_CACHE", str(tmp_path))
    monkeypatch.setattr(page.figures, "KINDS", [kind for kind in page.figures.KINDS if kind.id in ("networks", "network-times")])
    first = page.pictures()
    assert [picture.id for picture in first] == [kind.id for kind in page.figures.KINDS]
    assert all(picture.svg.startswith("<svg") for picture in first)
    edited = tmp_path / "figure.networks.json"
    edited.write_text(edited.read_text(encoding="utf-8").replace("<svg", "<svg data-edited"), encoding="utf-8")
    drawn = []
    monkeypatch.setattr(page.jobs, "run", lambda waiting, method: ((job, drawn.append(job.name) or job.task()) for job in waiting))
    assert page.pictures() == first
    assert drawn == ["networks"]
