"""From the bytes of a page to an extraction or a rejection: markup, text, verdict, and the workers that do it."""
