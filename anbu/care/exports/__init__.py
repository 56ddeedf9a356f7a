"""내보내기: what leaves the house in a file, asked by one person and allowed by another."""
