"""What a person sees and does on the page, in a real browser, inside a frame like Airflow's, on a desk and on a phone.

The screenshots stay in pytest's folder (`--basetemp`), for whoever wants to look.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from ingest.settings import Settings
from stand_in_airflow import StandInAirflow
from watched_sources import Sources

LONG = "Donaudampfschifffahrtsgesellschaft" * 6 + " </td><script>document.title = 'taken'</script>"
OPEN = "all => all.forEach((one) => { one.open = true; })"
NARROWEST = "all => Math.min(1, ...all.map((one) => one.offsetWidth / one.parentElement.offsetWidth))"
SANDBOX_NOTE = "can escape its sandboxing"  # Chromium's word on every plugin's frame of Airflow
WIDE = "[document.documentElement.scrollWidth, window.innerWidth]"
# of every text that is seen, the least contrast to what is behind it (WCAG 2.2, 1.4.3)
LEAST_CONTRAST = """() => {
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const colour = parts(getComputedStyle(one).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const one = text.parentElement;
    if (!text.data.trim() || !one.getClientRects().length || one.closest("svg, option")) continue;
    const [a, b] = [light(parts(getComputedStyle(one).color)), light(behind(one))];
    found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), text.data.trim()]);
  }
  return found.sort((a, b) => a[0] - b[0])[0];
}"""
# each control a person can reach, by what a screen reader calls it
UNNAMED = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary, svg')].filter((one) =>
  !(one.ariaLabel || one.textContent.trim() || [...(one.labels || [])].some((label) => label.textContent.trim())))
  .map((one) => one.outerHTML)"""


@pytest.fixture(scope="module")
def airflow(every_state_file: Path) -> Iterator[StandInAirflow]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("INGEST_HOME", str(every_state_file.parents[1]))
        made = StandInAirflow()
        with made.served() as made.address:
            yield made


class Visitor:
    """A browser that is logged in, with what it asked for and complained of."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.asked: list[str] = []
        self.said: list[str] = []
        self.address = address
        self.context = context
        context.add_cookies([{"name": "_token", "value": "ops", "url": address}])
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("console", lambda message: self.said.append(message.text))
        context.on("weberror", lambda error: self.said.append(str(error.error)))
        context.route(lambda url: not url.startswith(address), _the_world)
        self.page = context.new_page()

    def opens(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def strayed(self) -> list[str]:
        return [url for url in self.asked if not url.startswith(self.address)]


def _the_world(route: Route) -> None:
    route.fulfill(body="<title>An article</title>", content_type="text/html")


@pytest.fixture
def visitor(browser: Browser, airflow: StandInAirflow, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    width, scheme = getattr(request, "param", (1280, "light"))
    with browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme) as context:
        yield Visitor(context, airflow.address)


SCREENS: Any = pytest.mark.parametrize(
    "visitor", [(375, "dark"), (1280, "light")], indirect=True, ids=["phone", "desk"]
)


@SCREENS
def test_all_of_it_is_seen_on_any_screen_without_scrolling_sideways(visitor: Visitor, tmp_path: Path) -> None:
    for name in ("", "?state=failing", "source/harbour-post", "source/daily", "source/resting", "source/walled"):
        page = visitor.opens(f"/news-sources/{name}")
        page.locator("details").evaluate_all(OPEN)
        scroll_width, inner_width = page.evaluate(WIDE)
        assert scroll_width <= inner_width, name
        if inner_width == 375:
            assert page.locator("tbody td").evaluate_all(NARROWEST) > 0.95, name
        contrast, text = page.evaluate(LEAST_CONTRAST)
        assert contrast >= 4.5, (name, text)
        assert page.evaluate(UNNAMED) == []
        page.screenshot(path=tmp_path / f"{re.sub(r'[^a-z]+', '-', name) or 'all'}.png", full_page=True)
    assert visitor.strayed() == []
    assert visitor.said == []


def test_the_sick_come_first_with_cause_and_since_when_and_alarms_on_top(visitor: Visitor) -> None:
    page = visitor.opens("/news-sources/")
    names = page.locator("tbody th a").all_inner_texts()
    assert names == ["Harbour-Post", "Walled", "Island-Times", "Resting", "Coming", "Fresh", "Daily"]
    alarms = page.get_by_role("region", name="2 open alarms").get_by_role("listitem").all_inner_texts()
    assert alarms == [
        "failing Harbour-Post: none of 1 feeds can be read: dns_error, since 9 h ago",
        "silent Island-Times: nothing new for 5 days, where 20 were to be expected, since 5 days ago",
    ]
    first = page.locator("tbody tr").first
    expect(first).to_contain_text("none of 1 feeds can be read: dns_error")
    expect(first).to_contain_text("since 9 h ago")
    coming = page.locator("tbody tr", has_text="Coming")
    expect(coming).to_contain_text("not polled yet")
    expect(coming).to_contain_text("next with a crawl")
    expect(page.locator("tbody tr", has_text="Walled")).to_contain_text("12 bot challenge")
    quiet = page.locator("tbody tr", has_text="Island-Times").locator("svg")
    assert re.match(
        r"new items by day, \d+ \w+ to \d+ \w+: (4, )+(0, )+0; expected: (4, )+\d$", quiet.text_content() or ""
    )


def test_filters_work_without_javascript(browser: Browser, airflow: StandInAirflow) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = Visitor(context, airflow.address).opens("/news-sources/")
        page.get_by_role("link", name="quiet 1").click()
        assert page.locator("tbody th a").all_inner_texts() == ["Island-Times"]
        page.get_by_label("Name or cause").fill("no such")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_text("No source is like that.")).to_be_visible()
        page.get_by_role("link", name="Show all").first.click()
        page.get_by_label("Order").select_option("Name")
        page.get_by_role("button", name="Show").click()
        assert page.locator("tbody th a").first.inner_text() == "Coming"


def test_a_pause_from_the_keyboard_inside_airflows_frame_starts_a_run_and_links_to_it(
    visitor: Visitor, airflow: StandInAirflow, tmp_path: Path
) -> None:
    frame = visitor.opens("/plugin?theme=dark").frame_locator("iframe")
    frame.get_by_role("link", name="Daily").press("Enter")
    frame.get_by_label("Why pause?").fill("they <move>")
    frame.get_by_label("Why pause?").press("Tab")
    visitor.page.keyboard.press("Space")
    told = frame.get_by_role("status")
    expect(told).to_contain_text("of news_act is queued")
    assert airflow.triggered[-1]["conf"] == {"action": "pause", "source_id": "daily", "reason": "they <move>"}
    visitor.page.screenshot(path=tmp_path / "framed.png")
    told.get_by_role("link").first.click()
    visitor.page.wait_for_url(re.compile(r"/dags/news_act/runs/manual__\d+$"))
    assert [line for line in visitor.said if SANDBOX_NOTE not in line] == []


def test_links_lead_out_of_airflows_frame_and_an_article_cannot_reach_back(
    visitor: Visitor, airflow: StandInAirflow
) -> None:
    frame = visitor.opens("/plugin?src=/news-sources/source/daily").frame_locator("iframe")
    with visitor.context.expect_page() as opened:
        frame.get_by_role("region", name="Latest articles").get_by_role("link").first.click()
    opened.value.wait_for_load_state()
    assert opened.value.url.startswith("https://daily.example/")
    assert opened.value.evaluate("[window.opener, document.referrer]") == [None, ""]
    assert visitor.page.url.endswith("/plugin?src=/news-sources/source/daily")
    frame.get_by_text("polls since").click()
    frame.get_by_role("link", name=re.compile("^Task log")).first.click()
    expect(visitor.page.get_by_role("heading")).to_have_text("There is nothing here.")


@pytest.mark.parametrize(("theme", "expected"), [("dark", "dark"), ("light", "light"), ("", "light dark")])
def test_inside_airflow_it_is_as_light_or_dark_as_airflow(visitor: Visitor, theme: str, expected: str) -> None:
    frame = visitor.opens(f"/plugin?theme={theme}").frame_locator("iframe")
    assert frame.locator("html").evaluate("one => getComputedStyle(one).colorScheme") == expected


@pytest.mark.parametrize("visitor", [(375, "light")], indirect=True)
def test_the_worlds_longest_words_and_worst_intents_stay_in_their_place(
    visitor: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = Sources(Settings(home=tmp_path, contact="mailto:tests@example.org"))
    sources.reports("daily", days=1, title=LONG, authors=(LONG,), evidence={LONG: LONG}, language=LONG)
    sources.polls("daily", outcome="http_error", detail=LONG, feed_id=LONG, failure_count=1)
    sources.alarms("daily", "drift", LONG, actor=LONG, reason=LONG)
    sources.publishes()
    monkeypatch.setenv("INGEST_HOME", str(tmp_path))
    for path in ("/news-sources/", "/news-sources/source/daily"):
        page = visitor.opens(path)
        page.locator("details").evaluate_all(OPEN)
        scroll_width, inner_width = page.evaluate(WIDE)
        assert scroll_width <= inner_width
        assert "taken" not in page.title()
        page.screenshot(path=tmp_path / f"hostile-{len(path)}.png", full_page=True)
    assert visitor.said == []
