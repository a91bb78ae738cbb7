"""Names in the queries of addresses: those that say how a reader came, and those that tell articles apart.

A table; what follows from it is decided in `url.py`, whose version (`URL_RULE`) a change here changes.
"""

import re

# Names that say how a reader came, never what is read; `source`, `cid`, `id` and `p` may name an article.
TRACKING_PREFIXES = (
    "utm_", "mtm_", "itm_", "pk_", "piwik_", "matomo_", "hsa_", "_hs", "__hs", "ns_", "guce_", "at_", "wt.", "elq",
    "lmd_", "sara_", "__cft__", "cm_mmc", "aspsessionid",
)  # fmt: skip
TRACKING_NAMES = frozenset({
    # networks and advertisers
    "fbclid", "fb_action_ids", "fb_action_types", "fb_source", "fb_ref", "mibextid", "gclid", "gclsrc", "dclid", "gbraid",
    "wbraid", "gad_source", "gad_campaignid", "srsltid", "msclkid", "twclid", "ttclid", "yclid", "ysclid", "igshid", "igsh",
    "li_fat_id", "rdt_cid", "sccid", "epik", "dicbo", "tblci", "irclickid", "irgwc", "cjevent", "zanpid", "ef_id",
    "_openstat", "spm", "spm_id_from", "__twitter_impression", "__tn__", "__xts__", "wprov", "pgv_ref",
    # letters and what measures
    "mc_cid", "mc_eid", "mkt_tok", "oly_anon_id", "oly_enc_id", "vero_id", "vero_conv", "wickedid", "bxid",
    "ck_subscriber_id", "ml_subscriber", "ml_subscriber_hash", "nr_email_referer", "rb_clickid", "_bta_tid", "_bta_c",
    "sfmc_id", "dm_i", "hsctatracking", "hss_channel", "trk_contact", "trk_msg", "trk_module", "trk_sid", "_kx",
    "_branch_match_id", "_branch_referrer", "_ga", "_gl", "xtor", "xtmc", "xtcr", "wt_mc", "wt_zmc", "wt_ref", "wtrid",
    "wtmc", "t_ref", "s_cid", "s_kwcid", "sc_cid", "sc_channel", "sc_campaign", "sc_src", "mktcid", "mktcval",
    # publishers
    "cmp", "cmpid", "dcmp", "icid", "intcid", "intcmp", "int_source", "int_medium", "int_campaign", "ocid", "ncid", "n_cid",
    "mbid", "ito", "iref", "eref", "hpt", "smid", "smtyp", "referringsource", "campaign_id", "instance_id", "segment_id",
    "regi_id", "unlocked_article_code", "pgtype", "clicksource", "contentcollection", "wpisrc", "wpmm", "pwapi_token",
    "reflink", "sharetype", "sharetoken", "accesstoken", "ftcamp", "srnd", "sref", "leadsource", "embedded-checkout",
    "feedtype", "feedname", "guccounter", "tsrc", ".tsrc", "ftag", "taid", "sr_share", "soc_src", "soc_trk", "gnt-cfr",
    "maca", "traffic_source", "__source", "replytocom", "doing_wp_cron",
    # sessions
    "phpsessid", "jsessionid", "cfid", "cftoken",
})  # fmt: skip
# Names that do so only with one of these values: `ref=rss`, `mod=rss_markets_main`, but `ref=123` may be the article.
CHANNEL_NAMES = frozenset({
    "ref", "source", "src", "from", "partner", "emc", "via", "feature", "mod", "origin", "medium", "referrer", "referer",
    "share",
})  # fmt: skip
CHANNEL = re.compile(
    r"(?:[a-z0-9]+[-_.])?(?:rss\w*|rdf|feed|feeds|rssfeed|atom)(?:[-_.][-\w.]*)?|"
    r"facebook|fb|twitter|tw|linkedin|whatsapp|telegram|email|e-mail|newsletter|social|share|flipboard|smartnews|"
    r"google|googlenews|google-news|applenews|apple-news",
    re.IGNORECASE,
)
# Names that tell articles apart where every article has the same path.
ARTICLE_NAMES = frozenset({
    "id", "p", "aid", "nid", "pid", "oid", "artid", "art_id", "art_no", "arcid", "idart", "idxno",
    "article", "articleid", "article_id", "news", "newsid", "news_id", "news_no", "story", "storyid", "story_id", "post",
    "postid", "post_id", "docid", "contentid", "objectid", "cikkid", "wr_id", "ncd",
})  # fmt: skip
