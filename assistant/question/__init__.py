"""A question, read once; search, evidence and plans take what was read (see `read.Question`)."""
