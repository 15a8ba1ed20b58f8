"""Plans: a brief and a template in, sections of grounded items and named gaps out."""
