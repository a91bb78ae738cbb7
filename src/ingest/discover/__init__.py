"""Listings (feeds, sitemaps, archives) turned into entries. Nothing is fetched or stored here."""
