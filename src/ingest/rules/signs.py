"""What pages say that are no articles: walls, errors, forms, in words and in addresses; what follows from it is judge.py's.

Words that news use as well stand apart: they count as a whole title only, or beside others.
"""

import re

CHALLENGE = re.compile(
    r"checking your browser|verif(?:y|ying) (?:that )?(?:you are (?:a )?human|your browser)|you are (?:a )?human\b|"
    r"(?:complete|solve|enter|pass)\W+(?:\w+\W+){0,3}(?:re)?captcha|"
    r"access to this page has been denied|pardon our interruption|ddos protection by|enable cookies and reload|\bray[ -]id\b|"
    r"you(?:['’]re| are) not a (?:ro)?bot|press (?:&|and) hold|enable js and disable any ad ?blocker|incapsula incident|"
    r"website firewall|you have been blocked|don['’]t have permission to access \"|security checkpoint|"
    r"unusual (?:activity|traffic) from your|making sure you(?:['’]re| are) not a bot|"
    r"ob sie ein mensch sind|dass sie (?:ein mensch|kein roboter) sind|pas un robot|êtes (?:bien )?(?:un )?humain|"
    r"usted es un ser humano|no (?:eres|es) un robot|(?:não (?:é|és)|non sei) um? robô?t?\b|geen robot bent",
    re.IGNORECASE,
)
# The same in words that news use as well: only a title made of them alone says so, or a page with hardly another word
CHALLENGE_TITLE = re.compile(
    r"(?:just a moment|attention required|are you a robot|access denied|security check|unusual traffic|bot detection|"
    r"(?:403 )?forbidden|request blocked|robot check|human verification|robot or human|checking if the site connection is "
    r"secure|(?:429 )?too many requests|"
    r"(?:nur )?einen moment|sicherheitsüberprüfung|un instant|vérification de sécurité|un momento|um momento)\b",
    re.IGNORECASE,
)
# Says so on a page of hardly any words
CHALLENGE_WORD = re.compile(
    r"\brobots?\b|\broboter\b|ロボット|机器人|機器人|робот|captcha|\bray id\b|cloudfront|cloudflare|"
    r"security of your connection|(?:connection|verbindung|connexion) (?:is )?(?:secure|sicher)|(?:ai|an?) (?:real )?human\b",
    re.IGNORECASE,
)
# What a challenge loads, and no other page: Cloudflare, DataDome, PerimeterX, Imperva, AWS, Kasada
CHALLENGE_MACHINERY = re.compile(
    r"_cf_chl_opt|/challenge-platform/\S*orchestrate|captcha-delivery\.com|captcha\.px-c(?:dn|loud)|px-captcha|"
    r"_Incapsula_Resource\?SWUDNSAI|captcha-sdk\.awswaf|/ips\.js\?",
    re.IGNORECASE,
)
PARTNERS = (
    r"\b(?:our|unsere|nos|nuestros|nossos|nostri|onze|nasi|våra|våre|vores) \d{1,3}(?:[., ]?\d{3})? (?:\w+ )?"
    r"(?:partner|partenaires|socios|parceiros)"
)
ON_A_DEVICE = (
    r"\b(?:information(?:en|s)?|informatie|informaciones|información|informazioni|informações|informacje|oplysninger|"
    r"informasjon) (?:on|auf|op|en|su|num|em|na|på|sur) (?:(?:a|an|your|ihrem|einem|een|un|une|um|en|et) )?"
    r"(?:device|gerät|apparaat|dispositivo|urządzeniu|enhet|enhed|appareil|terminal)"
)
# What a consent wall says, and no news
CONSENT = re.compile(
    PARTNERS + "|" + ON_A_DEVICE + "|"
    r"we value your privacy|cookie(?:s)? (?:consent|settings|policy)|accept all cookies|"
    r"manage (?:your )?(?:privacy|consent|cookie)|your privacy (?:choices|matters)|consent to (?:the use of )?cookies|"
    r"datenschutz-?einstellungen|mit werbung (?:und tracking )?weiterlesen|werbefrei lesen|cookies akzeptieren|pur-abo|"
    r"wie gewohnt mit werbung|akzeptieren und weiter|"
    r"gérer (?:mes|les) cookies|acceptez? (?:les )?cookies|(?:continuer sans|d[e’'] ?ne pas) accepter|accepter et continuer|"
    r"paramétrer les cookies|stocker, consulter et traiter|"
    r"aceptar (?:las |y )?cookies|aceptar y continuar|rechazar y suscribirse|configurar cookies|"
    r"almacenar, acceder y procesar|accetta(?:re)? (?:i )?cookie|rifiuta e abbonati|preferenze sui cookie|"
    r"cookies accepteren|privacyinstellingen|cenimy (?:twoją|państwa|prywatność)|"
    r"(?:godkänn|godta|accepter) alla? ?cookies|värnar om din integritet|vi respekterer dit privatliv",
    re.IGNORECASE,
)
# What it says as parliaments do: it counts beside one of the above
CONSENT_BESIDE = re.compile(
    r"before you continue|einwilligung|zustimm(?:en|ung)|acceptez? (?:les|et)|(?:avec votre|con su) (?:accord|acuerdo)|"
    r"behandlar personuppgifter|dane osobowe|personal(?:ised|ized) advertising|publicité personnalisée",
    re.IGNORECASE,
)
# What walls are about, a pattern a subject: a small page that speaks of several is one
CONSENT_SUBJECTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bcookies?\b|\btraceurs\b|evästei?t|informasjonskapsler|ciasteczk|similar technologies|файлы cookie",
        r"\b\d{1,3}(?:[., ]?\d{3})? (?:\w+ "
        r")?(?:partner|partenaires|socios|parceiros|drittanbieter|anbieter|fournisseurs|proveedores|"
        r"fornitori|vendors|kumppani|third part)",
        r"accept all|(?:alle?s?|alla) (?:cookies )?(?:akzeptieren|accepteren)|tout accepter|acepta[r]? todo|accetta "
        r"tutt|aceitar tudo|"
        r"(?:godta|godkänn|accepter) alla?e?|hyväksy kaikki|agree and (?:proceed|continue)|einwilligen und weiter|i "
        r"(?:agree|accept)",
        r"reject all|\bablehnen\b|tout refuser|rechazar todo|rifiuta tutt|senza accettare|alles weigeren|rejeitar tudo|more "
        r"options",
        r"personal data|personenbezogene|données personnelles|datos personales|dati personali|persoonsgegevens|personuppgifter|"
        r"dados pessoais|dane osobowe",
        r"\bconsent|willigen sie|einwillig|zustimm|stimmen "
        r"sie|consentir|consentement|consentimiento|consenso|toestemming|samtycke",
        r"\bprivacy\b|datenschutz|vie privée|privacidad|personvern|integritet|tietosuoja|prywatność",
        r"ad-free|werbefrei|ohne werbe?tracking|sans publicité|sin publicidad|senza pubblicità",
    )
)
CONSENT_ADDRESS = re.compile(
    r"//consent\.|//cmp\.|/consent(?:[/?]|$)|/cookiewall|/privacy-wall|/collectconsent", re.IGNORECASE
)
# Says that a page, and not a hiker, was not found; between the two stand such words only
BETWEEN = (
    r"(?: (?:you|we|were|are|looking|for|requested|is|was|could|can|has|been|sie|suchen|wurde|konnte|kann|ist|leider|hier|"
    r"demandée|solicitada|ha|sido|foi|pôde|ser|richiesta|die|u|zoekt|is|werd|została|pod|tym|adresem))*"
)
MISSING_PAGE = re.compile(
    r"\b(?:error|http|fehler|erreur|erro|błąd)\W{0,3}404\b|\b404\W{0,3}(?:error|fehler|erreur|erro)\b|"
    r"\b(?:page|article|story|content|url|seite|artikel|inhalt|beitrag|página|pagina|articolo|sidan|siden|strona|strony|sivua|stránka|oldal|pagina|σελίδα)"
    + BETWEEN
    + r" (?:not (?:be )?(?:found|available)|does not exist|no longer (?:exists|available)|cannot be found|"
    r"can['’]t be found|nicht (?:mehr )?(?:gefunden|verfügbar|vorhanden)|existiert (?:leider )?nicht|introuvable|"
    r"n['’]existe (?:pas|plus)|no (?:se )?(?:encontrad|existe|"
    r"encuentra)|não (?:foi )?(?:encontrad|existe)|non (?:è stata )?(?:trovat|esiste)|niet (?:gevonden|bestaa)|"
    r"bestaat (?:helaas )?niet|gibt es (?:leider )?nicht|nicht mehr (?:online|erreichbar)|findes ikke|ei löytynyt|"
    r"(?:nebyla )?nenalezena|nebyla nalezena|nem található|nu a fost găsită|δεν βρέθηκε|"
    r"(?:kunde|finns) inte|(?:finnes|blev) ikke|nie (?:znaleziono|istnieje|została znaleziona))|"
    r"(?:can['’]?t|cannot|couldn['’]?t|could not|unable to) (?:find|locate) (?:the|that|this|your) (?:page|article|story)|"
    r"nie znaleziono strony|страница не найдена|сторінку не знайдено|sayfa bulunamad|ページが見つかりません|"
    r"页面不存在|페이지를 찾을 수 없",
    re.IGNORECASE,
)
# Says that something was not found: it counts as a whole title, and on a page that has no date of its own
MISSING = re.compile(
    r"\b404\b|not found|does not exist|no longer (?:available|exists)|nicht (?:mehr )?(?:gefunden|verfügbar)|"
    r"n['’]existe (?:pas|plus)|no (?:se )?(?:encontrad[oa]|encuentra|existe)|não (?:foi )?encontrad[oa]|"
    r"non (?:è stat[oa] )?trovat[oa]|niet gevonden|nie (?:znaleziono|istnieje)|bulunamad\w*|찾을 수 없\w*|"
    r"(?:page|article|story|content) (?:has been|was) (?:removed|deleted|taken down|moved)|nicht mehr zur verfügung",
    re.IGNORECASE,
)
MISSING_ADDRESS = re.compile(
    r"/(?:error[-/]?)?404(?:\.\w+)?(?:[/?#]|$)|/(?:page-?)?not-?found(?:\.\w+)?(?:[/?#]|$)|/error(?:\.\w+|/)?(?:[?#]|$)",
    re.IGNORECASE,
)
LOGIN = re.compile(
    r"(?:log ?in|sign ?in|login|anmelden|einloggen|connexion|se connecter|connectez-vous|identifiez-vous|"
    r"inicia(?:r)? sesión|entrar|accedi|mein konto|my account|mon compte|mi cuenta|"
    r"inloggen|logga in|"
    r"logg inn|zaloguj|войти|ログイン|로그인|登录|登入)\b",
    re.IGNORECASE,
)
LOGIN_PLEA = re.compile(
    r"\b(?:must|need to|have to) be (?:logged|signed) in|please (?:log|sign) in|veuillez vous (?:connecter|identifier)|"
    r"bitte (?:melden|loggen) sie sich|debes? iniciar sesión|devi accedere|log eerst in|du måste logga in",
    re.IGNORECASE,
)
LOGIN_ADDRESS = re.compile(
    r"/(?:log-?in|sign-?in|anmelden|einloggen|connexion|inloggen|wp-login\.php|oauth2?|sso)(?:[/?#]|$)", re.IGNORECASE
)
APOLOGY = re.compile(r"\b(?:error|http|fehler|erreur|erro|oops|sorry)\b", re.IGNORECASE)
JAVASCRIPT = re.compile(
    r"(?:enable|requires?|activate|turn on|need|aktivieren|activer|activar|ativar|attiva|"
    r"benötigt)\W+(?:\w+\W+){0,3}?java ?script|"
    r"java ?script\W+(?:\w+\W+){0,5}?(?:enabled?|required|disabled|aktivieren|activé|deaktiviert)|"
    r"aktivierte[sn]? java ?script",
    re.IGNORECASE,
)
SUBSCRIBE = r"(?:subscri(?:be|ption|bing)|register|sign up|start (?:a|your) (?:free )?trial)"
READ_ON = (
    r"(?:(?:continue|keep|finish) reading|"
    r"(?:read|unlock|access) (?:the (?:full|rest)|this) (?:of )?(?:the )?(?:story|article))"
)
# Says that the rest of a text is for those who pay
PAYWALL = re.compile(
    rf"\b{SUBSCRIBE}\W+(?:\w+\W+){{0,4}}to {READ_ON}|to {READ_ON}\W+(?:\w+\W+){{0,4}}{SUBSCRIBE}|"
    r"(?:is|are) (?:only )?(?:for|available to|reserved for|exclusive to) (?:our )?(?:paying )?subscribers|"
    r"(?:for )?subscribers only|(?:reached|used) (?:your|all your|the) (?:monthly )?(?:limit of )?free (?:articles?|stories)|"
    r"weiterlesen mit (?!werbung)\w+|(?:mit|jetzt) (?:\w+ )?abo (?:weiter)?lesen|nur für (?:\w+ )?abonnent|"
    r"(?:réservé|reservé)e? (?:à nos |aux |à )abonné|il vous reste \d+ ?% d|pour lire la suite|"
    r"suscr[ií]bete para (?:seguir|continuar)|(?:exclusiv[oa]|sólo|solo) para suscriptores|"
    r"riservat[oa] agli abbonati|abbonati per (?:continuare|leggere)|para continuar a? ?l(?:er|endo),? assine|"
    r"exclusivo para assinantes|alleen voor abonnees|(?:lees verder|verder lezen) met|bara för prenumeranter|"
    r"tylko dla (?:prenumeratorów|subskrybentów)|この記事は(?:有料)?会員限定|有料会員限定",
    re.IGNORECASE,
)
# The same in words that say nothing else: where the markup says that the text is paid for, and there is little of it
PAYWALL_WORD = re.compile(
    r"\bsubscri|unlimited access|unlock this|\babo\b|abonn|suscr[ií]|assinante|\bassine\b|prenumer|tilaa|premium|会員|구독",
    re.IGNORECASE,
)
# Lists of stories, by their address: one tag, category or author, a further page, a search
LIST_ADDRESS = re.compile(
    r"/(?:tags?|category|categories|authors?|etiqueta|kategorie|schlagwort|mot-cle)/[^/?#]+(?:/[^/?#]+)?/?$|/page/\d+/?$|"
    r"/search(?:[/?#]|$)|/\?(?:s|q)=",
    re.IGNORECASE,
)
