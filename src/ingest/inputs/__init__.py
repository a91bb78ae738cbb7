"""What a backfill reads: WARC files, CDX listings, lists of addresses, folders of pages. Nothing here visits a publisher."""
