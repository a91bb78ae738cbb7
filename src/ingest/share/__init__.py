"""What leaves the warehouse: files for other programs and a report for people. Where rows come from is elsewhere."""
