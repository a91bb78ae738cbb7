"""Visits to hosts: the HTTP client, robots, pace and the archive of raw answers. What a page means is read elsewhere."""
