"""From chunks to passages: generations of Chroma and Tantivy, and the search over both."""
