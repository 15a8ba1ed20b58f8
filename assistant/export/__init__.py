"""Records as others read them: JSON for scripts; text, Markdown, Word and forms for people."""
