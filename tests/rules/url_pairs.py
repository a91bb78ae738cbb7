"""Addresses that name one article, and such that do not: pairs as news sites and their feeds write them."""

N = "https://news.example/"
STORY = N + "world/2024/05/a-story"


def _with_query(*queries: str) -> list[tuple[str, str]]:
    return [(f"{STORY}?{query}", STORY) for query in queries]


SPELLINGS = [
    ("http://news.example/a", N + "a"),
    ("https://www.news.example/a", N + "a"),
    ("http://www.www.news.example/a", N + "a"),
    ("HTTPS://NEWS.Example/a", N + "a"),
    ("https://news.example./a", N + "a"),
    ("http://news.example:80/a", "https://news.example:443/a"),
    ("https://zürich.example/a", "https://xn--zrich-kva.example/a"),
    ("https://ZÜRICH.example/a", "https://zürich.example/a"),
    ("https://straße.example/a", "https://xn--strae-oqa.example/a"),
    ("http://[0:0:0:0:0:0:0:1]:8080/a", "http://[::1]:8080/a"),
    (N[:-1], N),
    (N + "?", N),
    (N + "a?", N + "a"),
    (N + "a#", N + "a"),
    (N + "a?#", N + "a"),
    (N + "a/", N + "a"),
    (N + "a//", N + "a"),
    (N + "/a//b/", N + "a/b"),
    (N + "x/../a/./b", N + "a/b"),
    (N + "../../a", N + "a"),
    (N + "a/b/..", N + "a"),
    (N + "%2e%2E/a", N + "a"),
    (N + "%7ejo/a", N + "~jo/a"),
    (N + "%41rt", N + "Art"),
    (N + "%c3%bc", N + "ü"),
    (N + "%C3%BC", N + "%c3%bc"),
    (N + "новости/а", N + "%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/%D0%B0"),
    (N + "a b", N + "a%20b"),
    (N + "7%2C114884%2C3094.html", N + "7,114884,3094.html"),
    (N + "a%3Ab%40c", N + "a:b@c"),
    (N + "l%27article-%28suite%29", N + "l'article-(suite)"),
    (N + "a?q=x+y", N + "a?q=x%20y"),
    (N + "a?t=10%3A30", N + "a?t=10:30"),
    (N + "a?u=%2Fworld%2F1", N + "a?u=/world/1"),
    (N + "a?b=c%3dd", N + "a?b=c=d"),
    (N + "a?b=1&a=2", N + "a?a=2&b=1"),
    (N + "a?c=3&a=1&b=2", N + "a?b=2&c=3&a=1"),
    (N + "a?a=1&&b=2", N + "a?a=1&b=2"),
    (N + "a?a=1&", N + "a?a=1"),
    (N + "a?a=1&amp;b=2", N + "a?a=1&b=2"),
    (N + "a?a=1&amp;amp;b=2", N + "a?a=1&b=2"),
    (N + "a?x=2&x=1&a=0", N + "a?a=0&x=2&x=1"),
    (N + "a-story/index.html", N + "a-story/"),
    (N + "index.php?id=5", N + "?id=5"),
    (N + "a-story/default.aspx", N + "a-story"),
    (N + "a-story/INDEX.HTM", N + "a-story"),
]
PLACES = [
    (STORY + "#comments", STORY),
    (STORY + "#:~:text=the%20bridge", STORY),
    (STORY + "#xtor=RSS-3208", STORY),
    (STORY + "#Echobox=1714731072", STORY),
    (STORY + "#page-2", STORY),
    (STORY + "#!", STORY),
    (N + "#!/story/1", "http://www.news.example/#!/story/1"),
]
SESSIONS = [
    (N + "a;jsessionid=8A3F?p=1", N + "a?p=1"),
    (N + "a;JSESSIONID=8A3F.node1/b", N + "a/b"),
    (N + "a?PHPSESSID=abc123&p=1", N + "a?p=1"),
    (N + "a?jsessionid=8A3F", N + "a"),
    (N + "a?CFID=17&CFTOKEN=3381", N + "a"),
    (N + "(S(lit3py55t21z5v55vlm25s55))/a.aspx", N + "a.aspx"),
    (N + "a.asp?ASPSESSIONIDQQ=AKLDM", N + "a.asp"),
]
CAMPAIGNS = _with_query(
    "utm_source=rss&utm_medium=feed&utm_campaign=all", "UTM_Source=x", "utm_brand=a&utm_social-type=owned", "mtm_source=x",
    "pk_campaign=x&pk_kwd=y", "piwik_campaign=x", "matomo_source=x", "itm_source=parsely-api", "hsa_cam=1&hsa_grp=2",
    "_hsenc=p2A&_hsmi=3", "__hstc=1.2&__hssc=3", "at_medium=RSS&at_campaign=KARANGA", "at_custom1=link",
    "ns_mchannel=rss&ns_source=PublicRSS20-sa&ns_campaign=1490", "cm_mmc=RSS-_-x", "WT.mc_id=tmg&WT.tsrc=email",
    "wt_mc=rss.ho.beitrag.atom", "wt_zmc=sm.ext.zonaudev.mail", "elqTrackId=a1&elqaid=3&elqat=1", "s_cid=rss", "xtor=RSS-1",
    "dm_i=1ABC%2C2D", "mkt_tok=eyJ", "mc_cid=1&mc_eid=2", "oly_enc_id=7", "vero_id=x", "ck_subscriber_id=9", "bxid=5",
    "sc_src=email_1&sc_channel=x", "mktcid=nled&mktcval=174",
)  # fmt: skip
NETWORKS = _with_query(
    "fbclid=IwAR0", "mibextid=Zxz2cZ", "__tn__=*W-R&__cft__[0]=AZX", "gclid=Cj0", "gbraid=0AA&gad_source=1", "srsltid=Afm",
    "dclid=1", "msclkid=2", "twclid=3", "ttclid=4", "yclid=5", "ysclid=lvx", "igshid=6", "igsh=MzRl", "li_fat_id=7",
    "rdt_cid=8", "epik=dj0", "dicbo=v2-9", "tblci=GiB", "_ga=2.1&_gl=1*x", "spm=C73544894212.P59511941341.0.0", "wprov=sfla1",
    "__twitter_impression=true", "_branch_match_id=1", "ref=twitter", "source=facebook", "share=whatsapp",
)  # fmt: skip
PUBLISHERS = _with_query(
    "partner=rss&emc=rss", "smid=nytcore-ios-share&referringSource=articleShare", "unlocked_article_code=1.pU0", "ref=rss",
    "CMP=Share_iOSApp_Other", "cmpid=BBD050324_OUS", "ocid=socialflow_twitter", "ncid=rss", "mod=rss_markets_main",
    "mod=mw_rss_topstories", "reflink=desktopwebshare", "wpisrc=nl_todayworld&wpmm=1", "intcid=inline_amp", "ICID=ref_fark",
    "mbid=social_twitter", "eref=rss_latest&iref=x", "ftcamp=traffic/partner/feed_headline", "srnd=premium&sref=x",
    "feedType=RSS&feedName=topNews", "guccounter=1&guce_referrer=aHR0", ".tsrc=rss", "taid=6634&ftag=CNM-00", "from=rss",
    "maca=en-rss-en-all-1573-rdf", "traffic_source=rss", "sara_ref=re-xx-cp-sh", "lmd_medium=rss", "ito=1490", "src=rss2",
    "source=rss----7f60cf5620c9---4", "replytocom=8112", "__source=iosappshare%7Ccom.apple", "gnt-cfr=1", "via=Feed",
    "int_source=amp_continue_reading&int_medium=amp",
)  # fmt: skip
MERGED = {
    "spelling": SPELLINGS, "place": PLACES, "session": SESSIONS, "campaign": CAMPAIGNS, "network": NETWORKS,
    "publisher": PUBLISHERS,
}  # fmt: skip

# A variant, and the article it calls canonical.
VARIANTS = [
    (STORY + "/amp", STORY),
    (STORY + "/amp/", STORY + "/"),
    (STORY + "?amp=1", STORY),
    (STORY + "?amp", STORY),
    (STORY + "?outputType=amp", STORY),
    (STORY + ".amp.html", STORY + ".html"),
    (STORY + ".amp", STORY),
    (N + "amp/world/2024/05/a-story", STORY),
    (N + "world/2024/05/amp/a-story", STORY),
    ("https://amp.news.example/world/2024/05/a-story", STORY),
    ("https://m.news.example/world/2024/05/a-story", STORY),
    ("https://mobile.news.example/a/1001", STORY),
    ("https://touch.news.example/world/2024/05/a-story", STORY),
    ("https://news.example/m/world/2024/05/a-story", STORY),
    ("https://m.news.example/article.php?id=7", N + "article.php?id=7"),
    (STORY + "/print", STORY),
    (STORY + "?print=1", STORY),
    (STORY + "?page=2", STORY),
    (STORY + "/page/2", STORY),
    (STORY + "?single=true&x=y", STORY),
    (STORY + "?sh=7a1b", STORY),
    (N + "?p=1001", STORY),
    (N + "article.php?id=1001", STORY),
    (N + "2024/05/03/a-story-of-the-bridge?t=1714731072", N + "2024/05/03/a-story-of-the-bridge"),
    ("https://edition.news.example/world/2024/05/a-story", STORY),
]

APART = {
    "a name that tells articles": [
        (f"{N}a?{name}={one}", f"{N}a?{name}={other}")
        for name, one, other in (
            ("ref", 123, 124), ("source", 5, 6), ("cid", 1001, 1002), ("id", 1, 2), ("p", 1, 2), ("ID", 1, 2), ("aid", 7, 8),
            ("sid", 100, 101), ("tid", 1, 2), ("nid", 1, 2), ("idxno", 20481, 20482), ("newsid", 1, 2), ("story", "a", "b"),
            ("s", 1, 2), ("a", 1, 2), ("n", 1, 2), ("page", 1, 2), ("lang", "de", "fr"), ("l", "en", "el"), ("v", "x1", "x2"),
            ("mod", "news", "sport"), ("from", 10, 20), ("src", "ap", "dpa"), ("type", 1, 2), ("date", 20240503, 20240504),
            ("c_id", 1, 2), ("objectid", 11, 12), ("at", 1, 2), ("ns", 1, 2), ("pk", 1, 2), ("wt", 1, 2), ("utm", 1, 2),
            ("ga", 1, 2), ("q", "bridge", "river"), ("feed", 1, 2), ("via", "ana", "li"), ("session", 1, 2), ("month", 4, 5),
            ("article", "x", "X"), ("share", 1, 2), ("doc", "a.html", "b.html"), ("t", 1714731072, 1714731073),
        )
    ],
    "a name against none": [
        (N + "a?id=1", N + "a"), (N + "a?page=2", N + "a"), (N + "a?lang=fr", N + "a"), (N + "?p=1", N),
        (N + "a?ref=123", N + "a"), (N + "a?source=5", N + "a"), (N + "a?print=1", N + "a"), (N + "a?amp=1", N + "a"),
    ],
    "a query": [
        (N + "?1001", N + "?1002"), (N + "?story-one", N + "?story-two"), (N + "a?x=1&x=2", N + "a?x=2&x=1"),
        (N + "a?q=1%262", N + "a?q=1&2"), (N + "a?q=1%2B1", N + "a?q=1+1"), (N + "a?b%3D1", N + "a?b=1"),
        (N + "a?q=A", N + "a?q=a"), (N + "a?q=%23x", N + "a?q=#x"), (N + "a?id=1%2526", N + "a?id=1%26"),
    ],
    "a path": [
        (N + "A", N + "a"), (N + "a/Story-One", N + "a/story-one"), (N + "a%2Fb", N + "a/b"), (N + "a%3Fb", N + "a?b"),
        (N + "a%23b", N + "a#b"), (N + "a.html", N + "a"), (N + "a.html", N + "a.htm"), (N + "story-1", N + "story-2"),
        (N + "story-1", N + "story-11"), (N + "story/1", N + "story-1"), (N + "2024/05/a", N + "2024/06/a"),
        (N + "a-1.1", N + "a-1.2"), (N + "de/a", N + "fr/a"), (N + "a/amp", N + "a"), (N + "a/index-2.html", N + "a"),
        (N + "index.php/a", N + "index.php/b"), (N + "index", N + ""), (N + "a;1", N + "a;2"), (N + "ü", N + "u"),
        (N + "é", N + "e\u0301"), (N + "a+b", N + "a%20b"), (N + "a%252C1", N + "a,1"), (N + "a,1", N + "a,2"),
        (N + "utm_source/a", N + "a"), (N + "rss/a", N + "a"), (N + "news/index.html/1", N + "news/1"),
    ],
    "a route": [
        (N + "#!/story/1", N + "#!/story/2"), (N + "#/story/1", N + "#/story/2"), (N + "#!/story/1", N),
        (N + "#!a", N + "#!b"), (N + "a#/1", N + "a"), (N + "#!/a%2Fb", N + "#!/a/b"),
    ],
    "a host": [
        ("https://sport.news.example/a", N + "a"), ("https://m.news.example/a", N + "a"),
        ("https://amp.news.example/a", N + "a"), ("https://www2.news.example/a", N + "a"),
        ("https://de.news.example/a", "https://fr.news.example/a"), ("https://news.example.org/a", N + "a"),
        ("https://news-example/a", N + "a"), ("https://www.example/a", "https://example/a"),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8002/a"), ("https://news.example:8443/a", N + "a"),
        ("https://wwwnews.example/a", N + "a"), ("https://xn--zrich-kva.example/a", "https://zurich.example/a"),
    ],
}  # fmt: skip
# A page, and what it wrongly calls canonical.
MISLED = [
    (STORY, N),
    (STORY, N + "index.html"),
    (STORY, N + "en/"),
    (STORY, N + "world"),
    (STORY, N + "world/2024/"),
    (STORY, "https://m.news.example/world/2024"),
    (STORY, "https://other.example/world/2024/05/a-story"),
    (STORY, "https://news.example.org/world/2024/05/a-story"),
    ("https://a.blogspot.com/a", "https://b.blogspot.com/a"),
    (N + "article.php?id=7", N + "article.php"),
    (N + "?p=1001", N),
    (N + "articleView.html?idxno=20481", N + "articleView.html"),
    (N + "view.html?xyz=20481", N + "view.html"),
    (N + "read?20481", N + "read"),
    (N + "article.php?id=7", N + "article.php?id=8"),
    (STORY, ""),
    (STORY, "javascript:void(0)"),
    (STORY, "https://[broken"),
    (STORY, N + "undefined"),
    (STORY, "null"),
    (STORY, N + "world/undefined/a-story"),
    (STORY, N + "world/{{slug}}"),
    (STORY, "{{ canonical_url }}"),
    (STORY, N + "${article.path}"),
    (STORY, N + "[object Object]"),
    (STORY, N + "404.html"),
]
