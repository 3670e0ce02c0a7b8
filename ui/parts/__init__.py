"""Parts that several pages share: figures, tables, downloads, notes."""
