"""열람: who may open a page for what, what looks odd about it, and who reviews it each month."""
