"""A run: asked, scored, reported, and held against the accepted one."""
