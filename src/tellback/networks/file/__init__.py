"""Posts that stand in a file: CSV, TSV and JSON Lines, plain or gzip, read through a column mapping."""
