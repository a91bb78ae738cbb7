"""Walls made for the judge, after those that vendors and newspapers serve, and the parts of which made pages are made.

Each is a whole page, most with the site's menu, teasers and foot around. Pages that are empty, lost or lists are
made_errors.py's, articles that look like walls made_articles.py's.
"""

import json
from typing import NamedTuple

from ingest.records import RejectionReason
from webpage import URL

MENUS = {
    "en": "World Politics Business Opinion Culture Sport Weather Newsletters Jobs Puzzles",
    "de": "Politik Wirtschaft Panorama Kultur Sport Wissen Reise Gesundheit Karriere Wetter",
    "fr": "Politique Monde Économie Société Culture Sciences Sport Idées Santé Météo",
    "es": "España Internacional Economía Opinión Cultura Deportes Ciencia Sociedad Tecnología Tiempo",
    "it": "Politica Cronaca Economia Esteri Cultura Spettacoli Sport Scienza Salute Meteo",
}
HEADLINES = {
    "en": ("Council votes to rebuild the old bridge by spring", "Ferry operators warn of delays after the storm",
           "Why the price of bread has doubled in two years", "Volunteers save forty seals from the oil slick",
           "Minister resigns over leaked transport contract", "The choir that sang through a winter of power cuts",
           "Rail strike called off at the last minute", "Scientists map the deepest valley of the northern sea"),
    "de": ("Stadtrat stimmt für den Neubau der alten Brücke", "Fähren fahren nach dem Sturm nur eingeschränkt",
           "Warum sich der Brotpreis in zwei Jahren verdoppelt hat", "Helfer retten vierzig Robben aus dem Ölteppich",
           "Ministerin tritt wegen geleaktem Vertrag zurück", "Der Chor, der durch den Winter sang",
           "Bahnstreik in letzter Minute abgewendet", "Forscher vermessen das tiefste Tal der Nordsee"),
    "fr": ("Le conseil municipal vote la reconstruction du vieux pont", "Les ferries circulent au ralenti après la tempête",
           "Pourquoi le prix du pain a doublé en deux ans", "Quarante phoques sauvés de la marée noire",
           "La ministre démissionne après une fuite", "La chorale qui a chanté tout l’hiver malgré les coupures",
           "La grève du rail annulée à la dernière minute", "Des scientifiques cartographient la vallée la plus profonde"),
    "es": ("El ayuntamiento aprueba reconstruir el puente viejo", "Los transbordadores avisan de retrasos tras el temporal",
           "Por qué el pan cuesta el doble que hace dos años", "Voluntarios salvan a cuarenta focas del vertido",
           "La ministra dimite por un contrato filtrado", "El coro que cantó durante un invierno de apagones",
           "Desconvocada la huelga de tren a última hora", "Científicos cartografían el valle más profundo del mar"),
}  # fmt: skip
EXCERPT = (
    "Number {} of the series: officials said on Friday that the work would begin before the end of the month, and that the "
    "cost, which has grown by {} per cent since the first estimate, would be shared between the two towns."
)


class Made(NamedTuple):
    """A page, and why it is no article; `final_url` is where a redirect led."""

    name: str
    reason: RejectionReason
    html: str
    final_url: str = URL
    url: str = URL


def bare(body: str, *, title: str, lang: str = "en", head: str = "") -> str:
    """A page with nothing around `body`."""
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width">{head}</head><body>{body}</body></html>'
    )


def menu(lang: str) -> str:
    links = "".join(
        f'<li><a href="/{n}">{name}</a></li>' for n, name in enumerate(MENUS.get(lang, MENUS["en"]).split())
    )
    return f'<nav class="main-nav"><ul>{links}</ul></nav>'


def teasers(lang: str) -> str:
    """What stands below most pages: stories much read, as links."""
    told = HEADLINES.get(lang, HEADLINES["en"])
    links = "".join(f'<li><a href="/story/{n}">{headline}</a></li>' for n, headline in enumerate((*told, *told)))
    return f'<aside class="most-read"><ol>{links}</ol></aside>'


def site(body: str, *, title: str, lang: str = "en", head: str = "") -> str:
    """A page of a newspaper: head, menu, `body`, teasers, foot."""
    return bare(
        f'<header><a class="logo" href="/">The Example</a>{menu(lang)}</header><main>{body}</main>{teasers(lang)}'
        f"<footer>{menu(lang)}<p>© 2026 The Example Media Group. All rights reserved.</p></footer>",
        title=title,
        lang=lang,
        head=f'<meta property="og:site_name" content="The Example">{head}'
        '<script src="/static/app.js"></script><script async src="https://cdn.example/analytics.js"></script>',
    )


def ld(**node: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@context": "https://schema.org"} | node)}</script>'


def news(**more: object) -> str:
    """The markup of a news article."""
    return (
        ld(**{"@type": "NewsArticle", "headline": "Harbour reopens after storm", "datePublished": "2026-11-21T18:30:00+01:00",
              "author": {"@type": "Person", "name": "Ana Silva"}} | more)
        + '<meta property="og:type" content="article"><meta property="og:title" content="Harbour reopens after storm">'
    )  # fmt: skip


def listing(lang: str, *, excerpt: str = "", more: str = "", dated: bool = False) -> str:
    told = HEADLINES.get(lang, HEADLINES["en"])
    day = '<time datetime="2026-11-21T10:00:00Z">21 Nov 2026</time>' if dated else ""
    return "".join(
        f'<article class="card"><h2><a href="/story/{n}">{headline}</a></h2>'
        f"{day}{excerpt and f'<p>{excerpt.format(n, 3 * n)}</p>'}"
        f"{more and f'<a href=/story/{n}>{more}</a>'}</article>"
        for n, headline in enumerate((*told, *told))
    )


CONSENT = (
    Made("OneTrust as a page", "consent_wall", bare(
        '<div id="onetrust-consent-sdk"><div role="dialog" aria-label="Privacy"><h2>We value your privacy</h2><p>We and our '
        "842 partners store and/or access information on a device, such as cookies, and process personal data for "
        "personalised advertising and content.</p><button id=onetrust-accept-btn-handler>Accept All Cookies</button>"
        "<button>Reject All</button><button>Cookie Settings</button></div></div>", title="The Example")),
    Made("Sourcepoint, pure subscription, German", "consent_wall", bare(
        '<div class="message-container"><h1>The Example mit Werbung weiterlesen</h1><p>Besuchen Sie unsere Website wie gewohnt '
        "mit Werbung und Tracking. Ihre Zustimmung können Sie jederzeit widerrufen. Details finden Sie in den "
        "Datenschutz-Einstellungen.</p><button>Akzeptieren und weiter</button><p>Oder werbefrei lesen im Pur-Abo für 4,99 € im "
        "Monat. Sie haben das Pur-Abo schon? Hier anmelden</p>"
        "</div>", title="Zustimmung erforderlich | The Example", lang="de")),
    Made("Didomi, French", "consent_wall", bare(
        '<div id="didomi-host"><div class="didomi-popup"><a>Continuer sans accepter</a><h1>Le respect de votre vie privée est '
        "notre priorité</h1><p>Avec votre accord, nos 920 partenaires et nous utilisons des cookies ou technologies "
        "similaires pour stocker, consulter et traiter des données personnelles telles que votre visite sur ce site."
        "</p><button>Paramétrer les cookies</button><button>Accepter et continuer</button></div>"
        "</div>", title="Exemple", lang="fr")),
    Made("Accept or subscribe, French", "consent_wall", bare(
        "<div class=cookiewall><h2>Soutenez un journalisme indépendant</h2><p>Vous avez choisi de ne pas accepter les cookies. "
        "Accepter les cookies nous permet de financer notre rédaction par la publicité personnalisée.</p>"
        "<button>Accepter les cookies et lire gratuitement</button><p>ou</p><button>S’abonner pour 2 € par mois</button>"
        "<a>Gérer mes cookies</a></div>", title="Exemple - Votre consentement", lang="fr")),
    Made("Accept or pay, Spanish", "consent_wall", bare(
        '<div id="pmConsentWall"><p>Con su acuerdo, nosotros y nuestros 838 socios usamos cookies o tecnologías similares para '
        "almacenar, acceder y procesar datos personales como su visita a esta página web.</p><button>Aceptar y continuar"
        "</button><button>Rechazar y suscribirse</button><a>Configurar cookies</a></div>", title="El Ejemplo", lang="es")),
    Made("Accept or pay, Italian", "consent_wall", bare(
        "<div class=iubenda-cs-container><p>Noi e i nostri 812 partner archiviamo e/o accediamo a informazioni su un "
        "dispositivo, come i cookie. Puoi accettare i cookie o abbonarti.</p><button>Accetta i cookie e continua</button>"
        "<button>Rifiuta e abbonati</button><a>Personalizza le preferenze sui cookie</a></div>", title="L’Esempio", lang="it")),
    Made("privacy gate, Dutch, redirected", "consent_wall", bare(
        "<h1>Privacy-instellingen</h1><p>Wij en onze 145 partners plaatsen cookies om de site te laten werken.</p>"
        "<button>Akkoord</button><button>Instellen</button>", title="Privacy Gate", lang="nl"),
        "https://myprivacy.press.example/consent?siteKey=abc&callbackUrl=https%3A%2F%2Fnews.example%2F"),
    Made("a portal's consent host", "consent_wall", bare(
        "<h1>Before you continue</h1><p>We, our affiliates and 236 partners use cookies to provide our sites and apps.</p>"
        "<form><button name=agree>Accept all</button><button name=reject>Reject all</button></form>", title="Portal"),
        "https://consent.portal.example/v2/collectConsent?sessionId=3_cc-session"),
    Made("publishers' federation, Polish", "consent_wall", bare(
        '<div class="qc-cmp2-container"><h2>Cenimy Twoją prywatność</h2><p>My i nasi 842 partnerzy przechowujemy informacje na '
        "urządzeniu i uzyskujemy do nich dostęp, na przykład do plików cookie, oraz przetwarzamy dane osobowe.</p><button>"
        "Zgadzam się</button><button>Więcej opcji</button></div>", title="Przykład", lang="pl")),
    Made("media group, Swedish", "consent_wall", bare(
        "<h1>Vi värnar om din integritet</h1><p>Vi och våra 120 partner lagrar information på en enhet, till exempel cookies, "
        "och "
        "behandlar personuppgifter.</p><button>Godkänn alla cookies</button><button>Hantera inställningar</button>",
        title="Exemplet", lang="sv")),
    Made("wall that carries the article's markup", "consent_wall", bare(
        "<h1>The Example mit Werbung weiterlesen</h1><p>Besuchen Sie unsere Website wie gewohnt mit Werbung und Tracking. Ihre "
        "Einwilligung können Sie jederzeit in den Datenschutz-Einstellungen widerrufen. Wir und unsere 167 Partner verarbeiten "
        "Informationen auf Ihrem Gerät.</p><button>Alle Cookies akzeptieren</button><p>Oder werbefrei lesen im Pur-Abo.</p>",
        title="Harbour reopens after storm", lang="de", head=news())),
)  # fmt: skip

CHALLENGES = (
    Made("Cloudflare, managed", "bot_challenge", bare(
        '<div class="main-wrapper" role="main"><noscript><div class="h2"><span id="challenge-error-text">Enable JavaScript and '
        "cookies to continue</span></div></noscript></div><script>(function(){window._cf_chl_opt={cvId:'3',cType:'managed'};"
        "var a=document.createElement('script');a.src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1?ray=8f';"
        "})();</script>", title="Just a moment...")),
    Made("Cloudflare, German", "bot_challenge", bare(
        "<h1>news.example</h1><p>Überprüfung, ob Sie ein Mensch sind. Dies kann einige Sekunden dauern.</p><p>news.example "
        "muss die "
        "Sicherheit Ihrer Verbindung überprüfen, bevor Sie fortfahren.</p><p>Ray-ID: <code>8f2ad3</code></p>"
        "<script src=/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1></script>", title="Nur einen Moment…", lang="de")),
    Made("Cloudflare, blocked", "bot_challenge", bare(
        "<h1>Sorry, you have been blocked</h1><h2>You are unable to access news.example</h2><h2>Why have I been blocked?</h2>"
        "<p>This "
        "website is using a security service to protect itself from online attacks. The action you just performed triggered "
        "the security solution. There are several actions that could trigger this block including submitting a certain word or "
        "phrase, a SQL command or malformed data.</p><p>Cloudflare Ray ID: 8f2ad3 • Your IP: 192.0.2.1 • Performance &amp; "
        "security "
        "by Cloudflare</p>", title="Attention Required! | Cloudflare")),
    Made("DataDome", "bot_challenge", bare(
        '<p id="cmsg">Please enable JS and disable any ad blocker</p><script data-cfasync="false">var '
        'dd={"rt":"c","cid":"AHrlqAA",'
        "'host':'geo.captcha-delivery.com'}</script><script src=https://ct.captcha-delivery.com/c.js>"
        "</script>", title="news.example")),
    Made("DataDome in a frame", "bot_challenge", bare(
        '<iframe src="https://geo.captcha-delivery.com/captcha/?initialCid=AHrlqAAA" title="DataDome CAPTCHA" width="100%">'
        '</iframe>',
        title="news.example")),
    Made("PerimeterX", "bot_challenge", bare(
        '<div class="px-captcha-container"><h1>Access to this page has been denied</h1><p>Before we continue... Press &amp; '
        'Hold to '
        'confirm you are a human (and not a bot).</p><div id="px-captcha"></div><p>Reference ID 5f3c-11</p></div>'
        "<script src=//captcha.px-cdn.net/PX1/captcha.js></script>", title="Access to this page has been denied")),
    Made("Akamai", "bot_challenge", bare(
        "<h1>Access Denied</h1> You don't have permission to access \"http://news.example/politics/harbour\" on this server.<p>"
        "Reference #18.2d351ab8.1763800000.2f1a<p>https://errors.edgesuite.net/18.2d351ab8</p>", title="Access Denied")),
    Made("Imperva", "bot_challenge", bare(
        '<iframe id="main-iframe" src="/_Incapsula_Resource?SWUDNSAI=31&xinfo=9-1" frameborder=0>Request unsuccessful. '
        'Incapsula '
        "incident ID: 777000-12</iframe>", title="")),
    Made("Imperva, in words", "bot_challenge", bare(
        "<h1>Pardon Our Interruption</h1><p>As you were browsing something about your browser made us think you were a bot. "
        "There "
        "are a few reasons this might happen: You're a power user moving through this website with super-human speed. You've "
        "disabled cookies in your web browser.</p>", title="Pardon Our Interruption")),
    Made("a box to click", "bot_challenge", bare(
        "<h1>We've detected unusual activity from your computer network</h1><p>To continue, please click the box below to let "
        "us know "
        "you're not a robot.</p><h3>Why did this happen?</h3><p>Please make sure your browser supports JavaScript and cookies "
        "and "
        "that you are not blocking them from loading.</p><p>Block reference ID: "
        "0a1b</p>", title="The Example - Are you a robot?")),
    Made("AWS", "bot_challenge", bare(
        '<div id="captcha-container"></div><noscript><h1>JavaScript is disabled</h1>In order to continue, we need to verify '
        'that '
        "you're not a robot. This requires JavaScript. Enable JavaScript and then reload the page.</noscript>"
        "<script src=https://a.edge.captcha-sdk.awswaf.com/a/captcha.js></script>", title="Human Verification")),
    Made("Kasada", "bot_challenge", bare(
        "<script>window.KPSDK={};KPSDK.now=Date.now;</script><script src=/149e/2d206a/ips.js?KP_UIDz=0></script>", title="")),
    Made("Vercel", "bot_challenge", bare(
        "<p id=header-text>We're verifying your browser</p><p>Website owner? Click here to fix</p><p>Vercel Security "
        "Checkpoint</p>"
        "<noscript>Enable JavaScript to continue</noscript>", title="Vercel Security Checkpoint")),
    Made("Sucuri", "bot_challenge", bare(
        "<h1>Sucuri WebSite Firewall - Access Denied</h1><p>If you are the site owner (or you manage this site), please "
        "whitelist your "
        "IP. Block details: Your IP: 192.0.2.1, Block ID: GEO02, Block reason: Access from your Country was disabled by the "
        "administrator.</p>", title="Sucuri WebSite Firewall - Access Denied")),
    Made("too many requests", "bot_challenge", bare(
        "<center><h1>429 Too Many Requests</h1></center><hr><center>nginx</center>", title="429 Too Many Requests")),
    Made("a captcha, French", "bot_challenge", bare(
        "<h1>Vérification de sécurité</h1><p>Veuillez confirmer que vous n’êtes pas un robot pour accéder à "
        "exemple.example.</p>"
        "<div class=g-recaptcha data-sitekey=x></div><script src=https://www.recaptcha.example/api.js></script>",
        title="Vérification de sécurité", lang="fr")),
    Made("a captcha, Spanish", "bot_challenge", bare(
        "<p>Un momento…</p><p>Verificando que usted es un ser humano. Esto puede tardar unos segundos.</p>"
        "<script src=/cdn-cgi/challenge-platform/scripts/jsd/main.js></script>", title="Un momento…", lang="es")),
)  # fmt: skip

FORM = (
    '<form action="/login" method="post"><label>{}<input type="email" name="mail"></label>{}<button>{}</button></form>'
)
ASKED = '<label>{}<input type="password" name="secret"></label>'
LOGINS = (
    Made("form, English", "login", site(
        "<h1>Sign in</h1>" + FORM.format("Email", ASKED.format("Password"), "Sign in") + "<a>Forgot your password?</a>"
        "<p>New here? Create an account to save stories and follow the writers that you "
        "like.</p>", title="Sign in | The Example")),
    Made("form, German", "login", site(
        "<h1>Anmelden</h1>" + FORM.format("E-Mail", ASKED.format("Passwort"), "Anmelden") + "<a>Passwort vergessen?</a>"
        "<p>Noch kein Konto? Jetzt registrieren.</p>", title="Anmelden – The Example", lang="de")),
    Made("form, French", "login", site(
        "<h1>Connectez-vous</h1>" + FORM.format("Adresse e-mail", ASKED.format("Mot de passe"), "Se connecter")
        + "<p>Mot de passe oublié ?</p>", title="Connexion - The Example", lang="fr")),
    Made("form, Spanish", "login", site(
        "<h1>Iniciar sesión</h1>" + FORM.format("Correo", ASKED.format("Contraseña"), "Entrar") + "<p>¿No tienes cuenta?</p>",
        title="Iniciar sesión | El Ejemplo", lang="es")),
    Made("form, Japanese", "login", bare(
        "<h1>ログイン</h1>" + FORM.format("メールアドレス", ASKED.format("パスワード"), "ログイン"),
        title="ログイン｜例新聞", lang="ja")),
    Made("form after a redirect, two steps", "login", bare(
        "<h1>Welcome back</h1><p>Enter your email address to continue to The "
        "Example.</p>" + FORM.format("Email", "", "Continue"),
        title="The Example account"), "https://id.news.example/auth/login?returnUrl=%2Fpolitics%2Fharbour"),
    Made("members' area with single sign-on", "login", site(
        "<h1>Log in to continue reading</h1><button>Continue with G</button><button>Continue with A</button>"
        "<p>By continuing you agree to our terms.</p>", title="Log in to continue reading | The Example")),
    Made("form on an untitled page", "login", bare(
        FORM.format("Username", ASKED.format("Password"), "Go") + "<p>Staff only.</p>", title="Newsdesk")),
    Made("WordPress", "login", bare(
        '<div id="login"><h1><a>Powered by WordPress</a>'
        '</h1>' + FORM.format("Username or Email Address", ASKED.format("Password"),
        "Log In") + "<p>Lost your password?</p></div>", title="Log In ‹ The Example — WordPress"),
        "https://news.example/wp-login.php?redirect_to=%2Fpolitics"),
)  # fmt: skip

LEAD = "The harbour reopened on Saturday after three days of storms that had kept every ferry in port, officials said."
CUT = ld(**{"@type": "NewsArticle", "headline": "Harbour reopens after storm", "datePublished": "2026-11-21T18:30:00+01:00",
            "isAccessibleForFree": False, "hasPart": {"@type": "WebPageElement", "isAccessibleForFree": False,
                                                      "cssSelector": ".paywalled"}})  # fmt: skip
PAYWALLS = (
    Made("Piano, one paragraph", "paywall_stub", site(
        f"<article><h1>Harbour reopens after storm</h1><div class=body><p>{LEAD}</p></div><div class=tp-container-inner>"
        "<h2>Subscribe to continue reading</h2><p>Get unlimited access from $1 a week.</p><a>Already a subscriber? Log in</a>"
        "</div>"
        "</article>", title="Harbour reopens after storm | The Example", head=CUT)),
    Made("no text at all", "paywall_stub", site(
        "<article><h1>Harbour reopens after storm</h1><div class=paywalled></div><div class=offer><p>This article is for "
        "subscribers only.</p><a>Subscribe</a></div></article>", title="Harbour reopens after storm", head=CUT)),
    Made("plus article, German", "paywall_stub", site(
        "<article><h1>Hafen nach Sturm wieder offen</h1><p>Nach drei Tagen Sturm fahren die Fähren wieder. Was die Reeder "
        "jetzt von "
        "der Stadt verlangen und warum die Versicherer zögern.</p><div class=paywall><h3>Weiterlesen mit Plus</h3><p>Sie "
        "haben noch "
        "kein Abo? Jetzt Probemonat sichern und alle Artikel lesen.</p></div></article>", title="Hafen nach Sturm wieder offen",
        lang="de", head=CUT)),
    Made("subscribers' article, French", "paywall_stub", site(
        "<article><h1>Le port rouvre après la tempête</h1><p>Après trois jours de tempête, les ferries circulent de nouveau "
        "samedi."
        "</p><section class=paywall><p>Cet article est réservé aux abonnés. Il vous reste 87 % de cet article à lire.</p><a>"
        "S’abonner</a></section></article>", title="Le port rouvre après la tempête", lang="fr", head=CUT)),
    Made("subscribers' article, Spanish", "paywall_stub", site(
        "<article><h1>El puerto reabre tras el temporal</h1><p>Los transbordadores vuelven a salir este sábado tras tres días "
        "de "
        "temporal.</p><div class=paywall><p>Suscríbete para seguir leyendo. Contenido exclusivo para suscriptores.</p></div>"
        "</article>", title="El puerto reabre tras el temporal", lang="es", head=CUT)),
    Made("locked by meta alone", "paywall_stub", site(
        f"<article><h1>Harbour reopens after storm</h1><p>{LEAD}</p><div class=regwall><p>To continue reading, please "
        f"subscribe or "
        "start a free trial.</p></div></article>", title="Harbour reopens after storm",
        head='<meta property="og:type" content="article"><meta property="article:published_time" '
        'content="2026-11-21T18:30:00+01:00">'
        '<meta property="article:content_tier" content="locked">')),
    Made("metered and used up", "paywall_stub", site(
        f"<article><h1>Harbour reopens after storm</h1><p>{LEAD}</p><div class=meter><p>You have reached your limit of free "
        f"articles. "
        "Subscribe to keep reading.</p></div></article>", title="Harbour reopens after storm",
        head=news() + '<meta property="article:content_tier" content="metered">')),
    Made("no markup, Italian", "paywall_stub", site(
        "<article><h1>Il porto riapre dopo la tempesta</h1><p>Dopo tre giorni di tempesta i traghetti sono tornati a navigare "
        "sabato.</p><div><p>Questo contenuto è riservato agli abbonati. Abbonati per continuare a leggere.</p></div></article>",
        title="Il porto riapre dopo la tempesta", lang="it")),
)  # fmt: skip

PAGES = (*CONSENT, *CHALLENGES, *LOGINS, *PAYWALLS)
