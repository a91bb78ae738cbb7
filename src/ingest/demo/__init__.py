"""A small news web on loopback, with its faults and its truth, for the demo and for tests; no pipeline code lives here."""
