"""Articles made to look like what they are not: news of walls and errors, walls over a whole text, shorts, tickers, videos.

Their text is read whatever stands around it; pages that are no articles are made_pages.py's.
"""

from typing import NamedTuple

from extract.made_errors import VIDEO
from extract.made_pages import EXCERPT, bare, ld, listing, news, site
from ingest.records import Access, Kind
from webpage import PARAGRAPHS, URL

TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
DATED = (
    '<meta property="og:type" content="article">'
    '<meta property="article:published_time" content="2026-11-21T18:30:00+01:00">'
)
BANNER = (
    '<div id="onetrust-banner-sdk" class="otFlat"><h2>We value your privacy</h2><p>We and our 842 partners store and/or access '
    "information on a device, such as cookies.</p><button>Accept All Cookies</button><button>Cookie Settings</button></div>"
)


class MadeArticle(NamedTuple):
    """A page, a sentence of its text, and what it is."""

    name: str
    html: str
    says: str
    kind: Kind = "article"
    access: Access | None = None
    url: str = URL


def story(title: str, *paragraphs: str, head: str = DATED, lang: str = "en") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    time = '<time datetime="2026-11-21T18:30:00+01:00">21 November 2026</time>'
    return site(
        f"<article><h1>{title}</h1><p class=byline>By Ana Silva {time}</p><div class=article-body>{text}</div></article>",
        title=f"{title} | The Example",
        lang=lang,
        head=head,
    )


NEWS_OF_WALLS = (
    MadeArticle("news of cookies", story(
        "Regulator fines portal over cookie consent",
        "The regulator fined the portal twelve million on Friday because its banner let readers accept all cookies with one "
        "click, "
        "but asked for five to refuse them.",
        "“Manage your privacy must not be a maze,” said its head, who wants the words “we value your privacy” to mean "
        "something. "
        "The portal shares what it learns with our 842 partners, as its banner says."), "The regulator fined the portal"),
    MadeArticle("news of pure subscriptions, German", story(
        "Gericht erlaubt Pur-Abo auf Nachrichtenseiten",
        "Das Gericht hat am Freitag entschieden, dass Verlage ihre Leser vor die Wahl stellen dürfen: mit Werbung weiterlesen "
        "oder "
        "zahlen. Das Pur-Abo koste so viel wie ein Kaffee im Monat, und wer werbefrei lesen wolle, habe eine echte Wahl.",
        "Verbraucherschützer halten die Einwilligung für erzwungen und kündigten an, der Zustimmung der Richter in der "
        "nächsten "
        "Instanz zu widersprechen. Das Urteil ist noch nicht rechtskräftig.", lang="de"), "Das Gericht hat am Freitag"),
    MadeArticle("news of captchas", story(
        "Machines now solve the captcha faster than people",
        "Researchers showed on Friday that a program can complete the captcha in less than a second. “Verify you are human has "
        "become a joke,” one of them said.",
        "Sites that ask readers to click a box to show that they are not a robot may have to think "
        "again."), "Researchers showed"),
    MadeArticle("a short with a challenge's title", story(
        "Access "
        "denied", "The UN convoy was turned back at the border on Friday for the third time this week, a spokesman said, and "
        "its "
        "forty lorries of flour and medicine will spend the night on the road."), "The UN convoy was turned back"),
    MadeArticle("news of logins", story(
        "Login data of two million customers stolen",
        "Thieves stole the login data of two million customers of a bakery chain, the company said on Friday. Customers "
        "should sign "
        "in and change their password, and trust no mail that asks for it.",
        "The data was taken through a form that nobody had looked after for six years."), "Thieves stole the login data"),
    MadeArticle("the art of a missing page", story(
        "Error 404: the artist who collects missing pages",
        "Page not found is the title of the show that opened on Saturday, and a thousand pages that no longer exist hang on "
        "its walls.",
        "“The page you are looking for is here,” says the artist, who began with a dead link to her own "
        "school."), "is the title of the show"),
    MadeArticle("a hiker who was not found, Spanish", story(
        "No se encuentra al excursionista perdido",
        "El excursionista que salió el jueves hacia la sierra no ha sido encontrado, informó el sábado la guardia civil, que "
        "reanudará "
        "la búsqueda con dos helicópteros en cuanto amanezca y pide a los vecinos que no suban "
        "solos.", lang="es"), "El excursionista"),
    MadeArticle("news of JavaScript", story(
        "Thirty years on, the web still needs JavaScript",
        "Please enable JavaScript: four of five readers have seen the sentence, a study said on Friday, and most of them gave "
        "up.",
        "Its authors turned it off for a month. Two of ten newspapers could be read."), "four of five readers"),
    MadeArticle("news of subscriptions", story(
        "Newspapers that ask readers to pay gain for a third year",
        "Subscribe to continue reading: the sentence earns more than advertising in eleven of twenty countries, a survey "
        "found. Some "
        "articles are for subscribers only, others may be read by all.",
        "The survey asked forty thousand people, of whom one in six pays for news.", "Its authors warn that most pay for one "
        "newspaper alone, and that those who do are older, richer and better educated than those who do "
        "not.", "Half of those who "
        "cancelled had come for a price that ended after three months."), "the sentence earns more"),
)  # fmt: skip

WALLS_OVER_TEXT = (
    MadeArticle("banner over a text", site(f"{BANNER}<article><h1>Harbour reopens after storm</h1>{TEXT}</article>",
        title="Harbour reopens after storm", head=news()), PARAGRAPHS[2]),
    MadeArticle("banner over a text without markup", site(
        f"<article><h1>Harbour reopens after storm</h1>{TEXT}</article>"
        f"{BANNER}", title="Harbour reopens after storm"), PARAGRAPHS[2]),
    MadeArticle("banner over a short text on a small site", bare(
        f"<h1>Harbour reopens after storm</h1><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[3]}</p>{BANNER}",
        title="Harbour reopens after storm"), PARAGRAPHS[0]),
    MadeArticle("metered, with all its text", site(
        f"<article><h1>Harbour reopens after storm</h1>{TEXT}{TEXT}</article><div class=meter hidden><p>Subscribe to continue "
        f"reading."
        "</p></div>", title="Harbour reopens after storm", head=news(isAccessibleForFree=False) +
        '<meta property="article:content_tier" content="metered">'), PARAGRAPHS[2], access="metered"),
    MadeArticle("metered by meta alone", site(
        f"<article><h1>Harbour reopens after storm</h1>{TEXT}</article>", title="Harbour reopens after storm",
        head=DATED + '<meta property="article:content_tier" content="metered">'), PARAGRAPHS[2], access="metered"),
    MadeArticle("free, with an offer below", site(
        f"<article><h1>Harbour reopens after storm</h1><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[3]}</p></article><div class=offer>"
        "<p>Subscribe to keep reading our journalism.</p></div>", title="Harbour reopens after storm",
        head=news(isAccessibleForFree="True")), PARAGRAPHS[0], access="free"),
    MadeArticle("paid, with a long opening", site(
        f"<article><h1>Harbour reopens after storm</h1>{TEXT}<p>{EXCERPT.format(3, 9)}</p></article><div class=wall><p>"
        f"Subscribe to "
        "continue reading.</p></div>", title="Harbour reopens after storm", head=news(
            hasPart={"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".meteredContent"})),
        PARAGRAPHS[1], access="paid"),
    MadeArticle("noscript beside a text", bare(
        f'<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"><article><h1>Harbour</h1>'
        f'{TEXT}</article>'
        "</div><script src=/main.js></script>", title="Harbour reopens after storm", head=news()), PARAGRAPHS[2]),
    MadeArticle("an empty root beside a text", site(
        f'<div id="app"></div><article><h1>Harbour reopens after storm</h1>'
        f'{TEXT}</article>', title="Harbour reopens after storm"),
        PARAGRAPHS[2]),
    MadeArticle("a login form in the head", site(
        "<form><input name=u><input type=password></form><article><h1>Harbour reopens after storm</h1>"
        f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[3]}</p></article>", title="Harbour reopens after storm", head=DATED),
        PARAGRAPHS[0]),
    MadeArticle("behind Cloudflare, and let through", site(
        f"<article><h1>Harbour reopens after storm</h1><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[3]}</p></article><script>"
        f"(function(){{window"
        ".__CF$cv$params={r:'8f'};var "
        "a=document.createElement('script');a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'})()"
        "</script>", title="Harbour reopens after storm", head=DATED), PARAGRAPHS[0]),
)  # fmt: skip

SHORTS_AND_LISTS = (
    MadeArticle("a very short one, proven", site(
        "<article><h1>Harbour shut until Monday</h1><p>The harbour will stay shut until Monday noon, its master has said.</p>"
        "</article>",
        title="Harbour shut until Monday", head=news(headline="Harbour shut until Monday")), "The harbour will stay shut"),
    MadeArticle("a list of stories, as an article", site(
        f"<article><h1>What you missed this week</h1>{TEXT}{listing('en', excerpt=EXCERPT)}</article>", title="What you missed",
        head=news(headline="What you missed this week")), PARAGRAPHS[0]),
    MadeArticle("an article in a tag's folder", story("Storms", *PARAGRAPHS), PARAGRAPHS[3],
        url="https://news.example/tag/storms-reopen-harbour/harbour-reopens"),
    MadeArticle("one in a login's folder", story("Sign in, please", *PARAGRAPHS, head=""), PARAGRAPHS[3],
        url="https://news.example/login/harbour"),
    MadeArticle("live blog", site(
        "<article><h1>Storm live</h1><div class=live>" + "".join(
            f'<section class="update"><h3><time datetime="2026-11-21T{18 - n}:30:00Z">{18 - n}:30</time> Update {n}</h3><p>'
        f'{text}</p></section>'
            for n, text in enumerate(PARAGRAPHS)) + "</div></article>", title="Storm live: harbour reopens",
        head=ld(**{"@type": "LiveBlogPosting", "headline": "Storm live", "datePublished": "2026-11-21T08:00:00Z",
                   "coverageStartTime": "2026-11-21T08:00:00Z", "liveBlogUpdate": [
                       {
        "@type": "BlogPosting", "headline": f"Update {n}", "articleBody": text} for n, text in enumerate(PARAGRAPHS)]})),
        PARAGRAPHS[1], "live"),
    MadeArticle("gallery", site(
        "<article><h1>The harbour in pictures</h1><p>" + PARAGRAPHS[0] + "</p>" + "".join(
            f"<figure><img src=/p{n}.jpg><figcaption>Boats, seen from the hill, number {n}.</figcaption>"
        f"</figure>" for n in range(8))
        + "<p>" + PARAGRAPHS[3] + "</p></article>", title="The harbour in pictures",
        head=ld(**{"@type": ["NewsArticle", "ImageGallery"], "headline": "The harbour in pictures",
                   "datePublished": "2026-11-21T18:30:00+01:00"})),
        PARAGRAPHS[0], "gallery"),
    MadeArticle("video with a text", site(
        f'<h1>Boats leave the harbour</h1><video src="/v.mp4"></video><div class="description"><p>{PARAGRAPHS[0]}</p>'
        f"<p>{PARAGRAPHS[3]}</p></div>", title="Boats leave the harbour", head=VIDEO), PARAGRAPHS[0], "video"),
    MadeArticle("video with a caption, by its sort in OpenGraph", site(
        f'<h1>Boats leave the harbour</h1><video src="/v.mp4"></video><p class="caption">{PARAGRAPHS[0]}</p>',
        title="Boats leave the harbour", head='<meta property="og:type" content="video.other">'
        '<meta property="og:video" content="https://news.example/v.mp4">' + VIDEO), PARAGRAPHS[0], "video"),
    MadeArticle("news with a video in it", site(
        f'<article><h1>Harbour reopens after storm</h1><video src="/v.mp4"></video>{TEXT}</article>',
        title="Harbour reopens after "
        "storm", head=news(video={"@type": "VideoObject", "name": "Boats"}) + VIDEO), PARAGRAPHS[2]),
)  # fmt: skip

ARTICLES = (*NEWS_OF_WALLS, *WALLS_OVER_TEXT, *SHORTS_AND_LISTS)
