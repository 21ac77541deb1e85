"""From a strategy to exhibits, and from exhibits to deck, page and workbook."""
