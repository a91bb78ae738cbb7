"""What publishers call their charsets, and what they mean; nothing is decoded here."""

# Labels are those of the subset; what is sent under them is the superset (WHATWG Encoding, section 4.2).
ALIASES = {
    "big5": "big5hkscs", "win-1251": "cp1251", "x-cp1251": "cp1251", "ascii": "cp1252", "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252", "iso_8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252",
    "windows-1252": "cp1252", "x-cp1252": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874",
    "tis-620": "cp874", "shift-jis": "cp932", "shift_jis": "cp932", "sjis": "cp932", "windows-31j": "cp932",
    "x-sjis": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "gb2312": "gb18030", "gb_2312-80": "gb18030",
    "gbk": "gb18030", "x-gbk": "gb18030", "x-mac-roman": "mac_roman", "unicode": "utf-16", "utf8": "utf-8",
}  # fmt: skip
