"""Every record that flows through the assistant, by theme.

All records are frozen; functions return new ones. Offsets are 0-based and half-open, counted in
characters; line and page numbers are 1-based; ``None`` means "not known", never "none".
"""
