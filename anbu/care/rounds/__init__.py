"""우리동네돌봄단: who is due for a word, who goes, and what was heard."""
