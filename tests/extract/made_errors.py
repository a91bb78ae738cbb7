"""Pages made for the judge that hold no article: errors answered with 200, front pages, lists, empty shells, players."""

from extract.made_pages import EXCERPT, HEADLINES, Made, bare, ld, listing, news, site

MISSING = (
    Made("WordPress", "soft_404", site(
        '<section class="error-404 not-found"><h1>Oops! That page can’t be found.</h1><p>It looks like nothing was found at '
        'this '
        "location. Maybe try one of the links below or a search?</p></section>", title="Page not found – The Example")),
    Made("German", "soft_404", site(
        "<h1>Seite nicht gefunden</h1><p>Die von Ihnen aufgerufene Seite existiert leider nicht oder wurde verschoben.</p>"
        "<p>Bitte prüfen Sie die Adresse oder nutzen Sie die Suche.</p>", title="Fehler 404 | The Example", lang="de")),
    Made("French", "soft_404", site(
        "<h1>Oups !</h1><p>La page que vous recherchez est introuvable. Elle a peut-être été déplacée ou supprimée.</p>",
        title="Page introuvable - The Example", lang="fr")),
    Made("Spanish", "soft_404", site(
        "<h1>Página no encontrada</h1><p>Lo sentimos, la página que busca no existe o ha sido eliminada.</p>",
        title="Página no encontrada | El Ejemplo", lang="es")),
    Made("Italian", "soft_404", site(
        "<h1>Pagina non trovata</h1><p>La pagina che stai cercando non esiste più o è stata spostata.</p>",
        title="Pagina non trovata - L’Esempio", lang="it")),
    Made("Portuguese", "soft_404", site(
        "<h1>Página não encontrada</h1><p>O conteúdo que você procura não existe ou foi removido.</p>",
        title="Erro 404 - O Exemplo", lang="pt")),
    Made("Polish", "soft_404", site(
        "<h1>Nie znaleziono strony</h1><p>Strona, której szukasz, nie istnieje.</p>", title="Błąd 404 - Przykład", lang="pl")),
    Made("Dutch", "soft_404", site(
        "<h1>Deze pagina bestaat niet (meer)</h1><p>Ga terug naar de voorpagina of zoek het artikel.</p>",
        title="Pagina niet gevonden - Het Voorbeeld", lang="nl")),
    Made("Swedish", "soft_404", site(
        "<h1>Sidan kunde inte hittas</h1><p>Sidan du söker finns inte "
        "längre.</p>", title="Sidan kunde inte hittas", lang="sv")),
    Made("Japanese", "soft_404", site(
        "<h1>お探しのページが見つかりません</h1><p>ページが削除されたか、URLが変更された可能性があります。</p>",
        title="404 Not Found｜例新聞",
        lang="ja")),
    Made("an agency's story that expired", "soft_404", site(
        "<h1>This article is no longer available</h1><p>Our licence for this story has ended.</p>", title="The Example")),
    Made("the site's own title", "soft_404", site(
        "<h1>404</h1><p>We’re sorry, the page you requested could not be found.</p><a>Back to the front "
        "page</a>", title="The Example")),
    Made("an error's address", "soft_404", site(
        "<h1>Well, this is awkward</h1><p>Nothing to see here. Have a cup of tea.</p>", title="The Example"),
        "https://news.example/404.html?from=/politics/harbour"),
    Made("an article's markup on an error", "soft_404", site(
        "<h1>Page not found</h1><p>The page you are looking for was moved, removed or never existed.</p>",
        title="Page not found | The Example", head='<meta property="og:type" content="article">'
        '<meta property="og:title" content="Page not found"><meta property="article:modified_time" '
        'content="2021-01-01T00:00:00Z">')),
)  # fmt: skip


def front(lang: str = "en", head: str = "") -> str:
    told = HEADLINES.get(lang, HEADLINES["en"])
    cards = "".join(
        f"<article><h2><a href='/{n}'>{headline}</a></h2><p>{EXCERPT.format(n, 3 * n)}</p></article>"
        for n, headline in enumerate(told)
    )
    return site(f"<div class=river>{cards}</div>", title="The Example: news, analysis, sport", lang=lang, head=head)


HOMES = tuple(
    Made(name, "redirect_home", front(lang, head), final_url)
    for name, lang, head, final_url in (
        ("front page", "en", '<meta property="og:type" content="website">', "https://news.example/"),
        ("of another language", "de", "", "https://news.example/de/"),
        ("with www", "fr", "", "https://www.news.example/"),
        ("index file", "es", "", "https://news.example/index.html"),
        ("with a tracking name", "en", "", "https://news.example/?utm_source=redirect"),
        ("of phones", "en", "", "https://m.news.example"),
        ("that says it is an article", "en", news(), "https://news.example/"),
        ("with a note why", "en", "", "https://news.example/?error=404"),
        ("home in words", "en", "", "https://news.example/home"),
    )
)


ITEMS = ld(**{"@type": "ItemList", "itemListElement": [
    {"@type": "ListItem", "position": n, "url": f"https://news.example/story/{n}"} for n in range(16)]})  # fmt: skip
SECTIONS = (
    Made("headlines alone", "section_page", site(f"<h1>Politics</h1>{listing('en')}", title="Politics | The Example"),
         "https://news.example/politics", "https://news.example/politics"),
    Made("tag page with excerpts", "section_page", site(f"<h1>Storms</h1>{listing('en', excerpt=EXCERPT)}", title="Storms"),
         "https://news.example/tag/storms", "https://news.example/tag/storms"),
    Made("category of a blog, dated", "section_page", site(
        f"<h1>Category: Storms</h1>{listing('en', excerpt=EXCERPT, more='Continue reading', dated=True)}",
        title="Storms Archives - The Example"), "https://news.example/category/storms/page/2"),
    Made("ItemList and CollectionPage", "section_page", site(
        f"<h1>Klima</h1>{listing('de', excerpt=EXCERPT)}", title="Klima - The Example", lang="de",
        head=ITEMS + ld(**{"@type": "CollectionPage", "name": "Klima"})), "https://news.example/thema/klima"),
    Made("author's page", "section_page", site(
        f"<h1>Ana Silva</h1><p>Ana Silva covers harbours.</p>{listing('en', excerpt=EXCERPT, dated=True)}",
        title="Ana Silva, Author at The Example", head='<meta property="og:type" content="profile">'),
        "https://news.example/author/ana-silva/"),
    Made("French section, short excerpts", "section_page", site(
        f"<h1>Planète</h1>{listing('fr', excerpt='Les travaux commenceront avant la fin du mois, dit {}.', dated=True)}",
        title="Planète : toute l’actualité", lang="fr"), "https://news.example/planete/"),
    Made("results of a search", "section_page", site(
        f"<h1>Results for: storm</h1>{listing('en', excerpt=EXCERPT)}", title="You searched for storm"),
        "https://news.example/?s=storm"),
    Made("live ticker's index, Spanish", "section_page", site(
        f"<h1>Última hora</h1>{listing('es', dated=True)}", title="Última hora | El Ejemplo", lang="es"),
        "https://news.example/ultima-hora/"),
)  # fmt: skip

STATE = '<script id="__NEXT_DATA__" type="application/json">{"props":{"pageProps":{"slug":"harbour"}},"page":"/[slug]"}</script>'
SHELLS = (
    Made("React", "needs_javascript", bare(
        '<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div><script '
        'src="/static/js/main.js">'
        "</script>", title="The Example")),
    Made("Next, state alone", "needs_javascript", bare(
        f'<div id="__next"></div>{STATE}<script src="/_next/static/chunks/main.js" defer></script>', title="The Example")),
    Made("Next with the article's markup", "needs_javascript", bare(
        f'<div id="__next"><div class="skeleton"></div></div>{STATE}<script src="/_next/static/chunks/main.js"></script>',
        title="Harbour reopens after storm", head=news())),
    Made("Angular", "needs_javascript", bare(
        '<app-root><div class="spinner">Loading...</div></app-root><script src="runtime.js" type="module">'
        '</script>', title="The Example")),
    Made("Vue, German", "needs_javascript", bare(
        "<noscript><strong>Es tut uns leid, aber diese Seite funktioniert nicht ohne aktiviertes JavaScript. Bitte aktivieren "
        "Sie "
        'es.</strong></noscript><div id="app"></div><script src="/js/app.js"></script>', title="Beispiel", lang="de")),
    Made("Vue, French", "needs_javascript", bare(
        '<noscript>Vous devez activer JavaScript pour afficher cette page.</noscript><div id="app"></div><script '
        'src="/app.js"></script>',
        title="Exemple", lang="fr")),
    Made("Nuxt", "needs_javascript", bare(
        '<div id="__nuxt"></div><script>window.__NUXT__={}</script><script type="module" src="/_nuxt/entry.js">'
        '</script>', title="")),
    Made("menu and foot with nothing between", "needs_javascript", site(
        '<div id="root"></div>', title="The Example", head='<script src="/static/js/bundle.js"></script>')),
    Made("menu and foot, and the article's markup", "needs_javascript", site(
        '<div id="app"><p class="loading">Loading…</p></div>', title="Harbour reopens after storm", head=news())),
)  # fmt: skip

VIDEO = ld(**{"@type": "VideoObject", "name": "Boats leave the harbour", "uploadDate": "2026-11-21T18:30:00+01:00",
              "description": "Boats leave the harbour after the "
        "storm.", "contentUrl": "https://news.example/v.mp4"})  # fmt: skip
EMPTY = (
    Made("player alone", "too_short", site(
        '<video src="/v.mp4" controls></video>', title="Boats leave the harbour", head=VIDEO)),
    Made("player and five words", "too_short", site(
        '<h1>Boats leave the harbour</h1><div class="player"><video src="/v.mp4"></video></div><p>Boats leave after the '
        'storm.</p>',
        title="Boats leave the harbour | The Example", head=VIDEO)),
)  # fmt: skip

PAGES = (*MISSING, *HOMES, *SECTIONS, *SHELLS, *EMPTY)
