"""Question sets: what they hold, whether they are sound, how they grow."""
